"""STORAGE_URL says in one line where files are kept; nonsense is refused in one sentence, without the secret."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from wizard import storage_url
from wizard.storage_url import storage_of

WRONG = {
    "another kind": "ftp://key:hush@bucket",
    "no bucket": "s3://",
    "a key without a secret": "s3://hush@bucket",
    "a port where the endpoint's belongs": "s3://key:hush@bucket:9000",
    "a port that is none": "s3://key:hush@bucket:nine",
    "a slash in the secret": "s3://key:hu/sh@bucket",
    "an option nobody knows": "s3://key:hush@bucket?acl=public",
    "an endpoint without a scheme": "s3://key:hush@bucket?endpoint=minio:9000",
    "an option without a value": "s3://key:hush@bucket?endpoint",
}


def test_nothing_said_means_this_machine() -> None:
    assert storage_of("")["BACKEND"] == "wizard.storage.WholeFiles"


def test_one_line_says_all() -> None:
    found = storage_of("s3://key:a%2Fb%40c@photos/ours/here/?endpoint=http://minio:9000&region=eu-1")
    assert found["OPTIONS"] == {
        "bucket_name": "photos",
        "location": "ours/here",
        "endpoint_url": "http://minio:9000",
        "region_name": "eu-1",
        "access_key": "key",
        "secret_key": "a/b@c",
    }


def test_what_is_left_out_is_left_to_amazons_own_ways() -> None:
    assert storage_of("s3://photos")["OPTIONS"] == {"bucket_name": "photos"}


@pytest.mark.parametrize("what", WRONG)
def test_nonsense_is_refused_without_the_secret(what: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        storage_of(WRONG[what])
    assert str(refused.value).startswith("STORAGE_URL looks like")
    assert "hu" not in str(refused.value).removeprefix(storage_url.SHAPE)


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_url, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r requirements-s3\.txt"):
        storage_of("s3://photos")


def test_without_it_no_process_loads_what_speaks_to_a_bucket() -> None:
    code = "import django; django.setup(); import sys; from django.core.files.storage import default_storage as s"
    code += "; s.exists('x'); sys.exit(bool({'boto3', 'botocore', 'storages'} & sys.modules.keys()))"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "wizard.test_settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
