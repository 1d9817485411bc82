"""Home and training."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from classifier.models import ClassificationResult
from training import live
from training.models import LearnedAnswer, ModelVersion, TrainingJob
from training.tests.job_samples import Status, epochs_of, job_of, version_of
from training.tests.test_home import answered_photos
from wizard.tests.states import Stage, state

SENTENCE = "Version 2: 81 % accurate (74-87), version 1 was 76 % on the same photos."


@state("home")
def home_at_the_beginning(stage: Stage) -> Page:
    return stage.open("/")


@state("home")
def home_with_the_first_steps_behind(stage: Stage) -> Page:
    answered_photos(stage.owner)
    version_of(stage.owner)
    return stage.open("/?first-steps")


@state("home")
def home_with_everything(stage: Stage) -> Page:
    photos = answered_photos(stage.owner)
    early = ClassificationResult.objects.filter(photo__in=photos[:8])
    early.update(feedback_at=timezone.now() - timedelta(days=3))
    version_of(stage.owner)
    job_of(stage.owner, Status.COMPLETED, outcome=SENTENCE)
    return stage.open("/")


@state("training")
def training_that_has_too_little(stage: Stage) -> Page:
    return stage.open("/training/")


@state("training")
def training_that_is_ready(stage: Stage) -> Page:
    answered_photos(stage.owner)
    return stage.open("/training/")


@state("training")
def training_that_waits(stage: Stage) -> Page:
    job_of(stage.owner, Status.PENDING)
    return stage.open("/training/")


@state("training")
def training_whose_worker_is_away(stage: Stage) -> Page:
    stage.said["away"] = "The train worker is away just now."
    job_of(stage.owner, Status.PENDING)
    page = stage.open("/training/")
    expect(page.locator("#phase")).to_contain_text("is away")
    return page


@state("training", "training_live")
def training_that_runs(stage: Stage) -> Page:
    job = job_of(stage.owner, phase=TrainingJob.Phase.FOLDS, history=epochs_of(0, 4))
    live.publish(job.pk, {"fold": 0, "epoch": 4, "loss": 0.4, "accuracy": 0.7, "done": 0.3, "eta_s": 41.0})
    page = stage.open("/training/")
    page.locator("#epochs summary").click()
    return page


@state("training")
def training_that_is_being_cancelled(stage: Stage) -> Page:
    job_of(stage.owner, cancel_requested=True)
    return stage.open("/training/")


@state("training")
def training_that_is_done(stage: Stage) -> Page:
    photos = answered_photos(stage.owner)
    ModelVersion.objects.filter(owner=stage.owner).update(is_active=False)
    version = version_of(stage.owner, is_active=True)
    job = job_of(stage.owner, Status.COMPLETED, outcome=SENTENCE, version=version, history=epochs_of(0, 4))
    learned = [LearnedAnswer(job=job, photo_sha256=photo.sha256, feedback="like", chance=0.05) for photo in photos]
    LearnedAnswer.objects.bulk_create(learned)  # each like a surprise
    return stage.open("/training/")


@state("training")
def training_that_was_held_back(stage: Stage) -> Page:
    ModelVersion.objects.active_of(stage.owner)
    job_of(stage.owner, Status.COMPLETED, outcome=SENTENCE, version=version_of(stage.owner))
    page = stage.open("/training/")
    expect(page.locator("#outcome button")).to_be_visible()
    return page


@state("training")
def training_that_failed(stage: Stage) -> Page:
    job_of(stage.owner, Status.FAILED, error="There was too little memory.", history=epochs_of(0, 2))
    job_of(stage.owner, Status.CANCELLED)
    job_of(stage.owner, Status.FAILED, error="Out_of_memory" * 12)
    return stage.open("/training/")
