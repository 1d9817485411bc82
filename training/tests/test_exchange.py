"""A version leaves as one file and comes back the same; everything else is refused with one sentence."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from classifier.learned import load_file
from classifier.models import ClassificationResult
from training import exchange, versions
from training.compare import compare, missing_photos
from training.learn.version import Scorer
from training.learn.version_file import save_version
from training.models import Chance, ModelVersion
from training.tests.job_samples import version_of
from training.tests.learn_samples import answers, starter_tail
from training.tests.test_home import answered_photos
from training.tests.test_learn_version_file import a_version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("checked_here", "empty_storage")]

Parts = dict[str, bytes]


@pytest.fixture
def version(owner: User, tmp_path: Path) -> ModelVersion:
    """A real one, with a file and figures."""
    ModelVersion.objects.active_of(owner)
    row = version_of(owner)
    digest = save_version(tmp_path / "saved.pt", a_version())
    content = (tmp_path / "saved.pt").read_bytes()
    name = default_storage.save(str(row.file.name), ContentFile(content))
    share = {"value": 0.81, "low": 0.74, "high": 0.87}
    ModelVersion.objects.filter(pk=row.pk).update(
        file=name, sha256=digest, size=len(content), figures={"accuracy": share, "likes": 42, "config": {"seed": 1}}
    )
    row.refresh_from_db()
    return row


def exported(version: ModelVersion) -> bytes:
    with exchange.export_version(version) as file:
        return file.read()


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_weights(parts: Parts, weights: bytes) -> bytes:
    """The manifest speaks of the new weights: only what is in them is wrong."""
    manifest = json.loads(parts["manifest.json"])
    manifest["weights"] = {"size": len(weights), "sha256": sha256(weights).hexdigest()}
    return packed({"manifest.json": json.dumps(manifest).encode(), "version.pt": weights})


def with_manifest(parts: Parts, **changes: Any) -> bytes:
    manifest = json.loads(parts["manifest.json"]) | changes
    return packed(parts | {"manifest.json": json.dumps(manifest).encode()})


def brought(owner: User, content: bytes, name: str = "mine.wizard") -> ModelVersion:
    return exchange.import_version(owner=owner, file=ContentFile(content, name=name), name=name)


def test_a_round_trip_gives_the_same_scores_to_the_bit(version: ModelVersion, stranger: User) -> None:
    back = brought(stranger, exported(version))
    assert (back.model_type, back.imported_from, back.is_active) == ("imported", "mine.wizard", False)
    assert back.figures == {"accuracy": version.figures["accuracy"], "likes": 42}
    ours, theirs = load_file(version), load_file(back)
    assert ours is not None
    assert theirs is not None
    data = answers()
    stems = data.stems_of(np.arange(len(data)))
    assert np.array_equal(Scorer(ours, starter_tail())(stems), Scorer(theirs, starter_tail())(stems))
    assert versions.activate_version(version=back)


@pytest.mark.parametrize("kept", [0.07, {"value": 0.07, "low": 0.09, "high": 0.2}])
def test_the_calibration_error_travels_without_interval(
    version: ModelVersion, stranger: User, kept: float | dict[str, float]
) -> None:
    version.figures["calibration_error"] = kept
    version.save(update_fields=["figures"])
    assert brought(stranger, exported(version)).figures["calibration_error"] == 0.07


def test_an_interval_of_an_earlier_release_is_left_out(version: ModelVersion, stranger: User) -> None:
    figures = {"calibration_error": {"value": 0.07, "low": 0.09, "high": 0.2}}
    back = brought(stranger, with_manifest(parts_of(exported(version)), figures=figures))
    assert back.figures == {"calibration_error": 0.07}


def test_the_file_names_nobody_and_no_photo(version: ModelVersion, owner: User) -> None:
    parts = parts_of(exported(version))
    assert list(parts) == ["manifest.json", "version.pt"]
    manifest = json.loads(parts["manifest.json"])
    assert set(manifest) == {"format", "format_number", "backbone", "figures", "weights", "exported_at"}
    assert set(manifest["figures"]) == {"accuracy", "likes"}
    stored = torch.load(io.BytesIO(parts["version.pt"]), weights_only=True)
    assert "out_of_fold" not in stored
    assert owner.username.encode() not in exported(version)


class Bomb:
    def __init__(self, touched: Path) -> None:
        self.touched = touched

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (self.touched,))


Spoil = Callable[[Parts, Path], bytes]


def bomb(parts: Parts, folder: Path) -> bytes:
    out = io.BytesIO()
    torch.save({"format": Bomb(folder / "touched")}, out)
    return with_weights(parts, out.getvalue())


def bare_pickle(parts: Parts, folder: Path) -> bytes:
    return with_weights(parts, pickle.dumps(Bomb(folder / "touched")))


def other_shape(parts: Parts, folder: Path) -> bytes:
    content = torch.load(io.BytesIO(parts["version.pt"]), weights_only=True)
    content["tail"]["proj"] = content["tail"]["proj"][:, :-1].clone()
    return with_weights(parts, saved(content))


def not_finite(parts: Parts, folder: Path) -> bytes:
    content = torch.load(io.BytesIO(parts["version.pt"]), weights_only=True)
    content["head_weight"][0] = float("nan")
    return with_weights(parts, saved(content))


def saved(content: object) -> bytes:
    out = io.BytesIO()
    torch.save(content, out)
    return out.getvalue()


REFUSED: dict[str, tuple[str, Spoil]] = {
    "no zip": ("not_a_version", lambda parts, folder: b"no zip at all"),
    "empty": ("not_a_version", lambda parts, folder: b""),
    "compressed": ("not_a_version", lambda parts, folder: packed(parts, zipfile.ZIP_DEFLATED)),
    "a third member": ("not_a_version", lambda parts, folder: packed(parts | {"more.txt": b""})),
    "a path": ("not_a_version", lambda parts, folder: packed({"../manifest.json": b"{}", "version.pt": b""})),
    "no weights": ("not_a_version", lambda parts, folder: packed({"manifest.json": parts["manifest.json"]})),
    "manifest of another kind": ("not_a_version", lambda parts, folder: with_manifest(parts, format="another")),
    "manifest no json": ("not_a_version", lambda parts, folder: packed(parts | {"manifest.json": b"{"})),
    "manifest a list": ("not_a_version", lambda parts, folder: packed(parts | {"manifest.json": b"[]"})),
    "figures no numbers": (
        "not_a_version",
        lambda parts, folder: with_manifest(parts, figures={"auc": {"value": "x"}}),
    ),
    "figures a list": ("not_a_version", lambda parts, folder: with_manifest(parts, figures=[1])),
    "of a later time": ("unknown_format", lambda parts, folder: with_manifest(parts, format_number=2)),
    "another backbone": ("wrong_backbone", lambda parts, folder: with_manifest(parts, backbone="ViT-B-32/other")),
    "another hash": ("tampered", lambda parts, folder: packed(parts | {"version.pt": parts["version.pt"][:-1] + b"x"})),
    "a bomb": ("corrupt", bomb),
    "a bare pickle": ("corrupt", bare_pickle),
    "noise for weights": ("corrupt", lambda parts, folder: with_weights(parts, b"\x80" * 1000)),
    "another shape": ("corrupt", other_shape),
    "not finite": ("corrupt", not_finite),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_spoilt_file_is_refused_in_one_sentence_and_leaves_nothing(
    version: ModelVersion, owner: User, tmp_path: Path, what: str
) -> None:
    code, spoil = REFUSED[what]
    content = spoil(parts_of(exported(version)), tmp_path)
    with pytest.raises(exchange.ImportRefused) as refused:
        brought(owner, content)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert "mine.wizard" in str(refused.value)
    assert ModelVersion.objects.owned_by(owner).count() == 2
    assert default_storage.listdir(f"models/{owner.pk}")[1] == ["version_2.pt"]
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_refused(version: ModelVersion, owner: User, share: float) -> None:
    content = exported(version)
    with pytest.raises(exchange.ImportRefused, match="cut off"):
        brought(owner, content[: int(share * len(content))])


def test_a_file_that_is_too_large_is_not_even_opened(
    version: ModelVersion, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_BYTES", 1000)
    with pytest.raises(exchange.ImportRefused, match="is larger than"):
        brought(owner, exported(version))


def test_one_file_is_checked_at_a_time_and_a_twin_is_refused_before(
    version: ModelVersion, owner: User, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = exported(version)
    monkeypatch.setattr("wizard.store.claim", lambda key, holder, seconds: False)
    with pytest.raises(exchange.ImportRefused, match="Another file is being checked"):
        brought(stranger, content)
    with pytest.raises(exchange.ImportRefused, match="same weights"):  # no check needed, and none waited for
        brought(owner, content)


def test_an_imported_version_is_judged_by_later_answers_alone(version: ModelVersion, owner: User) -> None:
    content = exported(version)
    before, after = answered_photos(owner)[:2]
    versions.delete_version(version=version)
    imported, base = brought(owner, content), ModelVersion.objects.active_of(owner)
    results = ClassificationResult.objects.filter(user_feedback__isnull=False)
    results.filter(photo=after).update(feedback_at=timezone.now())
    Chance.objects.bulk_create(Chance(version=imported, photo=photo, value=0.9) for photo in (before, after))
    assert before.pk not in missing_photos(imported)
    comparison = compare(imported, base)
    assert comparison is not None
    assert comparison.photos == 1


@pytest.mark.django_db(transaction=True)
def test_an_import_is_written_outside_the_transaction(
    version: ModelVersion, stranger: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_inside: list[bool] = []
    save = default_storage.save

    def noted(*given: Any) -> str:
        is_inside.append(connection.in_atomic_block)
        return save(*given)

    content = exported(version)
    monkeypatch.setattr(default_storage, "save", noted)
    brought(stranger, content)
    assert is_inside == [False]


def test_the_same_weights_are_not_kept_twice(version: ModelVersion, owner: User) -> None:
    with pytest.raises(exchange.ImportRefused, match="the same weights as version 2"):
        brought(owner, exported(version))


def test_the_page_gives_and_takes_files(version: ModelVersion, owner: User, stranger: User) -> None:
    mine, theirs = Client(), Client()
    mine.force_login(owner)
    theirs.force_login(stranger)
    answer = mine.get("/versions/2/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dating-wizard-version-2.wizard"'
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # FileResponse streams
    assert theirs.get("/versions/2/export/").status_code == 404
    page = theirs.post("/versions/import/", {"file": ContentFile(content, name="a.wizard")}, follow=True)
    assert "Version 2 is here, imported from a.wizard." in page.content.decode()
    refused = theirs.post("/versions/import/", {"file": ContentFile(b"x", name="b.wizard")}, follow=True)
    assert "b.wizard is not a version that Dating Wizard exported" in refused.content.decode()
    assert "Choose a file" in theirs.post("/versions/import/", follow=True).content.decode()


def test_the_api_gives_and_takes_files(version: ModelVersion, api: APIClient, strangers_api: APIClient) -> None:
    address = f"/api/models/versions/{version.pk}/export"
    content = b"".join(api.get(address).streaming_content)  # type: ignore[attr-defined]  # FileResponse streams
    assert strangers_api.get(address).status_code == 404
    base = ModelVersion.objects.get(owner=version.owner, version_number=1)
    gone = api.get(f"/api/models/versions/{base.pk}/export")
    assert (gone.status_code, gone.json()["code"]) == (409, "file_gone")
    made = strangers_api.post("/api/models/versions/import", {"file": ContentFile(content, name="a.wizard")})
    assert (made.status_code, made.json()["is_active"]) == (201, False)
    refused = strangers_api.post("/api/models/versions/import", {"file": ContentFile(b"x", name="a.wizard")})
    assert (refused.status_code, refused.json()["code"]) == (422, "not_a_version")
    assert strangers_api.post("/api/models/versions/import", {}).status_code == 400
