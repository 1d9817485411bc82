"""What pages ask of the model: found photos, reasons in the picture, the taste in words, the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains
from rest_framework.test import APIClient

from classifier import learned, pipeline, services, tasks
from classifier.models import Photo, Taste, TextPreference
from classifier.questions import layout
from classifier.questions.answering import answer
from classifier.questions.asking import ask
from classifier.questions.layout import place
from classifier.questions.leaning import leans_towards, log_odds, presence, vocabulary
from classifier.questions.why import by_version
from classifier.sample import sample_photos
from classifier.tests.factories import small_sample
from training import versions
from training.compare import ranking
from training.models import ModelVersion
from training.tests.test_rescoring import no_scorer_of_another_test, tuned  # noqa: F401  (fixtures)
from wizard import store

pytestmark = pytest.mark.django_db

PHOTOS = 36


@pytest.fixture(autouse=True)
def score_worker(owner: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """It answers at once, in this process; what it says is kept in a dictionary."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(store, "put", lambda key, value, seconds: values.update({key: value}))
    monkeypatch.setattr(store, "get", values.get)
    monkeypatch.setattr(store, "is_first", lambda key, seconds: values.setdefault(key, 0) == 0)
    monkeypatch.setattr(store, "forget", lambda *keys: [values.pop(key, None) for key in keys])

    def at_once(owner_id: int, question: str, about: dict[str, Any], key: str, slot: str) -> None:
        values[f"{key}:asked"] = 1
        answer(User.objects.get(pk=owner_id), question, about, key, slot)

    monkeypatch.setattr(tasks.answer_question, "apply_async", lambda about: at_once(*about))
    return values


@pytest.fixture
def photos(owner: User) -> list[Photo]:
    """Sample photos with and without a guitar, embedded by the real starter."""
    drawn = sample_photos()
    guitars = [each for each in drawn if "guitar" in each.attributes][: PHOTOS // 6]
    others = [each for each in drawn if "guitar" not in each.attributes][: PHOTOS - len(guitars)]
    files = [ContentFile(small_sample(each), name=f"{each.name}.webp") for each in [*guitars, *others]]
    created = services.add_photos(owner=owner, files=files).created
    pipeline.embed_photos([photo.pk for photo in created])
    return created


def has_guitar(photo: Photo) -> bool:
    return photo.source_name in {f"{each.name}.webp" for each in sample_photos() if "guitar" in each.attributes}


def test_words_find_what_shows_them(owner: User, owner_client: Client, photos: list[Photo]) -> None:
    page = owner_client.get("/library/", {"q": "  playing   guitar "})
    found = page.context["photos"]
    assert len(found) == len(photos)
    ranked = [(-place, has_guitar(photo)) for place, photo in enumerate(found)]
    assert (ranking(ranked) or 0) > 0.85  # a guitar stands above another photo so often, by the small starter
    assert found[0].found in ("Strong", "Clear")
    assert found[-1].found == ""
    assertContains(page, "“playing guitar”")


def test_a_search_keeps_to_the_filters_and_leads_from_photo_to_photo(owner_client: Client, photos: list[Photo]) -> None:
    services.give_feedback(photo=photos[5], feedback="like")
    page = owner_client.get("/library/?q=guitar&feedback=like")
    assert [photo.pk for photo in page.context["photos"]] == [photos[5].pk]
    ordered = [photo.pk for photo in owner_client.get("/library/?q=guitar").context["photos"]]
    beside = owner_client.get(f"/photos/{ordered[1]}/?q=guitar").context
    assert (beside["before"], beside["after"]) == (ordered[0], ordered[2])


def test_more_like_this_leaves_the_photo_itself_out(owner_client: Client, photos: list[Photo]) -> None:
    page = owner_client.get(f"/photos/{photos[0].pk}/similar/")
    shown = [photo.pk for photo in page.context["photos"]]
    assert photos[0].pk not in shown
    assert len(shown) == 12


def test_the_api_pages_through_what_it_found(api: APIClient, strangers_api: APIClient, photos: list[Photo]) -> None:
    first = api.get("/api/search?q=guitar&page_size=20").json()
    second = api.get(first["next"]).json()
    ids = [each["id"] for each in first["results"] + second["results"]]
    assert sorted(ids) == [photo.pk for photo in photos]
    assert second["next"] is None
    assert len(api.get(f"/api/photos/{photos[0].pk}/similar").json()["results"]) == len(photos) - 1
    assert strangers_api.get(f"/api/photos/{photos[0].pk}/similar").status_code == 404
    assert strangers_api.get("/api/search?q=guitar").json()["results"] == []
    assert api.get("/api/search").status_code == 400
    assert api.get("/api/search", {"q": "x" * 121}).status_code == 400
    assert api.get("/api/search?q=guitar&cursor=love").status_code == 400


def test_while_the_worker_looks_the_page_says_so(
    owner_client: Client, api: APIClient, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.answer_question, "apply_async", lambda _: None)
    monkeypatch.setattr("classifier.api.finding.WAIT_SECONDS", 0)
    assertContains(owner_client.get("/library/?q=guitar"), "Looking through your photos")
    pending = api.get("/api/search?q=piano")
    assert (pending.status_code, pending.json()["code"]) == (202, "pending")
    assert owner_client.get("/map/points/").status_code == 202


@pytest.mark.parametrize("query", ["q=%00", "q=", "like=abc", "like=-1", "q=x&after=love", "like=999999999"], ids=str)
def test_odd_addresses_harm_nothing(owner_client: Client, photos: list[Photo], query: str) -> None:
    assert owner_client.get(f"/library/?{query}").status_code in (200, 404)


def test_a_photo_that_comes_makes_the_search_anew(owner: User, photos: list[Photo]) -> None:
    before = ask(owner, "search", q="guitar", wait=1)["found"]
    services.delete_photo(photo=photos[0])
    assert len(ask(owner, "search", q="guitar", wait=1)["found"]) == len(before) - 1


def test_a_phrase_is_explained_in_the_picture(owner: User, owner_client: Client, photos: list[Photo]) -> None:
    phrase = TextPreference.objects.create(owner=owner, phrase="playing guitar")
    page = owner_client.get(f"/photos/{photos[0].pk}/why/", {"about": str(phrase.pk)})
    grid = np.array(page.context["map"]["grid"])
    assert grid.shape == (8, 8)
    assert np.abs(grid).max() == 1
    assert b"<rect" in page.content


def test_what_was_learned_is_explained_and_a_version_that_learned_nothing_is_not(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
    tuned: ModelVersion,  # noqa: F811
) -> None:
    assertContains(owner_client.get(f"/photos/{photos[0].pk}/why/"), "nothing to explain yet")
    versions.activate_version(version=tuned)
    page = owner_client.get(f"/photos/{photos[0].pk}/why/")
    assert page.context["about"] == "learned"
    assert len(page.context["map"]["grid"]) == 8
    assert by_version.cache_info().currsize > 0
    learned.forget_versions()  # somebody's photos or account were deleted
    assert by_version.cache_info().currsize == 0


def test_the_taste_is_told_in_words_with_examples_and_taken_over_with_a_click(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
    tuned: ModelVersion,  # noqa: F811
) -> None:
    assertContains(owner_client.get("/taste/words/"), "After a training")
    versions.activate_version(version=tuned)
    pipeline.rescore_library(owner.pk, Taste.objects.of(owner).revision)
    page = owner_client.get("/taste/words/")
    for side in ("towards", "away"):
        assert page.context[side]
        assert all(each["photos"] and each["phrase"] in vocabulary() for each in page.context[side])
    named = page.context["towards"][0]["phrase"]
    owner_client.post("/taste/phrases/", {"phrase": named, "kind": "want"})
    assert TextPreference.objects.get(owner=owner).phrase == named
    assertContains(owner_client.get("/taste/words/"), "You wrote this")


def test_phrases_that_explain_a_taste_together_come_first() -> None:
    """Who likes what shows 3 or 7 hears of both, though 4 is nearly the same as 3."""
    generator = np.random.default_rng(0)
    directions = np.eye(12, 32, dtype=np.float32)
    directions[4] = 0.95 * directions[3] + 0.3 * directions[11]
    kinds = generator.integers(0, 10, 600)
    vectors = (np.eye(10, 32)[kinds] + 0.15 * generator.standard_normal((600, 32))).astype(np.float32)
    likes = np.isin(kinds, (3, 7))
    odds = log_odds(np.where(likes, 0.9, 0.15).astype(np.float32))
    shows = presence(vectors, directions)
    assert set(leans_towards(shows, odds)[:2]) == {3, 7}
    assert not {3, 4, 7} & set(leans_towards(shows, -odds)[:3])


def test_the_vocabulary_has_some_five_hundred_different_phrases() -> None:
    assert 450 <= len(vocabulary()) == len(set(vocabulary())) <= 600


def test_the_map_has_a_point_for_each_photo(owner_client: Client, photos: list[Photo]) -> None:
    points = owner_client.get("/map/points/").json()["points"]
    assert sorted(point[0] for point in points) == [photo.pk for photo in photos]
    assert all(0 <= x <= 1 and 0 <= y <= 1 for _, x, y, *_ in points)


def test_the_map_places_similar_photos_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "PLACED_BY_TSNE", 300)
    generator = np.random.default_rng(0)
    kinds = np.repeat(np.arange(4), 100)
    vectors = (np.eye(4, 32)[kinds] + 0.1 * generator.standard_normal((len(kinds), 32))).astype(np.float32)
    places = place(vectors)  # more than are placed one by one
    centres = np.stack([places[kinds == kind].mean(axis=0) for kind in range(4)])
    nearest = ((places[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == kinds).mean() > 0.95


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_a_small_library_has_a_map_too(count: int) -> None:
    vectors = np.random.default_rng(0).standard_normal((count, 16)).astype(np.float32)
    assert place(vectors).shape == (count, 2)


def test_an_error_is_one_sentence(
    owner: User, owner_client: Client, api: APIClient, photos: list[Photo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.questions.layout.library_of", lambda owner: 1 / 0)
    monkeypatch.setattr("classifier.questions.answering.library_of", lambda owner: 1 / 0)
    page = owner_client.get("/library/?q=guitar")
    assertContains(page, "This search has no answer")
    assertContains(page, "could not be worked out")
    assertNotContains(page, "Traceback")
    refused = api.get("/api/search?q=guitar")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert owner_client.get(f"/photos/{photos[0].pk}/similar/").status_code == 200
    assert "could not" in owner_client.get("/map/points/").json()["error"]


def test_one_person_has_few_questions_on_their_way(
    owner: User,
    owner_client: Client,
    photos: list[Photo],
    monkeypatch: pytest.MonkeyPatch,
    score_worker: dict[str, Any],
) -> None:
    taken: set[str] = set()
    sent: list[tuple[Any, ...]] = []

    def is_first(key: str, seconds: int) -> bool:
        is_new = key not in taken
        taken.add(key)
        return is_new

    monkeypatch.setattr(store, "is_first", is_first)
    monkeypatch.setattr(store, "forget", lambda *keys: taken.difference_update(keys))
    monkeypatch.setattr(tasks.answer_question, "apply_async", sent.append)
    for number in range(10):
        assert ask(owner, "search", q=f"word {number}") is None
    assert len(sent) == 4
    answer(owner, *sent[0][1:])  # one is answered: its place is free
    assert ask(owner, "search", q="word 0") is not None
    ask(owner, "search", q="word 7")
    assert len(sent) == 5


def test_the_map_stays_where_it_was_when_photos_come_and_go(owner: User, photos: list[Photo]) -> None:
    before = {photo: (x, y) for photo, x, y in ask(owner, "map", wait=1)["points"]}
    gone, *kept = photos
    services.delete_photo(photo=gone)
    after = {photo: (x, y) for photo, x, y in ask(owner, "map", wait=1)["points"]}
    assert after == {photo.pk: before[photo.pk] for photo in kept}


def test_what_was_deleted_a_moment_ago_is_not_on_the_map(owner_client: Client, photos: list[Photo]) -> None:
    services.trash_photos(photos[:5])
    shown = {point[0] for point in owner_client.get("/map/points/").json()["points"]}
    assert shown == {photo.pk for photo in photos[5:]}


def test_a_search_among_photos_that_wait_finds_none_that_are_ready(owner_client: Client, photos: list[Photo]) -> None:
    assert owner_client.get("/library/?q=guitar&status=unreadable").context["photos"] == []
