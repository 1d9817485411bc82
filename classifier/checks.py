"""System checks: what is missing, in one sentence, and how to mend it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def backbone_can_be_found(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    from classifier.clip.backbones import BackboneError, resolve_backbone

    try:
        resolve_backbone(settings.WIZARD_BACKBONE, settings.WIZARD_WEIGHTS_DIR)
    except BackboneError as error:
        return [Error(str(error), hint="Set WIZARD_BACKBONE=auto, or run `make weights`.", id="wizard.E001")]
    return []
