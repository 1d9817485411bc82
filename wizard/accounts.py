"""Sign in, sign up, change the password. The work is django.contrib.auth's; the words are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UserCreationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from classifier.models import ClassificationResult, Photo

if TYPE_CHECKING:
    from classifier.views.common import SignedInRequest

    CreationForm = UserCreationForm[User]
else:
    CreationForm = UserCreationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "That name and password do not go together. Both are case-sensitive.",
        "inactive": "This account is switched off.",
    }


class SignUpForm(CreationForm):
    is_adult = forms.BooleanField(
        label="I am 18 or older",
        error_messages={"required": "Dating Wizard is for adults only: confirm that you are 18 or older."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].label = "Password again"

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username",)

    error_messages = {"password_mismatch": "The two passwords are not the same."}


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "account/sign_in.html"
    redirect_authenticated_user = True


class ChangePassword(PasswordChangeView):
    form_class = PasswordChangeForm
    template_name = "account/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "Your password is changed. Other browsers and API tokens are signed out.")
        with transaction.atomic():  # the new password and the end of all tokens (tokens.RevokeTokens)
            return super().form_valid(form)


@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """A new account, signed in at once; closed by WIZARD_SIGN_UP=false."""
    if request.user.is_authenticated:
        return redirect("home")
    if not settings.SIGN_UP_OPEN:
        return render(request, "account/sign_up_closed.html", status=403)
    form = SignUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, "account/sign_up.html", {"form": form}, status=422 if form.is_bound else 200)
    login(request, form.save())
    return redirect("home")


@require_safe
@login_required
def account(request: SignedInRequest) -> HttpResponse:
    answers = ClassificationResult.objects.owned_by(request.user).filter(user_feedback__isnull=False)
    return render(
        request,
        "account/account.html",
        {
            "photo_count": Photo.objects.owned_by(request.user).count(),
            "answer_count": answers.count(),
        },
    )
