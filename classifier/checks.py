"""System checks: what is missing, in one sentence, and how to mend it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError
from django.db import connection


@register()
def backbone_can_be_found(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from classifier.clip.backbones import BackboneError, resolve_backbone

    try:
        resolve_backbone(settings.WIZARD_BACKBONE, settings.WIZARD_WEIGHTS_DIR)
    except BackboneError as error:
        return [Error(str(error), hint="Set WIZARD_BACKBONE=auto, or run `make weights`.", id="wizard.E001")]
    return []


@register()
def watched_folder_can_be_imported(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A warning, since the folder may be on a drive that comes later, and the account is made by a command, too."""
    if not settings.WIZARD_WATCH_DIR:
        return []
    from classifier.folders.asking import CannotImport
    from classifier.folders.turns import watched

    was_open = connection.connection is not None
    try:
        watched()
    except CannotImport as reason:
        return [Warning(f"WIZARD_WATCH_DIR is not imported. {reason}", hint="Mend it in .env.", id="wizard.W001")]
    except DatabaseError:
        pass  # no database yet: the first start makes it, and one account
    finally:
        if not was_open:  # a worker checks, too, before it forks
            connection.close()
    return []


@register()
def index_can_be_made(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from classifier.questions.nearest import is_installed

    if not settings.WIZARD_INDEX_FROM or is_installed():
        return []
    said = "WIZARD_INDEX_FROM is set, and faiss is not installed: searches look at every photo, as without it."
    return [Warning(said, hint="pip install faiss-cpu -c constraints.txt", id="wizard.W002")]
