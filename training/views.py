"""What the wizard would learn from now, what it is learning, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from classifier.models import Taste
from classifier.views.common import SignedInRequest
from training import services
from training.answers import answers_of, count_classes, count_outdated, learned_answers
from training.learn.config import TrainConfig
from training.models import ModelVersion, TrainingJob
from training.status import status_of

JOBS_SHOWN = 20


@require_safe
@login_required
def training(request: SignedInRequest) -> HttpResponse:
    return render(request, "training/training.html", _page(request))


@require_safe
@login_required
def training_live(request: SignedInRequest) -> HttpResponse:
    """The part that changes; it polls itself once a second as long as a job is open."""
    return render(request, "training/_state.html", _page(request))


@require_POST
@login_required
def training_start(request: SignedInRequest) -> HttpResponse:
    try:
        services.start_training(owner=request.user)
    except services.CannotTrain as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("training"))


@require_POST
@login_required
def training_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(TrainingJob.objects.owned_by(request.user), pk=pk)
    try:
        services.cancel_job(job=job)
    except services.JobHasEnded as ended:
        messages.error(request, str(ended))
    return HttpResponseRedirect(reverse("training"))


def _page(request: SignedInRequest) -> dict[str, Any]:
    jobs = TrainingJob.objects.owned_by(request.user).defer("history").order_by("-pk")
    job = jobs.filter(status__in=TrainingJob.OPEN).first()
    answers = answers_of(request.user)
    likes, dislikes = count_classes(answers)
    return {
        "job": job,
        "state": status_of(job) if job else None,
        "likes": likes,
        "dislikes": dislikes,
        "minimum": services.MINIMUM_PER_CLASS,
        "refusal": "" if job else _refusal(request, answers),
        "until_auto": _until_auto(request, answers),
        "outdated": _outdated(request, answers),
        "jobs": [each for each in jobs[:JOBS_SHOWN] if not each.is_open],
    }


def _refusal(request: SignedInRequest, answers: dict[str, str]) -> str:
    """Why training cannot start now; empty when it can."""
    config = TrainConfig()
    try:
        services.check_can_train(request.user, answers, {name: getattr(config, name) for name in services.CHOICES})
    except services.CannotTrain as refused:
        return str(refused)
    return ""


def _until_auto(request: SignedInRequest, answers: dict[str, str]) -> int | None:
    """Answers missing until it trains by itself; None when it is not to."""
    taste = Taste.objects.of(request.user)
    return services.answers_until_auto(taste, answers) if taste.auto_train else None


def _outdated(request: SignedInRequest, answers: dict[str, str]) -> int:
    """How many answers that the active version learned from were changed or removed since."""
    job = TrainingJob.objects.filter(version=ModelVersion.objects.active_of(request.user)).first()
    return count_outdated(answers, learned_answers(job)) if job else 0
