"""Every page in German: none of the sentences that have a German is left in English."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from classifier.model import current_backbone
from classifier.models import Photo, TextPreference
from classifier.services import add_reference, give_feedback
from classifier.tests.factories import PhotoFactory, scored_photo
from training.models import Chance, LearnedAnswer, ModelVersion, TrainingJob
from training.tests.job_samples import epochs_of, job_of, version_of
from wizard.tests.catalogue import LOCALE, entries

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de"}
LEAST = 12  # characters that tell a sentence from a word that both languages have
FIGURES = {"value": 0.81, "low": 0.74, "high": 0.87}
REASONS = [
    {"kind": "want", "text": "Strong: “at the beach” (top 3 % of your photos)"},
    {"kind": "dealbreaker", "text": "Dealbreaker: “smoking” is clearly there"},
    {"kind": "reference", "text": "Not much like the photos you chose"},
    {"kind": "learned", "text": "81 % likely that you would say yes"},
]
COMPONENTS = {
    "semantic": {"value": 0.9, "weight": 1.0, "reason": "Nothing you wrote stands out here"},
    "reference": {"value": 0.3, "weight": 0.5, "reason": "Not much like the photos you chose"},
    "learned": {"value": 0.8, "weight": 1.0, "reason": "81 % likely that you would say yes"},
}
OUTCOME = "Version 2: 81 % accurate (74-87), version 1 was 76 % on the same photos. It ranks them better. Now active."
FAILURE = "The machine ran out of memory while learning. Your active version is as it was."


def english_sentences() -> list[str]:
    """Of each sentence that has another German: the longest part that no value interrupts."""
    found = []
    for domain in ("django", "djangojs"):
        for entry in entries(LOCALE / "de" / "LC_MESSAGES" / f"{domain}.po"):
            for msgid, said in zip(entry.msgids, entry.said, strict=True):
                part = max(re.split(r"%\(\w+\)s|<[^>]*>", msgid.replace("%%", "%")), key=len).strip()
                if len(part) > LEAST and part not in said:
                    found.append(part)
    return found


ENGLISH = english_sentences()


def said_by(page: str) -> str:
    """What people see and hear of a page: its text, and the attributes that hold words."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    attributes = re.findall(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"', page)
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", page), *attributes]))


def left_in_english(client: Client, address: str, **more: Any) -> list[str]:
    answer = client.get(address, headers={**GERMAN, **more}, follow=True)
    text = " ".join(said_by(answer.content.decode()).split())
    assert len(text) > 20
    return [part for part in ENGLISH if part in text]


@pytest.fixture
def full_life(owner: User) -> Photo:
    """Photos in every state, a taste, three versions, and trainings that ended in every way. Returns a rated photo."""
    base = ModelVersion.objects.active_of(owner)
    photos = [
        scored_photo(owner, 0.9 - 0.05 * number, is_match=number < 6, reasons=REASONS, components=COMPONENTS)
        for number in range(12)
    ]
    for photo in photos:
        photo.embeddings.create(owner=owner, backbone=current_backbone().id, vector=b"\0\0")
    for number, photo in enumerate(photos[:10]):
        give_feedback(photo=photo, feedback="like" if number % 2 else "dislike")
    PhotoFactory.create(owner=owner, status=Photo.Status.QUEUED)
    PhotoFactory.create(owner=owner, status=Photo.Status.UNREADABLE, unreadable_reason="It could not be read")
    TextPreference.objects.create(owner=owner, phrase="at the beach", kind="want")
    TextPreference.objects.create(owner=owner, phrase="smoking", kind="avoid", is_dealbreaker=True)
    add_reference(photo=photos[0])
    two, three = version_of(owner, 2), version_of(owner, 3)
    ModelVersion.objects.filter(pk__in=[two.pk, three.pk]).update(
        parent=base, figures={"accuracy": FIGURES, "auc": FIGURES, "likes": 5, "dislikes": 5}
    )
    for version, chance in ((two, 0.3), (three, 0.7)):
        Chance.objects.bulk_create(Chance(version=version, photo=photo, value=chance) for photo in photos[:10])
    done = job_of(owner, "completed", version=two, outcome=OUTCOME, history=epochs_of(0, 3))
    LearnedAnswer.objects.create(job=done, photo_sha256="0" * 64, feedback="like", chance=0.1)
    job_of(owner, "failed", error=FAILURE)
    job_of(owner, "cancelled")
    job_of(owner, "completed", version=three, outcome=OUTCOME, history=epochs_of(0, 3))
    return photos[10]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/library/",
        "/library/?status=unreadable",
        "/library/?verdict=super&feedback=none",
        "/review/",
        "/taste/",
        "/training/",
        "/versions/",
        "/versions/compare/?v=2&v=3&round=99",
        "/versions/compare/?v=1&v=2&round=99",
        "/versions/2/delete/",
        "/upload/",
        "/map/",
        "/accounts/",
        "/accounts/password/",
        "/accounts/delete/",
        "/nowhere/",
    ],
)
def test_a_page_of_a_full_life_is_german(full_life: Photo, owner_client: Client, address: str) -> None:
    assert left_in_english(owner_client, address) == []


@pytest.mark.parametrize("address", ["", "delete/"])
def test_a_photo_and_its_reasons_are_german(full_life: Photo, owner_client: Client, address: str) -> None:
    assert left_in_english(owner_client, f"/photos/{full_life.pk}/{address}") == []


def test_a_photo_that_cannot_be_read_says_so_in_german(full_life: Photo, owner_client: Client) -> None:
    unreadable = Photo.objects.get(status="unreadable")
    assert left_in_english(owner_client, f"/photos/{unreadable.pk}/") == []


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_training_under_way_is_told_in_german(full_life: Photo, owner_client: Client, status: str) -> None:
    owner = full_life.owner
    phase = TrainingJob.Phase.FOLDS if status == "running" else ""
    job_of(owner, status, phase=phase, history=epochs_of(0, 2) if status == "running" else [])
    assert left_in_english(owner_client, "/training/") == []


@pytest.mark.parametrize("address", ["/", "/library/", "/review/", "/taste/", "/training/", "/versions/", "/map/"])
def test_a_page_of_somebody_new_is_german(owner_client: Client, address: str) -> None:
    assert left_in_english(owner_client, address) == []


@pytest.mark.parametrize("address", ["/accounts/sign-in/", "/accounts/sign-up/", "/nowhere/"])
def test_a_page_for_nobody_in_particular_is_german(client: Client, db: None, address: str) -> None:
    assert left_in_english(client, address) == []


def test_the_status_page_is_german(admin_client: Client) -> None:
    assert left_in_english(admin_client, "/status/") == []


@pytest.mark.parametrize("form", [{}, {"username": "robin", "password": "wrong"}])
def test_refusals_of_a_form_are_german(client: Client, form: dict[str, str]) -> None:
    page = client.post("/accounts/sign-in/", form, headers=GERMAN)
    assert [part for part in ENGLISH if part in said_by(page.content.decode())] == []
    assert "field-error" in page.content.decode() or "notice-bad" in page.content.decode()


def test_the_search_for_what_is_left_finds_english(full_life: Photo, owner_client: Client) -> None:
    text = " ".join(said_by(owner_client.get("/").content.decode()).split())
    assert len([part for part in ENGLISH if part in text]) > 20
