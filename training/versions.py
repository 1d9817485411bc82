"""Which version serves, which are kept, and what became of them: for pages, API, admin, jobs and commands alike."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from classifier.counts import outdate
from classifier.models import ClassificationResult
from classifier.services import request_rescoring
from training.learn.intervals import Figure
from training.models import Activation, Chance, ModelVersion
from wizard import events, files

if TYPE_CHECKING:
    from django.db.models import QuerySet


class CannotServe(Exception):
    """This version cannot be used now; the message says why in one sentence."""

    code = "cannot_serve"


class WrongBackbone(CannotServe):
    code = "wrong_backbone"

    def __init__(self, version: ModelVersion) -> None:
        said = gettext("%(version)s was trained on another model (%(model)s); train again with this one.")
        super().__init__(said % {"version": version, "model": version.backbone})


class FileIsGone(CannotServe):
    code = "file_gone"

    def __init__(self, version: ModelVersion) -> None:
        if version.is_base:
            said = gettext("%(version)s is the model without training; it has no file.")
        else:
            said = gettext("The file of %(version)s was removed to make room; its figures are all that is left.")
        super().__init__(said % {"version": version})


class CannotDelete(Exception):
    """This version has to stay; the message says why in one sentence."""

    code = "cannot_delete"


def check_can_serve(version: ModelVersion) -> None:
    """Raises one of `CannotServe`."""
    if version.has_lost_its_file:
        raise FileIsGone(version)
    if version.needs_retraining:
        raise WrongBackbone(version)


def activate_version(*, version: ModelVersion, reason: str = Activation.Reason.YOU) -> bool:
    """Let `version` serve its owner; the library is scored anew behind the scenes. False when it serves already.

    Raises CannotServe.
    """
    with transaction.atomic():
        lock_versions(version.owner_id)  # two activations in a row end in the last
        of_owner = ModelVersion.objects.kept().filter(owner=version.owner_id)
        version.refresh_from_db()
        check_can_serve(version)
        if version.is_active:
            return False
        of_owner.filter(is_active=True).update(is_active=False)
        of_owner.filter(pk=version.pk).update(is_active=True)
        version.is_active = True
        Activation.objects.create(owner=version.owner, version=version, reason=reason)
        request_rescoring(owner=version.owner)
        number = version.version_number
        kind = events.Kind.VERSION_ACTIVATED
        events.publish(version.owner_id, kind, version_id=version.pk, version_number=number, reason=reason)
    return True


def lowers_quality(version: ModelVersion, active: ModelVersion) -> bool:
    """Whether `active` was measured as better, so that a switch should be asked about.

    Without training nothing is known of likes: half of all pairs are in the right order. One that was trained on
    another backbone says nothing at all any more.
    """
    if active.needs_retraining:
        return False
    if version.is_base:
        return not active.is_base
    name, base = ("auc", 0.5) if active.is_base else ("accuracy", None)
    ours, theirs = figure_of(version, name), figure_of(active, name)
    limit = theirs.value if theirs else base
    return ours is not None and limit is not None and ours.value < limit


def figure_of(version: ModelVersion, name: str) -> Figure | None:
    """A figure (accuracy, auc, ...) that was measured when it was trained, on photos it had not seen; None without."""
    figure = version.figures.get(name)
    return Figure(**figure) if figure else None


def pin_version(*, version: ModelVersion, is_pinned: bool) -> None:
    """A pinned version keeps its file whatever comes after it; the first one has none to keep."""
    if version.is_base:
        return
    version.is_pinned = is_pinned
    version.save(update_fields=["is_pinned"])


def delete_version(*, version: ModelVersion) -> None:
    """Its file and what it said of photos go; answers that were given to it stay. Raises CannotDelete."""
    with transaction.atomic():
        lock_versions(version.owner_id)
        version.refresh_from_db()
        if version.is_base:
            raise CannotDelete(gettext("Version 1 is the model without training; it takes no room and stays."))
        if version.is_active:
            raise CannotDelete(gettext("%(version)s is active; use another one first.") % {"version": version})
        Chance.objects.filter(version=version).delete()
        outdate(version.owner_id)
        _remove_files(ModelVersion.objects.filter(pk=version.pk))
        ModelVersion.objects.filter(pk=version.pk).update(deleted_at=timezone.now())
        # One that is still current goes when the photo is scored by the active version (classifier/pipeline.py).
        ClassificationResult.objects.filter(model_version=version).unused().delete()


def prune_files(*, owner: User) -> int:
    """Remove the files of all but the newest versions; never of the active or a pinned one. Returns how many."""
    with_file = ModelVersion.objects.owned_by(owner).exclude(file="")
    newest = with_file.order_by("-version_number").values_list("pk", flat=True)[: settings.WIZARD_KEEP_VERSIONS]
    with transaction.atomic():
        return _remove_files(with_file.filter(is_active=False, is_pinned=False).exclude(pk__in=list(newest)))


def lock_versions(owner_id: int) -> None:
    """The owner's row is the lock of everything about their versions, until the transaction ends.

    Not of its key: rows that only name the owner (an answer) are written meanwhile. Their writers hold photos that we
    may be waiting for, and Postgres would end one of us.
    """
    User.objects.select_for_update(no_key=True).filter(pk=owner_id).first()


def new_file_name(owner_id: int) -> str:
    """For the weights of a version that has no number yet: they are written before its row, outside a transaction."""
    return f"models/{owner_id}/{secrets.token_hex(8)}.pt"


def next_number(owner_id: int) -> int:
    """A number is never given twice: deleted versions keep their rows."""
    newest = ModelVersion.objects.filter(owner=owner_id).order_by("-version_number").first()
    return newest.version_number + 1 if newest else 1


def _remove_files(versions: QuerySet[ModelVersion]) -> int:
    """Their rows are locked first: one that is pinned in this moment keeps both its file and its name."""
    names = dict(versions.select_for_update().exclude(file="").values_list("pk", "file"))
    ModelVersion.objects.filter(pk__in=names).update(file="", sha256="", size=0)
    for name in names.values():
        _remove_later(name)
    return len(names)


def _remove_later(name: str) -> None:
    """What is committed stands, also when the file cannot be removed then: `manage.py orphans` finds it."""
    transaction.on_commit(lambda: files.delete_if_possible(name), robust=True)  # Django names it in the log: no partial
