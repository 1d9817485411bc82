"""Files of versions that make room, and what stands when one of them cannot be removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from training import versions
from training.models import ModelVersion
from training.tests.conftest import Answer
from training.tests.job_samples import Status, version_of
from training.tests.test_jobs import trained
from training.tests.test_versions import with_file
from wizard import files

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_version_that_is_pinned_while_files_make_room_speaks_of_no_file_that_is_gone(
    owner: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WIZARD_KEEP_VERSIONS = 1
    old, _ = version_of(owner, 2), version_of(owner, 3)
    name = with_file(old)
    on_commit = transaction.on_commit

    def pinned_meanwhile(done: Callable[[], object], **options: Any) -> None:
        versions.pin_version(version=old, is_pinned=True)
        on_commit(done, **options)

    monkeypatch.setattr("training.versions.transaction.on_commit", pinned_meanwhile)
    versions.prune_files(owner=owner)
    monkeypatch.undo()
    assert default_storage.exists(name) is bool(ModelVersion.objects.get(pk=old.pk).file)


def test_a_new_version_keeps_its_file_when_an_old_one_cannot_be_removed(
    owner: User, answer: Answer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WIZARD_KEEP_VERSIONS = 1
    old = with_file(version_of(owner))
    delete = files.delete_if_possible

    def refused(name: str) -> None:
        if name == old:
            raise PermissionError(name)
        delete(name)

    monkeypatch.setattr(files, "delete_if_possible", refused)
    answer()
    job = trained(owner)
    assert job.status == Status.COMPLETED
    assert job.version is not None
    assert default_storage.exists(str(job.version.file.name))


def test_a_download_whose_file_makes_room_in_this_moment_is_refused_in_words(
    owner: User, owner_client: Client, api: APIClient
) -> None:
    version = version_of(owner)  # its row speaks of a file that is not there any more
    page = owner_client.get("/versions/2/export/", follow=True).content.decode()
    assert "The file of Version 2 was removed to make room" in page
    refused = api.get(f"/api/models/versions/{version.pk}/export")
    assert (refused.status_code, refused.json()["code"]) == (409, "file_gone")
