"""What the wizard would learn from now, what it is learning, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from classifier.models import Taste
from classifier.review.services import review_stats, surprising_answers
from classifier.services import change_taste
from classifier.views.common import SignedInRequest
from training import live, services
from training.answers import Answers, answers_of, count_changes, count_classes, count_outdated, learned_answers
from training.curves import curves_of, latest_of, rows_of
from training.forms import AutoTrainForm
from training.models import ModelVersion, TrainingJob
from training.status import expected_seconds, status_of
from wizard import workers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

JOBS_SHOWN = 20


@require_safe
@login_required
def training(request: SignedInRequest) -> HttpResponse:
    agreement = review_stats(request.user).told_agreement
    again = {"surprising": len(surprising_answers(request.user)), "agreement": agreement}
    return render(request, "training/training.html", _whole(request) | again)


@require_safe
@login_required
def training_live(request: SignedInRequest) -> HttpResponse:
    """The part that changes; it polls itself once a second as long as a job is open."""
    page = _state(request)
    if not page["job"]:  # it has just ended: what counts towards the next one counts anew
        answers = answers_of(request.user)
        page |= _ready(request, answers) | _auto(request, answers) | {"ended": True}
    return render(request, "training/_state.html", page)


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


@require_POST
@login_required
def training_auto(request: SignedInRequest) -> HttpResponse:
    """Whether it trains by itself, and how often."""
    taste = Taste.objects.of(request.user)
    form = AutoTrainForm(request.POST, instance=Taste.objects.of(request.user))
    if form.is_valid():
        change_taste(taste=taste, **form.cleaned_data)
        if not request.htmx:
            messages.success(request, gettext("Saved."))
            return HttpResponseRedirect(reverse("training"))
    if request.htmx:
        return render(request, "training/_auto.html", _auto(request, answers_of(request.user), form))
    return render(request, "training/training.html", _whole(request, form))


def _whole(request: SignedInRequest, form: AutoTrainForm | None = None) -> dict[str, Any]:
    answers = answers_of(request.user)
    page = _state(request) | _auto(request, answers, form)
    return page if page["job"] else page | _ready(request, answers)


def _state(request: SignedInRequest) -> dict[str, Any]:
    """How the open job stands, and what became of those before. It reads no answers: this is asked each second."""
    jobs = TrainingJob.objects.owned_by(request.user).select_related("version").order_by("-pk")
    latest = jobs.first()
    job = latest if latest and latest.is_open else None
    page: dict[str, Any] = {
        "job": job,
        "last": latest if latest and not latest.is_open else None,
        "phases": _phases(job) if job else [],
        "jobs": [each for each in jobs.defer("history")[: JOBS_SHOWN + 1] if not each.is_open][:JOBS_SHOWN],
    }
    if latest:
        runs = curves_of(latest, live.read(latest.pk) if job else {})
        page |= {
            "state": status_of(latest),
            "curves": {"job": latest.pk, "runs": runs, "now": latest_of(runs[0])},
            "epoch_rows": rows_of(runs),
        }
    if job and job.status == TrainingJob.Status.PENDING:
        page["away"] = workers.trouble_of("train")
    return page


def _ready(request: SignedInRequest, answers: Answers) -> dict[str, Any]:
    """What a training would learn from now; beside it goes what `_auto` says."""
    likes, dislikes = count_classes(answers)
    return {
        "likes": likes,
        "dislikes": dislikes,
        "share_liked": 100 * likes / len(answers) if answers else 0,
        "minimum": services.MINIMUM_PER_CLASS,
        "outdated": _outdated(request, answers),
        "new": _new(request, answers),
        "expected_seconds": expected_seconds(request.user, len(answers)),
    }


def _auto(request: SignedInRequest, answers: Answers, form: AutoTrainForm | None = None) -> dict[str, Any]:
    """`until_auto`: answers missing until it trains by itself; None when it is not to. `refusal`: why it cannot now."""
    taste = Taste.objects.of(request.user)
    return {
        "auto_form": form or AutoTrainForm(instance=taste),
        "until_auto": services.answers_until_auto(taste, answers) if taste.auto_train else None,
        "refusal": _refusal(request, answers),
    }


def _phases(job: TrainingJob) -> list[tuple[StrOrPromise, str]]:
    """Every phase in words, and whether it is done, current or next."""
    values = TrainingJob.Phase.values
    here = values.index(job.phase) if job.phase in values else -1
    states = ("done" if place < here else "current" if place == here else "next" for place in range(len(values)))
    return list(zip(TrainingJob.Phase.labels, states, strict=True))


def _refusal(request: SignedInRequest, answers: Answers) -> str:
    """Why training cannot start now; empty when it can."""
    try:
        services.check_can_train(request.user, answers, services.recipe())
    except services.CannotTrain as refused:
        return str(refused)
    return ""


def _outdated(request: SignedInRequest, answers: Answers) -> int:
    """How many answers that the active version learned from were changed or removed since."""
    job = TrainingJob.objects.filter(version=ModelVersion.objects.active_of(request.user)).first()
    return count_outdated(answers, learned_answers(job)) if job else 0


def _new(request: SignedInRequest, answers: Answers) -> int | None:
    """Answers added, changed or removed since the last completed training; None before the first."""
    last = TrainingJob.objects.last_completed(request.user)
    return count_changes(answers, learned_answers(last)) if last else None
