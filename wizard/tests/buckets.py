"""A server that speaks S3 on this machine, and buckets in it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

from wizard.storage_url import storage_of


@dataclass(frozen=True)
class Bucket:
    endpoint: str
    name: str
    client: Any

    @property
    def url(self) -> str:
        return f"s3://key:a%2Fsecret@{self.name}/wizard?endpoint={self.endpoint}&region=eu-central-1"

    @property
    def storages(self) -> dict[str, Any]:
        return {
            "default": storage_of(self.url),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }

    def keys(self, prefix: str = "") -> list[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=f"wizard/{prefix}")
        return [found["Key"].removeprefix("wizard/") for page in pages for found in page.get("Contents", ())]


@contextmanager
def s3_server() -> Iterator[str]:
    """Its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # else a failure is buried under every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def new_bucket(endpoint: str) -> Bucket:
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name="eu-central-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    name = f"wizard-{uuid.uuid4().hex[:12]}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return Bucket(endpoint, name, client)
