"""Who gets what, for every address there is: as docs/access.md has it, and never what is somebody else's."""

from __future__ import annotations

import os

import pytest
from pytest_django.plugin import DjangoDbBlocker

from wizard.tests.access import METHODS, TABLE, Answer, Key, as_table, expected, walk
from wizard.tests.access_world import PHOTO

pytestmark = pytest.mark.django_db  # else no database is made

Found = dict[Key, dict[str, Answer]]

OPEN_TO_ALL = {
    "/accounts/sign-in/",
    "/accounts/sign-up/",
    "/healthz",
    "/readyz",
    "/api/schema",
    "/api/docs",
    "/language/<slug:language>-<slug:edition>.js",  # what scripts say, in one language
}
ALL_BUT_STAFF = ("anonymous", "stranger")
# What staff may do to somebody's account; photos, taste and answers are never among it.
STAFFS = {"auth_user", "training_modelversion", "training_activation", "training_trainingjob"}


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Found:
    with django_db_blocker.unblock():
        return walk()


def test_every_answer_is_the_one_in_the_table(found: Found) -> None:
    if os.environ.get("WRITE_ACCESS"):
        TABLE.write_text(as_table(found))
    table = expected(TABLE.read_text())
    got = {key: {caller: each.status for caller, each in answers.items()} for key, answers in found.items()}
    differences = [
        f"{method} {route}: {got.get((route, method))}, and the table says {table.get((route, method))}"
        for route, method in sorted({*got, *table})
        if got.get((route, method)) != table.get((route, method))
    ]
    assert not differences, "\n".join(["`make access` writes docs/access.md anew; read what changed.", *differences])


def test_the_walk_found_the_addresses_that_matter_and_the_owner_gets_in(found: Found) -> None:
    for route in ("/photos/<int:pk>/image", "/photos/<int:pk>/thumbnail", "/api/photos/<int:pk>/image", "/library/"):
        assert found[route, "GET"]["owner"].status == 200
        assert found[route, "GET"]["owner"].leaks
    for route in ("/versions/<int:number>/export/", "/api/models/versions/<int:pk>/export"):
        assert "weights" in found[route, "GET"]["owner"].leaks
    for secret in {*PHOTO, "token", "import", "error"}:
        assert any(secret in answers["owner"].leaks for answers in found.values()), secret
    assert {method for _, method in found} == set(METHODS)


def test_nobody_else_reads_anything_of_the_owners(found: Found) -> None:
    for (route, method), answers in found.items():
        for caller in ALL_BUT_STAFF:
            assert not answers[caller].leaks, (route, method, caller)
        assert not answers["staff"].leaks & set(PHOTO), (route, method, "staff")


def test_nobody_else_changes_anything_of_the_owners(found: Found) -> None:
    for (route, method), answers in found.items():
        for caller in (*ALL_BUT_STAFF, "read token"):
            assert not answers[caller].changed, (route, method, caller)
        assert answers["staff"].changed <= STAFFS, (route, method, "staff")


def test_an_address_with_a_row_of_the_owners_is_not_there_for_a_stranger(found: Found) -> None:
    for (route, method), answers in found.items():
        if "<" in route and not route.startswith("/admin/") and route not in OPEN_TO_ALL:
            assert answers["stranger"].status in (403, 404, 405) or method == "OPTIONS", (route, method)
            assert answers["staff"].status in (403, 404, 405) or method == "OPTIONS", (route, method)


def test_who_is_not_signed_in_gets_nothing_but_the_way_in(found: Found) -> None:
    asked = {key: answers["anonymous"].status for key, answers in found.items() if key[1] != "OPTIONS"}
    assert {route for (route, _), status in asked.items() if 200 <= status < 300} <= OPEN_TO_ALL


def test_the_admin_is_for_staff(found: Found) -> None:
    for (route, method), answers in found.items():
        if route.startswith("/admin/"):
            for caller in ("anonymous", "stranger", "owner", "read token", "write token"):
                assert answers[caller].status >= 300, (route, method, caller)


def test_a_read_only_token_writes_nothing_at_all(found: Found) -> None:
    for (route, method), answers in found.items():
        if route.startswith("/api/") and route != "/api/auth/token":  # where tokens are not looked at
            assert not answers["read token"].wrote, (route, method, answers["read token"].wrote)
        if method in ("GET", "HEAD"):
            assert answers["read token"].status == answers["write token"].status, (route, method)
