"""API tokens: made, used, revoked. A token's text leaves this module once and is kept nowhere."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib.auth.models import User
from django.db import Error, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext

from wizard import events
from wizard.models import ApiToken, digest_of, hint_of, new_text
from wizard.patience import little_patience

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST_TOKENS = 50  # of one person
NOTED_EVERY = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class TokenRefused(Exception):
    """No token was made; the message says why in one sentence."""

    code = "token_refused"


class TooManyTokens(TokenRefused):
    code = "too_many_tokens"

    def __init__(self) -> None:
        super().__init__(
            gettext("You have %(most)s API tokens, the most there can be; revoke one you no longer need.")
            % {"most": MOST_TOKENS}
        )


class MadeAlready(TokenRefused):
    code = "made_already"

    def __init__(self) -> None:
        super().__init__(
            gettext("This form made its token already. If you did not copy it, revoke it and make another one.")
        )


class SignInIsOver(TokenRefused):
    code = "sign_in_is_over"

    def __init__(self) -> None:
        super().__init__(gettext("Your password was changed just now; sign in again."))


def create_token(
    *, owner: User, name: str, scope: str, is_sign_in: bool = False, form_id: UUID | None = None
) -> tuple[ApiToken, str]:
    """A new token and its text. At the cap a sign-in takes the place of the one that went unused longest.

    Raises:
        ValidationError: the name cannot be seen or is too long, or there is no such scope.
        TokenRefused: in one sentence.
    """
    text = new_text()
    token = ApiToken(owner=owner, name=" ".join(name.split()), scope=scope, is_sign_in=is_sign_in, form_id=form_id)
    token.digest, token.hint = digest_of(text.encode()), hint_of(text)
    token.full_clean(validate_unique=False, validate_constraints=False)
    with transaction.atomic():
        _lock(owner)
        tokens = ApiToken.objects.owned_by(owner)
        if form_id is not None and tokens.filter(form_id=form_id).exists():
            raise MadeAlready
        if tokens.count() >= MOST_TOKENS:
            replaceable = tokens.filter(is_sign_in=True) if is_sign_in else tokens.none()
            unused_longest = replaceable.order_by(Coalesce("last_used_at", "created_at"), "pk").first()
            if unused_longest is None:
                raise TooManyTokens
            unused_longest.delete()
        token.save()
    return token, text


def revoke_token(*, token: ApiToken) -> None:
    """From the next request on it opens nothing."""
    token.delete()
    events.end_streams(token.owner_id)


def revoke_all(*, owner: User) -> int:
    """Returns how many there were."""
    events.end_streams(owner.pk)
    return ApiToken.objects.owned_by(owner).delete()[0]


def note_use(token: ApiToken) -> None:
    """Say that it was used just now, once a minute. Only a note: it never keeps a request waiting, nor fails one."""
    now = timezone.now()
    long_ago = now - NOTED_EVERY
    if token.last_used_at is not None and token.last_used_at > long_ago:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=long_ago)
    try:
        with little_patience(), transaction.atomic():
            ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)
    except Error as error:
        logger.warning("The use of token %d was not noted: %s", token.pk, error)


class RevokeTokens:
    """Among the password validators, which Django tells of a changed password wherever that happens: on the page, in
    the admin, by `manage.py changepassword`. Whoever changes a password that leaked means to shut everyone else out,
    scripts too."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Any password will do."""

    def get_help_text(self) -> str:
        return gettext("Changing the password revokes all API tokens.")

    def password_changed(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if isinstance(user, User):
            revoke_all(owner=user)


def _lock(owner: User) -> None:
    """The owner's row is the lock of their tokens, as long as it is still the person who was let in.

    Without the second half, one who signs in with the old password while it is being changed would get a token that
    outlives the change.
    """
    unchanged = User.objects.filter(pk=owner.pk, password=owner.password, is_active=True)
    if unchanged.select_for_update(no_key=True).first() is None:
        raise SignInIsOver
