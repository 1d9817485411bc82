"""Rows for tests: real small pictures, real files, real constraints."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import factory
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image

from classifier.models import ClassificationResult, Photo, ReferencePhoto, TextPreference
from classifier.sample import SamplePhoto
from training.models import ModelVersion


def jpeg(colour: str = "teal", size: tuple[int, int] = (96, 120)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


@cache
def small_sample(photo: SamplePhoto) -> bytes:
    """A sample photo at a quarter of its size: the starter sees 112 pixels, and an upload is read ten times as fast."""
    buffer = io.BytesIO()
    with Image.open(photo.file) as image:
        image.convert("RGB").resize((image.width // 4, image.height // 4)).save(buffer, "WEBP", quality=90)
    return buffer.getvalue()


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("person-{}".format)


class PhotoFactory(DjangoModelFactory[Photo]):
    class Meta:
        model = Photo

    owner = factory.SubFactory(UserFactory)
    sha256 = factory.Sequence("{:064x}".format)
    source_name = factory.Sequence("photo-{}.jpg".format)
    status = Photo.Status.READY
    width, height = 96, 120
    image = factory.LazyAttribute(lambda _: ContentFile(jpeg(), name="photo.jpg"))
    thumbnail = factory.LazyAttribute(lambda _: ContentFile(jpeg(size=(48, 60)), name="thumbnail.webp"))


class ResultFactory(DjangoModelFactory[ClassificationResult]):
    class Meta:
        model = ClassificationResult

    photo = factory.SubFactory(PhotoFactory)
    owner = factory.SelfAttribute("photo.owner")
    model_version = factory.LazyAttribute(lambda result: ModelVersion.objects.active_of(result.photo.owner))
    score = 0.5


class TextPreferenceFactory(DjangoModelFactory[TextPreference]):
    class Meta:
        model = TextPreference

    owner = factory.SubFactory(UserFactory)
    phrase = factory.Sequence("phrase {}".format)


class ReferencePhotoFactory(DjangoModelFactory[ReferencePhoto]):
    class Meta:
        model = ReferencePhoto

    photo = factory.SubFactory(PhotoFactory)
    owner = factory.SelfAttribute("photo.owner")


def scored_photo(owner: User, score: float | None = 0.5, **result: Any) -> Photo:
    """A ready photo of `owner` with a current result."""
    photo: Photo = ResultFactory.create(photo__owner=owner, score=score, **result).photo
    return photo
