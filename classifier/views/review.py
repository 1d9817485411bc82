"""One photo at a time: the page asks, an answer brings the next photo."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from classifier.models import ClassificationResult, Photo, ReviewAnswer, Taste
from classifier.review import queue
from classifier.review.queue import Card, next_cards
from classifier.review.reasons import Why
from classifier.review.services import answer_review, review_stats, surprising_answers, undo_review
from classifier.services import NotScoredYet
from classifier.views.common import SignedInRequest, photo_or_404, whole
from training.models import TrainingJob
from training.services import answers_until_auto
from wizard import workers

HELD = 4  # photos that the page has at hand: the next picture is there before the answer
MOST_HELD = 20
MOST_ON_THE_WAY = 100
MOST_CHOSEN = 500


@require_safe
@login_required
@never_cache  # a browser that goes back asks anew: the page it left is several answers old
def review(request: SignedInRequest) -> HttpResponse:
    return render(request, "classifier/review.html", _page(request, next_cards(request.user, HELD)))


@require_safe
@login_required
def review_next(request: SignedInRequest) -> HttpResponse:
    """More photos for a page that holds some: what is new, and which of its own were answered elsewhere."""
    return _more(request, request.GET)


@require_POST
@login_required
def review_answer(request: SignedInRequest) -> HttpResponse:
    """`photo`, `answer` (like, dislike, super_like, unsure, skip), `why` it was asked.

    `held` is what the page has, `on_its_way` what was answered on it and comes after this.
    """
    answered = photo_or_404(request, whole(request.POST.get("photo")))
    answer, why = request.POST.get("answer", ""), request.POST.get("why", "")
    if answer not in ReviewAnswer.Answer.values or why not in list(Why):
        return HttpResponseBadRequest("An answer is like, dislike, super_like, unsure or skip.")
    try:
        given = answer_review(photo=answered, answer=answer, why=why)
    except NotScoredYet as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("review"))
    if "held" not in request.POST:
        return HttpResponseRedirect(reverse("review"))
    return _more(request, request.POST, changed=_changed(given))


@require_POST
@login_required
def review_undo(request: SignedInRequest) -> HttpResponse:
    """Take the last answer back, or the last one to `photo`; its photo comes first again."""
    photo_id = whole(request.POST["photo"]) if "photo" in request.POST else None
    last = undo_review(owner=request.user, photo_id=photo_id)
    if "held" not in request.POST:
        if last is None:
            messages.info(request, gettext("There is no answer to take back."))
        else:
            queue.put_first(request.user.pk, last.photo_id, Why(last.why))
        return HttpResponseRedirect(reverse("review"))
    cards = [Card(photo_or_404(request, last.photo_id), Why(last.why))] if last else []
    page = _page(request, cards)
    page |= {"holds": True, "changed": "" if last else gettext("There is nothing more to take back.")}
    return render(request, "classifier/_review_more.html", page)


@require_POST
@login_required
def review_choose(request: SignedInRequest) -> HttpResponse:
    """Ask about these `ids` first ("12,13" or repeated): what was selected in the library, a search or the map.

    Without any, the usual order is back.
    """
    words = ",".join(request.POST.getlist("ids")).split(",")
    ids = [pk for word in words[:MOST_CHOSEN] if (pk := whole(word))]
    queue.choose(request.user.pk, ids)
    if ids and not queue.askable(request.user, [(pk, Why.CHOSEN) for pk in ids]):
        messages.info(request, gettext("You have answered all of these; here is what comes next."))
    return HttpResponseRedirect(reverse("review"))


@require_POST
@login_required
def review_again(request: SignedInRequest) -> HttpResponse:
    """Another look at the answers that the last training found most surprising."""
    photos = surprising_answers(request.user)
    queue.choose(request.user.pk, photos, Why.SURPRISING)
    if not photos:
        messages.info(request, gettext("None of your answers surprised the wizard."))
    return HttpResponseRedirect(reverse("review"))


def _more(request: SignedInRequest, given: QueryDict, *, changed: str = "") -> HttpResponse:
    """`held` are the photos that the page holds, "12:random" each; those `on_its_way` are not asked about again."""
    words = given.getlist("held")[:MOST_HELD]
    held = {whole(photo): why for photo, _, why in (word.partition(":") for word in words)}
    without = {*held, *(whole(photo) for photo in given.getlist("on_its_way")[:MOST_ON_THE_WAY])}
    known = [(photo, Why(why)) for photo, why in held.items() if why in list(Why)]
    open_ids = queue.askable(request.user, known)
    cards = next_cards(request.user, max(HELD - len(open_ids), 0), without=without) if len(open_ids) < HELD else []
    page = _page(request, cards)
    page |= {"gone": [photo for photo in held if photo not in open_ids], "changed": changed, "holds": bool(open_ids)}
    return render(request, "classifier/_review_more.html", page)


def _page(request: SignedInRequest, cards: list[Card]) -> dict[str, Any]:
    taste = Taste.objects.of(request.user)
    stats = review_stats(request.user)
    left = answers_until_auto(taste) if taste.auto_train else None
    page: dict[str, Any] = {
        "cards": cards,
        "review": stats,
        "chosen": queue.chosen_left(request.user),
        "is_training": TrainingJob.objects.owned_by(request.user).open().exists(),
        "until_auto": left,
        "done": None if left is None else max(taste.auto_train_every - left, 0),
        "every": taste.auto_train_every,
    }
    if not cards:
        answered = ClassificationResult.objects.owned_by(request.user).answered()
        page["answers"] = answered.in_sight(request.user).count()
        page["photos"] = Photo.objects.owned_by(request.user).count()
        page["waits"] = page["answers"] < page["photos"] and queue.has_more(request.user.pk)
        page["away"] = workers.trouble_of("score") if page["waits"] else ""
        page["surprising"] = 0 if page["waits"] else len(surprising_answers(request.user))
    return page


def _changed(given: ReviewAnswer) -> str:
    """What a second look did; empty for a first one."""
    if not given.before or given.answer == ReviewAnswer.Answer.SKIP:
        return ""
    before = ClassificationResult.Feedback(given.before).label
    name = given.photo.source_name
    if given.answer == given.before:
        return gettext("%(name)s: you said “%(before)s” before, too.") % {"name": name, "before": before}
    now = ReviewAnswer.Answer(given.answer).label
    said = gettext("%(name)s: you said “%(before)s” before; “%(now)s” counts from now on.")
    return said % {"name": name, "before": before, "now": now}
