"""A change that was asked of a row as it no longer stands: refused in a sentence, or made on the row as it is."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404

from classifier import services
from classifier.models import ReferencePhoto, Taste, TextPreference
from classifier.tests.factories import ReferencePhotoFactory, TextPreferenceFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


def test_thresholds_that_two_requests_would_bring_out_of_order_are_refused(owner: User) -> None:
    one, other = Taste.objects.of(owner), Taste.objects.of(owner)
    services.change_taste(taste=one, super_like_threshold=0.65)
    with pytest.raises(ValidationError, match="can't be below the match threshold"):
        services.change_taste(taste=other, match_threshold=0.8)
    stands = Taste.objects.of(owner)
    assert (stands.match_threshold, stands.super_like_threshold) == (0.6, 0.65)


def test_a_phrase_that_became_a_dealbreaker_meanwhile_cannot_become_a_wanted_one(owner: User) -> None:
    phrase = TextPreferenceFactory.create(owner=owner, kind="avoid")
    other = TextPreference.objects.get(pk=phrase.pk)
    services.change_phrase(preference=phrase, is_dealbreaker=True)
    with pytest.raises(ValidationError, match="Only a phrase to avoid"):
        services.change_phrase(preference=other, kind="want")


def test_changes_of_different_fields_are_both_kept(owner: User) -> None:
    one, other = Taste.objects.of(owner), Taste.objects.of(owner)
    services.change_taste(taste=one, match_threshold=0.5)
    assert services.change_taste(taste=other, learned_weight=0.2).match_threshold == 0.5
    assert Taste.objects.of(owner).learned_weight == 0.2


def test_what_was_deleted_meanwhile_is_not_found(owner: User) -> None:
    phrase, reference = TextPreferenceFactory.create(owner=owner), ReferencePhotoFactory.create(photo__owner=owner)
    TextPreference.objects.all().delete()
    ReferencePhoto.objects.all().delete()
    with pytest.raises(Http404):
        services.change_phrase(preference=phrase, weight=2.0)
    with pytest.raises(Http404):
        services.change_reference(reference=reference, category="outdoors")
