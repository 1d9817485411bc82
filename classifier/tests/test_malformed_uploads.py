"""Bad uploads, as people send them, many at once: each is answered, and harms no other.

The full tier sends more than two thousand of them, the commit tier two dozen of as many kinds.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from classifier.images import as_named, clean_name
from classifier.models import Photo
from classifier.services import in_chunks
from classifier.tests.image_samples import encoded, halves, is_one_sentence, near
from classifier.tests.malformed.bombs import bomb_uploads
from classifier.tests.malformed.corpus import corpus
from classifier.tests.malformed.damaged import damaged_uploads
from classifier.tests.malformed.distinct import distinct
from classifier.tests.malformed.names import named_uploads
from classifier.tests.malformed.odd import odd_uploads
from classifier.tests.malformed.others import other_uploads
from classifier.tests.malformed.upload import CONTENT_TYPE, Upload, body, stored

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # decoders warn about nearly every broken file
    pytest.mark.usefixtures("no_process_of_its_own"),  # test_decoding_alone.py and test_bad_input_in_real.py have it
]

FILES_AT_ONCE = 30
KINDS = 24  # of malformed files in the commit tier
PARTS = {
    "damaged": damaged_uploads,
    "other": other_uploads,
    "bombs": bomb_uploads,
    "names": named_uploads,
    "odd": odd_uploads,
}


@pytest.fixture(autouse=True)
def an_empty_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("classifier.services.queue_photos", lambda photo_ids: None)


@pytest.fixture(scope="session")
def few() -> list[Upload]:
    return distinct((upload for upload in corpus() if upload.taken is not True), KINDS)


@pytest.mark.full("looks at the corpus that only the full tier sends as a whole")
def test_the_corpus_is_large_and_the_same_each_time() -> None:
    uploads = list(corpus())
    families = Counter(upload.family for upload in uploads)
    assert len({(upload.name, upload.data) for upload in uploads}) >= 2000
    assert sum(families.values()) - sum(upload.taken is True for upload in uploads) >= 2000
    assert len(families) >= 15
    assert [upload.data for upload in damaged_uploads()] == [upload.data for upload in damaged_uploads()]


def test_the_commit_tier_has_uploads_of_all_families(few: list[Upload]) -> None:
    assert len(few) == KINDS
    assert {upload.family for upload in few} == {upload.family for upload in corpus() if upload.taken is not True}


@pytest.mark.full("two thousand files; the commit tier sends one of each kind")
@pytest.mark.parametrize("part", PARTS)
def test_every_upload_is_taken_or_refused_in_one_sentence(api: APIClient, owner: User, part: str) -> None:
    for some in in_chunks(list(PARTS[part]()), FILES_AT_ONCE):
        assert_each_is_answered(api, owner, some)


def test_uploads_of_each_kind_are_answered(api: APIClient, owner: User, few: list[Upload]) -> None:
    assert_each_is_answered(api, owner, few)


@pytest.mark.parametrize("part", ["names", "bombs"])
def test_the_page_answers_them_too(owner_client: Client, owner: User, is_full: bool, part: str) -> None:
    uploads = list(PARTS[part]())
    if not is_full:
        uploads = [*distinct(uploads, 4), *(upload for upload in uploads if "<script>alert" in upload.name)]
    for some in in_chunks(uploads, FILES_AT_ONCE):
        answer = posted(owner_client, "/upload/", some)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
    assert kept_files() == files_of_rows()


def test_what_is_odd_but_sound_looks_as_it_should(api: APIClient, owner: User, is_full: bool) -> None:
    uploads = [each for each in (*odd_uploads(), *other_uploads()) if each.looks]
    for upload in uploads if is_full else distinct(uploads, KINDS):
        answer = posted(api, "/api/photos", [upload]).json()
        (made,) = answer["created"] + answer["duplicates"]
        photo = Photo.objects.get(pk=made["id"])
        for file in (photo.image, photo.thumbnail):
            image = stored(Path(file.path).read_bytes()).convert("RGB")
            for (across, down), colour in upload.looks:
                seen = image.getpixel((int(across * image.width), int(down * image.height)))
                assert near(seen, colour, within=60), (upload.name, seen, colour)


def assert_each_is_answered(api: APIClient, owner: User, uploads: list[Upload]) -> None:
    """All in one request, with a good one at the end."""
    sent = [*uploads, a_good_one()]
    answer = posted(api, "/api/photos", sent)
    assert answer.status_code == 201, [upload.name for upload in uploads]
    outcome = answer.json()
    assert sum(map(len, outcome.values())) == len(sent), "the answer names every one"
    assert [refused for refused in outcome["rejected"] if not is_one_sentence(refused["reason"])] == []
    refused_names = Counter(refused["name"] for refused in outcome["rejected"])
    fates = [(upload, not refused_names[clean_name(as_named(upload.name))]) for upload in sent]
    assert [(each.family, each.name) for each, taken in fates if each.taken not in (None, taken)] == []
    assert kept_files() == files_of_rows()


def posted(client: Client, address: str, uploads: list[Upload]) -> Any:
    return client.generic("POST", address, body(uploads), content_type=CONTENT_TYPE)


def a_good_one() -> Upload:
    number = Photo.objects.count()
    return Upload("good", f"good {number}.jpg", encoded(halves()) + bytes(number + 1), taken=True)


def kept_files() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def files_of_rows() -> set[str]:
    return {name for row in Photo.objects.values_list("image", "thumbnail") for name in row}
