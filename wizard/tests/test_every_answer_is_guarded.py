"""Every address, asked by its owner and by nobody: headers, forms of other sites, and ways off to other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from wizard.tests.access import Found, routes
from wizard.tests.access_world import World, made_world
from wizard.tests.conventions import assert_none
from wizard.tests.guarded import gaps

# Once: test_access_matrix.py asks every address on either database.
pytestmark = [pytest.mark.once, pytest.mark.xdist_group("access"), pytest.mark.django_db]

EVIL = ["//evil.example", "https://evil.example/", "/\\evil.example", "https:evil.example", "javascript:alert(1)"]
NO_SESSION = {"/api/auth/token"}  # asks for a password, and looks at no cookie


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic(), made_world() as made:
        yield made
        transaction.set_rollback(True)


def undone(client: Client, method: str, address: str, **sent: Any) -> HttpResponseBase:
    with transaction.atomic():
        answer = client.generic(method, address, **sent)
        answer.getvalue()  # a picture's file is open until it is read
        transaction.set_rollback(True)
    return answer


def test_every_answer_has_every_header(walked: Found) -> None:
    asked = {
        f"{method} {route} by {caller}": answer.headers
        for (route, method), answers in walked.items()
        for caller, answer in answers.items()
    }
    assert "GET /library/ by owner" in asked
    assert_none(f"{what}: {gap}" for what, headers in asked.items() for gap in gaps(headers))


def test_pictures_and_files_say_exactly_what_they_are(walked: Found) -> None:
    for prefix in ("/photos/<int:pk>/", "/api/photos/<int:pk>/"):
        for name, kind in (("image", "image/jpeg"), ("thumbnail", "image/webp")):
            headers = walked[f"{prefix}{name}", "GET"]["owner"].headers
            assert headers["Content-Type"] == kind
            assert re.fullmatch(r'inline; filename="[\w.-]+"', headers["Content-Disposition"])
            assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    for route in ("/versions/<int:number>/export/", "/api/models/versions/<int:pk>/export"):
        said = walked[route, "GET"]["owner"].headers["Content-Disposition"]
        assert said == 'attachment; filename="dating-wizard-version-2.wizard"'


def test_nothing_happens_without_a_forms_token(world: World, is_full: bool) -> None:
    """On pages one middleware asks for it, before any view and whatever the method: POST stands for the others."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.owner)
    for route in routes():
        for method in ("POST", "PUT", "PATCH", "DELETE") if is_full or route.startswith("/api/") else ("POST",):
            answer = undone(client, method, world.fill(route), **world.body(route, method))
            if route not in NO_SESSION:
                # 415: a body that cannot be read is refused before a token is looked for in it.
                assert answer.status_code in (403, 405, 415), (method, route, answer.status_code)


# Every address takes seconds: the other values are tried where `next` is read.
@pytest.mark.parametrize("evil", [EVIL[0], pytest.param(EVIL[1], marks=pytest.mark.full("one value is enough"))])
def test_no_address_leads_to_another_site(world: World, evil: str) -> None:
    for user in (None, world.owner):
        for route in routes():
            if route.startswith("/api/"):
                continue
            for method in ("GET", "POST"):
                client = Client()
                if user:
                    client.force_login(user)
                sent = world.body(route, method)
                if method == "POST":
                    sent["data"] += f"&next={quote(evil)}"
                answer = undone(client, method, f"{world.fill(route)}?next={quote(evil)}", **sent)
                for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url"):
                    assert re.match(r"/(?![/\\])", answer.headers.get(name, "/")), (route, method, answer.headers)


@pytest.mark.parametrize("evil", EVIL)
def test_signing_in_and_out_and_a_form_lead_to_no_other_site(world: World, evil: str) -> None:
    with transaction.atomic():
        world.owner.set_password("seven green lanterns")
        world.owner.save()
        client = Client()
        given = {"username": world.owner.username, "password": "seven green lanterns", "next": evil}
        assert client.post(f"/accounts/sign-in/?next={quote(evil)}", given)["Location"] == "/"
        changed = client.post("/photos/restore/", {"next": evil})
        assert changed["Location"] == "/library/"
        gone = client.post(f"/accounts/sign-out/?next={quote(evil)}", {"next": evil})
        assert gone["Location"] == "/accounts/sign-in/"
        assert gone["Clear-Site-Data"] == '"cache"'
        transaction.set_rollback(True)
