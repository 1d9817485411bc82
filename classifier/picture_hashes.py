"""The hash of stored pictures that were added before the database kept it (`Photo.picture_sha256`)."""

from __future__ import annotations

from hashlib import file_digest

from django.db import IntegrityError, transaction

from classifier.models import Photo
from wizard.files import StorageAway

MAX_AT_ONCE = 500


def hash_pictures(most: int = MAX_AT_ONCE) -> int:
    """Compute as many hashes as `most`, oldest photos first; returns how many were computed."""
    photos = list(Photo.objects.filter(picture_sha256=None).only("image").order_by("pk")[:most])
    for done, photo in enumerate(photos):
        try:
            with photo.image.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            digest = _none_for(photo)
        except StorageAway:
            return done
        _keep(photo, digest)
    return len(photos)


def _keep(photo: Photo, digest: str) -> None:
    row = Photo.objects.filter(pk=photo.pk, picture_sha256=None)
    try:
        with transaction.atomic():
            row.update(picture_sha256=digest)
    except IntegrityError:  # the owner has the same picture twice, and keeps both
        row.update(picture_sha256=_none_for(photo))


def _none_for(photo: Photo) -> str:
    """In place of a hash, so that the photo is not looked at again; no other photo has the same."""
    return f"none for {photo.pk}"
