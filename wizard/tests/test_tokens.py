"""What is kept of a token, and how many there may be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from wizard.models import ApiToken
from wizard.tests.token_samples import WRITE, caller, make, whole_database
from wizard.tokens import MOST_TOKENS, MadeAlready, TooManyTokens, create_token, revoke_all, revoke_token


def test_the_text_of_a_token_is_nowhere_in_the_database(owner: User) -> None:
    token, text = make(owner)
    assert text.startswith("wz_")
    assert len(text) == 46
    kept = whole_database()
    assert token.digest in kept
    assert text not in kept
    assert text[8:] not in kept


def test_no_two_tokens_are_alike(owner: User) -> None:
    texts = {make(owner)[1] for _ in range(10)}
    assert len(texts) == len(set(ApiToken.objects.values_list("digest", flat=True))) == 10


@pytest.mark.parametrize("name", ["", "  ", "\u200b\u2060", "n" * 61])
def test_a_name_can_be_read(owner: User, name: str) -> None:
    with pytest.raises(ValidationError):
        make(owner, name)
    assert not ApiToken.objects.exists()


def test_a_name_is_kept_on_one_line(owner: User) -> None:
    assert make(owner, " Backup\n of\tthe  library ")[0].name == "Backup of the library"


def test_there_are_no_other_scopes(owner: User) -> None:
    with pytest.raises(ValidationError):
        make(owner, scope="admin")


def test_a_person_has_at_most_fifty(owner: User, stranger: User) -> None:
    for _ in range(MOST_TOKENS):
        token, _ = make(owner)
    with pytest.raises(TooManyTokens, match="You have 50 API tokens"):
        make(owner)
    with pytest.raises(TooManyTokens):
        make(owner, is_sign_in=True)
    make(stranger)
    revoke_token(token=token)
    make(owner)


def test_at_the_cap_a_sign_in_takes_the_place_of_the_one_unused_longest(owner: User) -> None:
    kept = make(owner, "By hand")[0]
    sign_ins = [make(owner, is_sign_in=True)[0] for _ in range(MOST_TOKENS - 1)]
    long_ago = timezone.now() - timedelta(days=9)
    ApiToken.objects.update(created_at=long_ago, last_used_at=timezone.now())
    ApiToken.objects.filter(pk=kept.pk).update(last_used_at=None)
    ApiToken.objects.filter(pk=sign_ins[3].pk).update(last_used_at=long_ago + timedelta(days=1))
    ApiToken.objects.filter(pk=sign_ins[5].pk).update(last_used_at=None)
    for _ in range(2):
        make(owner, is_sign_in=True)
    gone = {sign_ins[3].pk, sign_ins[5].pk}
    assert not ApiToken.objects.filter(pk__in=gone).exists()
    assert ApiToken.objects.count() == MOST_TOKENS
    assert ApiToken.objects.filter(pk=kept.pk).exists()
    with pytest.raises(TooManyTokens):
        make(owner)  # by hand: one chooses oneself what goes


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_many_are_asked_for_at_once(transactional_db: None, owner: User) -> None:
    for _ in range(MOST_TOKENS - 2):
        make(owner)

    def ask(_: int) -> str:
        try:
            make(owner)
        except TooManyTokens:
            return "refused"
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(ask, range(6))) == ["made"] * 2 + ["refused"] * 4


def test_a_form_that_is_sent_twice_makes_one_token(owner: User, stranger: User) -> None:
    form = uuid4()
    create_token(owner=owner, name="Backup", scope=WRITE, form_id=form)
    with pytest.raises(MadeAlready):
        create_token(owner=owner, name="Backup", scope=WRITE, form_id=form)
    create_token(owner=stranger, name="Backup", scope=WRITE, form_id=form)


def test_revoking_all_leaves_a_strangers_alone(owner: User, stranger: User) -> None:
    make(owner)
    make(owner)
    _, theirs = make(stranger)
    assert revoke_all(owner=owner) == 2
    assert caller(theirs).get("/api/photos").status_code == 200
