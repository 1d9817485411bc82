"""Sign in, sign up, change the password, API tokens. What django.contrib.auth does is its work; the words are ours."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UserCreationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from classifier.counts import count_photos
from classifier.models import ClassificationResult, can_be_seen
from wizard import errors, events, throttles, tokens
from wizard.models import MOST_NAME, ApiToken

if TYPE_CHECKING:
    from classifier.views.common import SignedInRequest

    CreationForm = UserCreationForm[User]
else:
    CreationForm = UserCreationForm


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": gettext_lazy("That name and password do not go together. Both are case-sensitive."),
        "inactive": gettext_lazy("This account is switched off."),
    }


NOT_THE_SAME = gettext_lazy("The two passwords are not the same.")


class SignUpForm(CreationForm):
    is_adult = forms.BooleanField(
        label=gettext_lazy("I am 18 or older"),
        error_messages={
            "required": gettext_lazy("Dating Wizard is for adults only: confirm that you are 18 or older.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].label = gettext_lazy("Password again")

    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username",)

    error_messages = {"password_mismatch": NOT_THE_SAME}


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=MOST_NAME,
        validators=[can_be_seen],
        error_messages={"required": gettext_lazy("Give it a name, so that you know it again.")},
    )
    scope = forms.ChoiceField(choices=ApiToken.Scope.choices)
    form_id = forms.UUIDField(
        required=False, error_messages={"invalid": gettext_lazy("This form is out of date; send it again.")}
    )


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "account/sign_in.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if throttles.tries_too_often(request):
            return errors.too_many(request, ceil(throttles.seconds_left()), gettext("Too many tries to sign in."))
        return super().post(request, *args, **kwargs)


@never_cache
@require_safe
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Where the admin sends whom it does not let in. It has no door of its own: there is one to guard."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", ""))


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.pk:
            events.end_streams(request.user.pk)
        return forget_pictures(super().post(request, *args, **kwargs))


def forget_pictures(response: HttpResponse) -> HttpResponse:
    """A browser keeps pictures for a year, but not for the next person at it."""
    response["Clear-Site-Data"] = '"cache"'
    return response


class NewPasswordForm(PasswordChangeForm):
    """Whoever finds a browser signed in does not find out the password with it."""

    error_messages = {**PasswordChangeForm.error_messages, "password_mismatch": NOT_THE_SAME}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].label = gettext_lazy("New password again")

    def clean_old_password(self) -> str:
        if not throttles.may_try_password(self.user):
            raise forms.ValidationError(gettext("Too many tries; wait a minute and try again."))
        return super().clean_old_password()


class ChangePassword(PasswordChangeView):
    form_class = NewPasswordForm
    template_name = "account/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(
            self.request,
            gettext("Your password is changed. Other browsers are signed out, and all API tokens are revoked."),
        )
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
    if request.method == "POST" and throttles.tries_too_often(request):
        return errors.too_many(request, ceil(throttles.seconds_left()), gettext("Too many new accounts."))
    form = SignUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, "account/sign_up.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        with transaction.atomic():
            user = form.save()
    except IntegrityError:  # the same form came in twice at once
        form.add_error("username", str(User._meta.get_field("username").error_messages["unique"]))
        return render(request, "account/sign_up.html", {"form": form}, status=422)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return redirect("home")


@require_safe
@login_required
@never_cache
def session(request: SignedInRequest) -> JsonResponse:
    """Who is signed in, and the CSRF token of their forms: for a page that was open before they signed in again."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


@require_safe
@login_required
@never_cache
def account(request: SignedInRequest) -> HttpResponse:
    return _account_page(request)


@require_POST
@login_required
@never_cache
def token_create(request: SignedInRequest) -> HttpResponse:
    """Make a token and say its text in this answer: a redirect would have to keep it somewhere until it is read."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token, text = tokens.create_token(owner=request.user, **form.cleaned_data)
        except tokens.TokenRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _account_page(request, new_token=token, new_text=text)
    return _account_page(request, status=422, token_form=form)


@login_required
def token_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Asked first (GET), then done (POST): a revoked token does not come back."""
    token = get_object_or_404(ApiToken.objects.owned_by(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "account/token_revoke.html", {"token": token})
    tokens.revoke_token(token=token)
    messages.success(request, gettext("“%(token)s” is revoked. Programs that used it are shut out.") % {"token": token})
    return redirect(f"{reverse('account')}#tokens")


def _account_page(request: SignedInRequest, *, status: int = 200, **shown: Any) -> HttpResponse:
    shown = {
        "token_form": TokenForm(),
        "form_id": uuid4(),
        "tokens": ApiToken.objects.owned_by(request.user),
        "most_name": MOST_NAME,
        **shown,
    }
    if request.htmx:
        return render(request, "account/_tokens.html", shown, status=status)
    answers = ClassificationResult.objects.owned_by(request.user).answered()
    counts = {"photo_count": count_photos(request.user)["all"], "answer_count": answers.count()}
    return render(request, "account/account.html", {**counts, **shown}, status=status)
