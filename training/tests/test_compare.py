"""Two versions on the same photos: figures whose answer is known, and real versions end to end."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient
from sklearn.metrics import roc_auc_score

from classifier.models import Photo
from classifier.services import give_feedback
from training import jobs, services, versions
from training.compare import calibration, compare, missing_photos, ranking, sign_test
from training.models import Chance, LearnedAnswer, ModelVersion, TrainingJob
from training.tasks import score_answered_photos
from training.tests.conftest import Answer
from training.tests.job_samples import job_of, version_of


def trained(owner: User, *, epochs: int = 1) -> ModelVersion:
    job = services.start_training(owner=owner, hyperparameters={"epochs": epochs})
    jobs.run(job.pk)
    version = TrainingJob.objects.get(pk=job.pk).version
    assert version is not None
    return version


@pytest.mark.parametrize(("better", "worse", "p"), [(9, 4, 0.2668), (5, 0, 0.0625), (3, 3, 1.0), (0, 0, 1.0)])
def test_the_paired_test_is_the_exact_binomial_one(better: int, worse: int, p: float) -> None:
    assert sign_test(better, worse) == pytest.approx(p, abs=1e-4)
    assert sign_test(worse, better) == sign_test(better, worse)


def test_the_ranking_is_the_area_under_the_curve_with_ties() -> None:
    said = [(0.1, False), (0.4, True), (0.4, False), (0.4, False), (0.8, True), (0.9, False), (0.95, True)]
    expected = roc_auc_score([liked for _, liked in said], [chance for chance, _ in said])
    assert ranking(said) == pytest.approx(expected)
    assert ranking([(0.3, True), (0.4, True)]) is None


def test_calibration_bins_hold_every_photo_once() -> None:
    said = [(number / 23, number % 3 == 0) for number in range(23)]
    bins = calibration(said)
    assert sum(each.photos for each in bins) == 23
    assert [each.said for each in bins] == sorted(each.said for each in bins)
    assert calibration([]) == []


def test_photos_of_which_the_same_was_said_share_a_bin() -> None:
    (one,) = calibration([(0.5, number < 4) for number in range(10)])
    assert (one.said, one.photos, one.liked.value) == (0.5, 10, 0.4)
    mostly_the_same = [(0.1, False)] * 7 + [(0.2, True), (0.3, True), (0.4, True)]
    assert [each.photos for each in calibration(mostly_the_same)] == [7, 1, 2]


@pytest.mark.django_db(transaction=True)  # the report of a job has a connection of its own
@pytest.mark.slow("trains two versions with the real model")
def test_versions_are_compared_on_what_neither_learned_from(owner: User, answer: Answer, api: APIClient) -> None:
    photos = answer(30, liked=12)
    for photo in photos[24:]:
        give_feedback(photo=photo, feedback=None)
    first = trained(owner)
    for number, photo in enumerate(photos[24:]):
        give_feedback(photo=photo, feedback="like" if number % 2 else "dislike")
    second = trained(owner, epochs=2)
    assert missing_photos(first) == [photo.pk for photo in photos[24:]]
    assert missing_photos(second) == []
    address = f"/api/models/compare?a={second.pk}&b={first.pk}"
    asked = api.get(address)
    assert (asked.status_code, asked.headers["Retry-After"], asked.json()["missing"]) == (202, "1", [first.pk])
    score_answered_photos(first.pk)
    assert Chance.objects.filter(version=first).count() == 6
    body = api.get(address).json()
    assert body["photos"] == 30
    assert body["a"]["version_number"] == second.version_number
    assert body["a"]["accuracy"]["low"] <= body["a"]["accuracy"]["value"] <= body["a"]["accuracy"]["high"]
    apart = [abs(one["a"] - one["b"]) for one in body["disagreements"]]
    assert apart == sorted(apart, reverse=True)
    out_of_fold = dict(LearnedAnswer.objects.filter(job__version=second).values_list("photo_sha256", "chance"))
    sha256_of = {photo.pk: photo.sha256 for photo in photos}
    assert all(one["a"] == out_of_fold[sha256_of[one["photo_id"]]] for one in body["disagreements"])


@pytest.mark.django_db
class TestWithoutTraining:
    @pytest.fixture(autouse=True)
    def answered(self, owner: User) -> None:
        """Ten photos, half of them liked; versions 2 and 3 learned from all of them, 3 without a mistake."""
        base = ModelVersion.objects.active_of(owner)
        for number in range(10):
            photo = Photo.objects.create(
                owner=owner, sha256=f"{number:064}", source_name="one", width=1, height=1, status="ready"
            )
            photo.embeddings.create(owner=owner, backbone=version_of_backbone(), vector=b"\0\0")
            photo.results.create(owner=owner, model_version=base, score=0.5)
            give_feedback(photo=photo, feedback="like" if number < 5 else "dislike")
        for version_number in (2, 3):
            job = job_of(owner, TrainingJob.Status.COMPLETED, version=version_of(owner, version_number))
            for number in range(10):
                liked = number < 5
                wrong = version_number == 2 and number in (0, 9)
                LearnedAnswer.objects.create(
                    job=job,
                    photo_sha256=f"{number:064}",
                    feedback="like" if liked else "dislike",
                    chance=0.9 if liked != wrong else 0.1,
                )

    def test_a_comparison_says_who_is_right_more_often(self, owner: User, owner_client: Client) -> None:
        page = owner_client.get("/versions/compare/?v=2&v=3").content.decode()
        assert "Version 3 is right about 2 that version 2 is wrong about, and wrong about 0: could be chance." in page
        assert page.count("<circle") == 4  # each of them said two different things
        assert page.count("<img") >= 2

    def test_the_base_knows_no_more_than_how_often_anything_is_liked(self, owner: User) -> None:
        comparison = compare(ModelVersion.objects.get(version_number=3), ModelVersion.objects.get(version_number=1))
        assert comparison is not None
        assert (comparison.a.ranking, comparison.b.ranking) == (1.0, 0.5)

    def test_a_version_without_its_file_is_compared_by_what_it_said(self, owner: User) -> None:
        ModelVersion.objects.filter(version_number=2).update(file="")
        version = ModelVersion.objects.get(version_number=2)
        assert missing_photos(version) == []
        assert compare(version, ModelVersion.objects.get(version_number=3)) is not None

    @pytest.mark.parametrize("query", ["", "v=2", "v=2&v=2", "v=2&v=3&v=1", "v=a&v=b"])
    def test_anything_but_two_versions_leads_back(self, owner_client: Client, query: str) -> None:
        assert owner_client.get(f"/versions/compare/?{query}").headers["Location"] == "/versions/"

    def test_a_stranger_compares_nothing(self, owner: User, strangers_api: APIClient) -> None:
        ids = ModelVersion.objects.filter(version_number__in=(2, 3)).values_list("pk", flat=True)
        assert strangers_api.get("/api/models/compare?a={}&b={}".format(*ids)).status_code == 404

    def test_the_api_lists_activates_and_deletes(self, owner: User, api: APIClient) -> None:
        rows = api.get("/api/models/versions").json()["results"]
        assert [row["version_number"] for row in rows] == [3, 2, 1]
        assert rows[2]["usage"]["like_rate"]["value"] == 0.5
        third, second, base = (row["id"] for row in rows)
        assert api.post(f"/api/models/versions/{third}/activate").json()["is_active"]
        assert api.get(f"/api/models/versions/{third}").json()["is_active"]
        refused = api.delete(f"/api/models/versions/{third}")
        assert (refused.status_code, refused.json()["code"]) == (409, "cannot_delete")
        assert api.delete(f"/api/models/versions/{second}").status_code == 204
        assert api.get(f"/api/models/versions/{second}").status_code == 404
        ModelVersion.objects.filter(pk=base).update(backbone="")
        assert api.post(f"/api/models/versions/{base}/activate").status_code == 200
        assert versions.figure_of(ModelVersion.objects.get(pk=base), "accuracy") is None

    @pytest.mark.parametrize("query", ["", "a=1", "a=x&b=y", "a=1&b=1", "a=0&b=1"])
    def test_the_api_wants_two_ids(self, api: APIClient, query: str) -> None:
        refused = api.get(f"/api/models/compare?{query}")
        assert refused.status_code == 400
        assert refused.json()["detail"].endswith("Give the ids of two versions, as a and b.")


def version_of_backbone() -> str:
    from classifier.model import current_backbone

    return current_backbone().id
