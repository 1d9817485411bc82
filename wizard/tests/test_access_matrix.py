"""Who gets what, for every address there is: as docs/access.md has it, and never what is somebody else's."""

from __future__ import annotations

import os

import pytest

from wizard.tests.access import METHODS, TABLE, Found, as_table, expected
from wizard.tests.access_world import PHOTO
from wizard.tests.conventions import assert_none

# One walk over all addresses, in one process. Without django_db no database is made.
pytestmark = [pytest.mark.xdist_group("access"), pytest.mark.django_db]

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
NO_TOKEN = {"/api/auth/token", "/api/schema", "/api/docs"}  # they look at no token
# The admin's own page for signing in leads on: test_admin_is_no_way_in.py.
LEAD_ELSEWHERE = ("/admin/", "/language/", "/favicon.ico", "/accounts/sign-out/")
READ_ONLY = {"detail": "This token may only read.", "code": "read_only_token"}
# What staff may do to somebody's account; photos, taste and answers are never among it.
STAFFS = {"auth_user", "training_modelversion", "training_activation", "training_trainingjob"}


def test_every_answer_is_the_one_in_the_table(walked: Found) -> None:
    if os.environ.get("WRITE_ACCESS"):
        TABLE.write_text(as_table(walked))
    table = expected(TABLE.read_text())
    got = {key: {caller: each.status for caller, each in answers.items()} for key, answers in walked.items()}
    # `make access` writes docs/access.md again; read what changed.
    assert_none(
        f"{method} {route}: {got.get((route, method))}, and the table says {table.get((route, method))}"
        for route, method in sorted({*got, *table})
        if got.get((route, method)) != table.get((route, method))
    )


def test_the_walk_found_what_matters_and_the_owner_gets_in(walked: Found) -> None:
    for route in ("/photos/<int:pk>/image", "/photos/<int:pk>/thumbnail", "/api/photos/<int:pk>/image", "/library/"):
        assert walked[route, "GET"]["owner"].status == 200
        assert walked[route, "GET"]["owner"].leaks
    for route in ("/versions/<int:number>/export/", "/api/models/versions/<int:pk>/export"):
        assert "weights" in walked[route, "GET"]["owner"].leaks
    for secret in {*PHOTO, "token", "import", "error"}:
        assert any(secret in answers["owner"].leaks for answers in walked.values()), secret
    assert {method for _, method in walked} == set(METHODS)


def test_nobody_else_reads_anything_of_the_owners(walked: Found) -> None:
    for (route, method), answers in walked.items():
        for caller in ALL_BUT_STAFF:
            assert not answers[caller].leaks, (route, method, caller)
        assert not answers["staff"].leaks & set(PHOTO), (route, method, "staff")


def test_nobody_else_changes_anything_of_the_owners(walked: Found) -> None:
    for (route, method), answers in walked.items():
        for caller in (*ALL_BUT_STAFF, "read token"):
            assert not answers[caller].changed, (route, method, caller)
        assert answers["staff"].changed <= STAFFS, (route, method, "staff")


def test_a_stranger_finds_no_row_of_the_owners(walked: Found) -> None:
    for (route, method), answers in walked.items():
        if "<" in route and not route.startswith("/admin/") and route not in OPEN_TO_ALL:
            assert answers["stranger"].status in (403, 404, 405) or method == "OPTIONS", (route, method)
            assert answers["staff"].status in (403, 404, 405) or method == "OPTIONS", (route, method)


def test_who_is_not_signed_in_gets_nothing_but_the_way_in(walked: Found) -> None:
    asked = {key: answers["anonymous"].status for key, answers in walked.items() if key[1] != "OPTIONS"}
    assert {route for (route, _), status in asked.items() if 200 <= status < 300} <= OPEN_TO_ALL


def test_a_visitor_is_led_to_the_page_for_signing_in(walked: Found) -> None:
    leads = {
        f"{method} {route}": answers["anonymous"].headers["Location"]
        for (route, method), answers in walked.items()
        if answers["anonymous"].status == 302 and not route.startswith(LEAD_ELSEWHERE)
    }
    assert leads["GET /library/"] == "/accounts/sign-in/?next=/library/"
    assert "POST /upload/" in leads
    assert_none(f"{what}: {to}" for what, to in leads.items() if not to.startswith("/accounts/sign-in/?next=/"))


def test_the_admin_is_for_staff(walked: Found) -> None:
    for (route, method), answers in walked.items():
        if route.startswith("/admin/"):
            for caller in ("anonymous", "stranger", "owner", "read token", "write token"):
                assert answers[caller].status >= 300, (route, method, caller)


def test_a_read_only_token_is_refused_with_its_code(walked: Found) -> None:
    asked = {
        f"{method} {route}": answers["read token"]
        for (route, method), answers in walked.items()
        if method in ("POST", "PUT", "PATCH", "DELETE") and route.startswith("/api/") and route not in NO_TOKEN
    }
    assert "DELETE /api/photos/<int:pk>" in asked
    said = {what: (answer.status, answer.refusal) for what, answer in asked.items()}
    assert_none(f"{what}: {answer}" for what, answer in said.items() if answer != (403, READ_ONLY))


def test_a_read_only_token_writes_nothing_at_all(walked: Found) -> None:
    for (route, method), answers in walked.items():
        if route.startswith("/api/") and route != "/api/auth/token":  # where tokens are not looked at
            assert not answers["read token"].wrote, (route, method, answers["read token"].wrote)
        if method in ("GET", "HEAD"):
            assert answers["read token"].status == answers["write token"].status, (route, method)
