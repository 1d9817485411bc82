"""Somebody with something in every table, and a search for what is left of them."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.test import Client

from classifier.model import current_backbone
from classifier.models import ImportedFile, Photo, PhotoEmbedding, ReviewAnswer, Taste
from classifier.stems import stem_path
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory, scored_photo
from training.answers import note_change
from training.models import Activation, Chance, LearnedAnswer
from training.tests.job_samples import Status, job_of, version_of
from wizard.erasing import FOLDERS
from wizard.tests.token_samples import make

PASSWORD = "seven green lanterns"


def somebody(name: str) -> User:
    """Their names for everything begin with their own."""
    user = User.objects.create_user(name, password=PASSWORD)
    photos = [scored_photo(user, photo__source_name=f"{name}-{number}.jpg") for number in range(3)]
    for photo in photos:
        Photo.objects.filter(pk=photo.pk).update(bio=f"{name} was there", sha256=f"{name}-{photo.pk}")
        PhotoEmbedding.objects.create(owner=user, photo=photo, backbone=current_backbone().id, vector=name.encode())
        default_storage.save(stem_path(user.pk, current_backbone().id, photo.pk), ContentFile(name.encode()))
        ReviewAnswer.objects.create(owner=user, photo=photo, answer="skip", why="random")
    Taste.objects.of(user)
    TextPreferenceFactory.create(owner=user, phrase=f"{name} by the sea")
    ReferencePhotoFactory.create(photo=photos[0], category=name)
    ImportedFile.objects.create(owner=user, fingerprint=name, outcome="refused")
    version = version_of(user)
    default_storage.save(str(version.file.name), ContentFile(name.encode()))
    Activation.objects.create(owner=user, version=version, reason="you")
    Chance.objects.create(version=version, photo=photos[0], value=0.5)
    job = job_of(user, Status.COMPLETED, version=version, outcome=f"{name} learned")
    LearnedAnswer.objects.create(job=job, photo_sha256=f"{name}-{photos[0].pk}", feedback="like", chance=0.5)
    note_change(user.pk)
    make(user, name=f"{name}'s script")
    AccessAttempt.objects.create(username=name, ip_address="::1", failures_since_start=1)
    Client().force_login(user)
    return user


def rows_of(user: User) -> dict[str, int]:
    """How many rows of each table lead to this account, by whatever way, the account's own included."""
    found = {"User": User.objects.filter(pk=user.pk).count()}
    ways: dict[type[models.Model], str] = {User: ""}
    todo: list[type[models.Model]] = [User]
    for target in todo:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if model not in ways and field.is_relation and field.related_model is target:
                    ways[model] = f"{field.name}__{ways[target]}" if ways[target] else field.name
                    todo.append(model)
                    found[model.__name__] = model._base_manager.filter(**{ways[model]: user.pk}).count()
    return found


def files_of(user: User) -> list[str]:
    return [name for folder in FOLDERS for name in _below(f"{folder}/{user.pk}")]


def _below(folder: str) -> list[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    return [
        folder,
        *(f"{folder}/{name}" for name in files),
        *(x for each in folders for x in _below(f"{folder}/{each}")),
    ]
