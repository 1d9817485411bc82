"""A changed password ends every token, wherever it is changed."""

from __future__ import annotations

import pytest
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import User
from django.test import Client

from wizard.tests.token_samples import caller, make
from wizard.tokens import SignInIsOver

OLD, NEW = "an old long password", "a new and longer password"


@pytest.mark.parametrize("way", ["page", "admin", "command"])
def test_changing_the_password_revokes_every_token(owner: User, stranger: User, client: Client, way: str) -> None:
    owner.set_password(OLD)
    owner.save(update_fields=["password"])
    texts = [make(owner)[1], make(owner, is_sign_in=True)[1]]
    _, theirs = make(stranger)
    if way == "page":
        client.force_login(owner)
        given = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
        assert client.post("/accounts/password/", given).status_code == 302
    elif way == "admin":
        form = AdminPasswordChangeForm(owner, {"password1": NEW, "password2": NEW})
        assert form.is_valid()
        form.save()
    else:  # `manage.py changepassword` does this with what is typed
        again = User.objects.get(pk=owner.pk)
        again.set_password(NEW)
        again.save()
    assert [caller(text).get("/api/photos").status_code for text in texts] == [401, 401]
    assert caller(theirs).get("/api/photos").status_code == 200


def test_who_was_let_in_with_a_password_that_has_changed_gets_no_token(owner: User) -> None:
    let_in = User.objects.get(pk=owner.pk)
    owner.set_password(NEW)
    owner.save(update_fields=["password"])
    with pytest.raises(SignInIsOver):
        make(let_in)
