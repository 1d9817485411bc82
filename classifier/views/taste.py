"""What its owner says they like: phrases, reference photos, and how the score is put together.

Every form is saved on its own, at once; htmx gets the part of the page that changed, without it the page is loaded
again.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from classifier import services
from classifier.forms import TasteForm, WeightForm
from classifier.library import LibraryFilter, list_photos
from classifier.models import ReferencePhoto, Taste, TextPreference
from classifier.suggestions import suggested_phrases
from classifier.views.common import SignedInRequest, photo_or_404, safe_next, whole
from classifier.views.polling import delay_ms
from training.models import ModelVersion
from wizard import workers

BEST_SHOWN = 12
WEIGHTS = [(0.5, gettext_lazy("A little")), (1.0, gettext_lazy("Normal")), (2.0, gettext_lazy("A lot"))]
UNTRAINED = gettext_lazy("Counts once the wizard has been trained on your answers.")


@require_safe
@login_required
def taste(request: SignedInRequest) -> HttpResponse:
    return render(request, "classifier/taste.html", _page(request))


@require_safe
@login_required
def taste_status(request: SignedInRequest) -> HttpResponse:
    """The "Updating your scores" line; polls itself until the scores have caught up."""
    of_user = Taste.objects.of(request.user)
    rounds = whole(request.GET.get("round"))
    context = {"taste": of_user, "round": rounds + 1, "delay": delay_ms(rounds), "away": _away(of_user)}
    response = render(request, "classifier/_scoring_news.html", context)
    return response if of_user.is_being_scored else trigger_client_event(response, "scores-updated")


@require_POST
@login_required
def taste_weights(request: SignedInRequest) -> HttpResponse:
    of_user = Taste.objects.of(request.user)
    form = TasteForm(request.POST, instance=of_user)
    error = ""
    if form.is_valid():
        services.change_taste(taste=of_user, **form.cleaned_data)
    else:
        error = _sentence(form.errors.get_json_data())
    return _changed(request, "classifier/_weights.html", error=error)


@require_POST
@login_required
def phrase_add(request: SignedInRequest) -> HttpResponse:
    error = ""
    try:
        services.add_phrase(
            owner=request.user,
            phrase=request.POST.get("phrase", ""),
            kind=request.POST.get("kind") or TextPreference.Kind.WANT,
            weight=_weight(request),
            is_dealbreaker="is_dealbreaker" in request.POST,
        )
    except ValidationError as refused:
        error = refused.messages[0]
    return _changed(request, "classifier/_phrases.html", error=error)


@require_POST
@login_required
def phrase_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    preference = get_object_or_404(TextPreference.objects.owned_by(request.user), pk=pk)
    error = ""
    try:
        services.change_phrase(
            preference=preference,
            phrase=request.POST.get("phrase", preference.phrase),
            weight=_weight(request, preference.weight),
            is_dealbreaker="is_dealbreaker" in request.POST,
        )
    except ValidationError as refused:
        error = refused.messages[0]
    return _changed(request, "classifier/_phrases.html", error=error)


@require_POST
@login_required
def phrase_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Its row stays as one that offers to undo this, so that no other row moves under the pointer."""
    preference = get_object_or_404(TextPreference.objects.owned_by(request.user), pk=pk)
    services.delete_phrase(preference=preference)
    if not request.htmx:
        messages.success(request, gettext("“%(phrase)s” is removed.") % {"phrase": preference.phrase})
    preference.pk = pk
    return _changed(request, "classifier/_phrases.html", removed=preference)


@require_POST
@login_required
def reference_add(request: SignedInRequest, pk: int) -> HttpResponse:
    photo = photo_or_404(request, pk)
    error = ""
    try:
        services.add_reference(photo=photo)
    except ValidationError as refused:
        error = refused.messages[0]
    if not request.htmx:
        messages.success(request, gettext("It is one of your reference photos now."))
        return HttpResponseRedirect(safe_next(request, reverse("photo", args=[pk])))
    context = {"photo": photo, "reference": photo.references.first(), "error": error}
    return render(request, "classifier/_reference_button.html", context)


@require_POST
@login_required
def reference_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    reference = get_object_or_404(ReferencePhoto.objects.owned_by(request.user).select_related("photo"), pk=pk)
    photo = reference.photo
    services.remove_reference(reference=reference)
    if request.htmx and request.htmx.target == "reference":
        return render(request, "classifier/_reference_button.html", {"photo": photo, "reference": None})
    return _changed(request, "classifier/_references.html")


def _page(request: SignedInRequest, removed: TextPreference | None = None) -> dict[str, Any]:
    """`removed` is a phrase that is no more, and still has its place."""
    phrases = list(TextPreference.objects.owned_by(request.user))
    taken = {phrase.phrase.lower() for phrase in phrases}
    references = list(ReferencePhoto.objects.owned_by(request.user).select_related("photo"))
    of_user = Taste.objects.of(request.user)
    active = ModelVersion.objects.active_of(request.user)
    rows = sorted([*phrases, removed], key=lambda phrase: phrase.pk) if removed else phrases
    return {
        "removed": removed,
        "taste": of_user,
        "away": _away(of_user),
        "shares": _shares(
            of_user,
            semantic=bool(phrases),
            reference=bool(references),
            learned=active.model_type != ModelVersion.Type.BASE,
        ),
        "learned_hint": UNTRAINED if active.model_type == ModelVersion.Type.BASE else "",
        "wanted": [phrase for phrase in rows if phrase.kind == TextPreference.Kind.WANT],
        "avoided": [phrase for phrase in rows if phrase.kind == TextPreference.Kind.AVOID],
        "suggestions": [phrase for phrase in suggested_phrases() if phrase.lower() not in taken],
        "references": references,
        "best": list_photos(request.user, LibraryFilter(order="score"), size=BEST_SHOWN).rows,
        "weights": WEIGHTS,
        "round": 0,
        "delay": delay_ms(0),
    }


def _away(of_user: Taste) -> str:
    return workers.trouble_of("score") if of_user.is_being_scored else ""


def _shares(of_user: Taste, **present: bool) -> dict[str, int | None]:
    """How much of a score each component makes, in hundredths; None for one that does not exist yet."""
    weights = {name: getattr(of_user, f"{name}_weight") for name, exists in present.items() if exists}
    total = sum(weights.values())
    return {name: round(100 * weights[name] / total) if total and name in weights else None for name in present}


def _changed(
    request: SignedInRequest, template: str, error: str = "", removed: TextPreference | None = None
) -> HttpResponse:
    """The changed part of the page with the state of the scores; or, without htmx, the way back to it."""
    if request.htmx:
        context = {**_page(request, removed), "part": template, "error": error}
        return render(request, "classifier/_taste_changed.html", context)
    if error:
        messages.error(request, error)
    return HttpResponseRedirect(safe_next(request, reverse("taste")))


def _weight(request: SignedInRequest, default: float = 1.0) -> float:
    """That of the form; `default` when it says none, or one that there is not."""
    form = WeightForm(request.POST)
    form.is_valid()
    weight = form.cleaned_data.get("weight")
    return default if weight is None else float(weight)


def _sentence(errors: dict[str, Any]) -> str:
    return str(next(iter(errors.values()))[0]["message"])
