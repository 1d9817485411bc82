"""Files in a bucket: anything that speaks S3. Imported only when STORAGE_URL names one (requirements-s3.txt)."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import IO, Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files import File
from django.utils.deconstruct import deconstructible
from storages.backends.s3 import S3Storage

from wizard.files import AT_ONCE, StorageAway

IN_MEMORY = 8 * 2**20  # bytes; a photo fits, a version goes through a file
ONE_PART = 256 * 2**20  # a version is at most 200 MB: one request, so that it is there as a whole or not at all
GONE = {"404", "NoSuchKey", "NotFound"}


@deconstructible
class Bucket(S3Storage):  # type: ignore[misc]  # untyped
    """django-storages' own, but for one request to read instead of three, one client, and errors as a disk has them."""

    is_remote = True

    def __init__(self, **options: Any) -> None:
        self._guard, self._made_in, self._shared = threading.Lock(), 0, None
        config = Config(
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=2 * AT_ONCE,
            # Checksums that Amazon's own knows, and other makers' servers refuse.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        transfer = TransferConfig(multipart_threshold=ONE_PART, use_threads=False)
        super().__init__(
            client_config=config, transfer_config=transfer, file_overwrite=True, default_acl=None, **options
        )

    @property
    def connection(self) -> Any:
        """One for all threads, whose client does the work and is made for that; another after a fork."""
        with self._guard:
            if self._made_in != os.getpid():
                self._shared = self._create_session().resource(
                    "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
                )
                self._made_in = os.getpid()
            return self._shared

    @property
    def bucket(self) -> Any:
        return self.connection.Bucket(self.bucket_name)

    def check(self) -> None:
        """Raises StorageAway when the bucket is not there, or not for us."""
        with _told(self.bucket_name):
            self.connection.meta.client.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1, Prefix=self.location)

    def _open(self, name: str, mode: str = "rb") -> Any:
        if mode != "rb":
            return super()._open(name, mode)
        content: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (its reader closes it)
        try:
            with _told(name):
                key = self._normalize_name(name)
                body = self.connection.meta.client.get_object(Bucket=self.bucket_name, Key=key)["Body"]
                shutil.copyfileobj(body, content)
        except BaseException:
            content.close()
            raise
        content.seek(0)
        return File(content, name)

    def _save(self, name: str, content: Any) -> str:
        with _told(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        # Not as django-storages does it, which takes a bucket that is not there for a file that is gone.
        with suppress(FileNotFoundError), _told(name):
            self.connection.meta.client.delete_object(Bucket=self.bucket_name, Key=self._normalize_name(name))

    def exists(self, name: str) -> bool:
        with _told(name):
            return bool(super().exists(name))

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _told(path):
            folders, files = super().listdir(path)
        return folders, files

    def size(self, name: str) -> int:
        with _told(name):
            return int(super().size(name))

    def get_modified_time(self, name: str) -> datetime:
        with _told(name):
            found: datetime = super().get_modified_time(name)
        return found


@contextmanager
def _told(name: str) -> Iterator[None]:
    """boto's errors in the words of every other storage."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in GONE:
            raise FileNotFoundError(errno.ENOENT, "There is no such file", name) from error
        raise StorageAway(code) from error
    except (Boto3Error, BotoCoreError) as error:
        raise StorageAway(type(error).__name__) from error
