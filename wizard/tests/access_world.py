"""An owner with something of everything, each with a text of its own that can be looked for in an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from classifier.api import finding
from classifier.models import Photo, Taste
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, UserFactory, jpeg, scored_photo
from classifier.views import listing, questions
from training.models import Activation, ModelVersion, TrainingJob
from training.tests.job_samples import job_of, version_of
from wizard.models import ApiToken
from wizard.tests.token_samples import READ, make

PHOTO = {  # nobody else ever sees these, staff neither
    "file name": b"secret-file-name",
    "bio": b"secret-bio",
    "reason": b"secret-reason",
    "phrase": b"secret-phrase",
    "category": b"secret-category",
    "image": jpeg("orchid", (64, 64)),
    "thumbnail": jpeg("salmon", (32, 32)),
}
MODEL = {  # staff look after these
    "token": b"secret-token-name",
    "import": b"secret-import-name",
    "error": b"secret-error",
    "weights": b"secret-weights",
}
FORM = {"answer": "like", "bio": "new", "phrase": "new", "kind": "want", "weight": "1", "sure": "1", "pinned": "1"}
FORM |= {"name": "new", "scope": "read", "category": "new", "why": "random", "auto_train": "1"}
FORM |= {"match_threshold": "0.5", "super_like_threshold": "0.9", "username": "robin", "password": "wrong"}
FORM |= {"password1": "wrong", "post": "yes"}


@dataclass
class World:
    owner: User
    stranger: User
    staff: User
    photo: Photo
    rows: dict[str, Any]
    read_token: str
    write_token: str
    secrets: dict[str, bytes]
    before: dict[str, list[Any]] = field(default_factory=dict)

    def fill(self, route: str) -> str:
        """The address with the owner's rows in it. A route that takes something new has to be told of here."""
        for part, value in (
            ("<path:content_type_id>", ContentType.objects.get_for_model(Photo).pk),
            ("r/", "r/"),
            ("(?P<app_label>auth|classifier|training)", "classifier"),
            ("(?P<url>.*)", "nowhere/"),
            ("<slug:language>-<slug:edition>", "de-1"),
        ):
            route = route.replace(part, str(value))
        while "<" in route:
            before, _, rest = route.partition("<")
            name, _, after = rest.partition(">")
            key = next((key for key in self.rows if before.endswith(key)), None)
            assert key, f"Say in wizard/tests/access_world.py what <{name}> after {before} is."
            row = self.rows[key]
            value = row.version_number if name == "int:number" else getattr(row, "pk", row)
            route = f"{before}{value}{after}"
        return route

    def body(self, route: str, method: str) -> dict[str, Any]:
        if method in ("GET", "HEAD", "OPTIONS"):
            return {}
        if not route.startswith(("/api/", "/metrics")):
            given = {**FORM, "ids": self.photo.pk, "photo": self.photo.pk}
            content = "&".join(f"{name}={value}" for name, value in given.items())
            return {"data": content, "content_type": "application/x-www-form-urlencoded"}
        bodies: dict[str, dict[str, Any]] = {
            "/api/auth/token": {"username": self.owner.username, "password": "wrong"},
            "/api/results/<int:pk>/feedback": {"feedback": "like"},
            "/api/review/answers": {"photo_id": self.photo.pk, "answer": "like", "why": "random"},
            "/api/preferences": {"match_threshold": 0.5},
            "/api/preferences/texts": {"phrase": "new"},
            "/api/preferences/texts/<int:pk>": {"phrase": "new"},
            "/api/preferences/references": {"photo": self.photo.pk},
            "/api/preferences/references/<int:pk>": {"category": "new"},
            "/api/photos/<int:pk>": {"bio": "new"},
        }
        return {"data": json.dumps(bodies.get(route, {})), "content_type": "application/json"}

    def changed(self) -> frozenset[str]:
        return frozenset(table for table, rows in rows_of(self.owner).items() if rows != self.before[table])


@contextmanager
def made_world() -> Iterator[World]:
    owner, stranger = UserFactory.create(), UserFactory.create()
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    for each in (owner, stranger, staff):
        Taste.objects.of(each)
        ModelVersion.objects.active_of(each)
    photo = scored_photo(
        owner, photo__source_name="secret-file-name.jpg", reasons=[{"kind": "x", "text": "secret-reason"}]
    )
    photo.bio = "secret-bio"
    photo.image.save("photo.jpg", ContentFile(PHOTO["image"]), save=False)
    photo.thumbnail.save("photo.webp", ContentFile(PHOTO["thumbnail"]), save=False)
    photo.save()
    version = version_of(owner)
    file = default_storage.save(str(version.file.name), ContentFile(MODEL["weights"]))
    ModelVersion.objects.filter(pk=version.pk).update(file=file, imported_from="secret-import-name")
    job = job_of(owner, current_epoch=1)
    TrainingJob.objects.filter(pk=job.pk).update(error="secret-error")
    token, read = make(owner, name="secret-token-name", scope=READ)
    _, write = make(owner)
    # Noted a moment from now, so that no use of them writes.
    ApiToken.objects.update(last_used_at=timezone.now() + timedelta(hours=1))
    phrase = TextPreferenceFactory.create(owner=owner, phrase="secret-phrase")
    reference = ReferencePhotoFactory.create(photo=photo, category="secret-category")
    result = photo.current_result
    rows: dict[str, Any] = {
        "photos/": photo,
        "preferences/references/": reference,
        "references/": reference,
        "phrases/": phrase,
        "texts/": phrase,
        "results/": result,
        "versions/": version,
        "jobs/": job,
        "training/": job,
        "tokens/": token,
        "group/": Group.objects.create(name=f"of {owner}"),
        "user/": owner,
        "photo/": photo,
        "classificationresult/": result,
        "taste/": owner.taste,
        "textpreference/": phrase,
        "referencephoto/": reference,
        "modelversion/": version,
        "activation/": Activation.objects.get(owner=owner),
        "trainingjob/": job,
        f"r/{ContentType.objects.get_for_model(Photo).pk}/": photo,
    }
    world = World(owner, stranger, staff, photo, rows, read, write, PHOTO | MODEL)
    world.before = rows_of(owner)
    try:
        with ExitStack() as patched:
            # The running job must not count as silent while the addresses are asked: starting another would fail it.
            patched.enter_context(mock.patch("training.services.SILENT_AFTER", timedelta(days=1)))
            for module in (questions, listing, finding):  # no score worker is there to answer
                patched.enter_context(mock.patch.object(module, "WAIT_SECONDS", 0))
            yield world
    finally:
        for stored in (photo.image, photo.thumbnail, version.file):
            default_storage.delete(str(stored.name))


def rows_of(owner: User) -> dict[str, list[Any]]:
    """Everything that belongs to the owner, by table."""
    found: dict[str, list[Any]] = {"auth_user": list(User.objects.filter(pk=owner.pk).values("username", "password"))}
    for model in apps.get_models():
        if model._meta.app_label in ("classifier", "training", "wizard"):
            fields = {field.name for field in model._meta.get_fields()}
            if "owner" in fields:
                rows = model._default_manager.filter(owner=owner).order_by("pk").values()
                found[model._meta.db_table] = [{**row, "last_used_at": None} for row in rows]
    return found
