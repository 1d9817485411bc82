"""The way out: take everything along, and have it all deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from wizard import leaving, takeout
from wizard.accounts import forget_pictures
from wizard.throttles import may_try_password

if TYPE_CHECKING:
    from classifier.views.common import SignedInRequest

DELETED = gettext_noop("Your account is deleted. Your photos and all that was made of them are being removed.")
WRONG_PASSWORD = gettext_noop("That is not your password. It is case-sensitive.")


def download(request: HttpRequest, owner: User) -> StreamingHttpResponse:
    """Raises takeout.Busy."""
    connection = request.META.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(takeout.STALLED_SECONDS)  # for each part: who reads nothing holds no thread for long
    response = StreamingHttpResponse(takeout.Takeout(owner), content_type="application/zip")
    name = f"dating-wizard-{timezone.now():%Y-%m-%d}.zip"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@require_safe
@login_required
def account_export(request: SignedInRequest) -> HttpResponseBase:
    try:
        return download(request, request.user)
    except takeout.Busy as busy:
        messages.error(request, str(busy))
        return redirect("account")


class LeaveForm(forms.Form):
    password = forms.CharField(label=gettext_lazy("Your password"), strip=False, widget=forms.PasswordInput)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not may_try_password(self.user):
            raise forms.ValidationError(gettext("Too many tries; wait a minute and try again."))
        if not self.user.check_password(password):
            raise forms.ValidationError(gettext(WRONG_PASSWORD))
        return password


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account_delete(request: SignedInRequest) -> HttpResponse:
    """Asked with the password on a page of its own (GET), then done (POST): there is no way back."""
    form = LeaveForm(request.user, request.POST or None)
    if not form.is_valid():
        others = User.objects.filter(is_active=True).exclude(pk=request.user.pk)
        shown = {
            "form": form,
            "is_only_account": not others.exists(),
            "is_only_administrator": request.user.is_superuser and not others.filter(is_superuser=True).exists(),
        }
        return render(request, "account/delete.html", shown, status=422 if form.is_bound else 200)
    leaving.ask_to_leave(user=request.user)
    logout(request)
    messages.success(request, gettext(DELETED))
    return forget_pictures(redirect("login"))
