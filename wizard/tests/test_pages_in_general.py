from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client

from classifier.tests.factories import scored_photo
from wizard.tests.conventions import assert_none, files, matches, offenders

INLINE = r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:"


def test_every_page_carries_a_strict_content_security_policy(owner_client: Client) -> None:
    policy = owner_client.get("/library/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "style-src 'self';" in policy + ";"
    assert "unsafe" not in policy


def test_no_template_has_inline_script_or_style() -> None:
    assert_none(offenders(files("templates/**/*.html"), matches(INLINE)))


def test_a_page_that_does_not_exist_says_so_in_the_frame(owner_client: Client) -> None:
    answer = owner_client.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_an_old_form_says_that_nothing_was_changed(owner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    photo = scored_photo(owner)
    answer = client.post(f"/photos/{photo.pk}/answer/", {"answer": "like"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()
    assert photo.answer is None


def test_home_begins_with_the_first_step(owner_client: Client) -> None:
    assert "Your first steps" in owner_client.get("/").content.decode()


def test_the_icons_of_the_page_are_there(client: Client, db: None) -> None:
    page = client.get("/accounts/sign-in/").content.decode()
    icons = re.findall(r'<link rel="(icon|apple-touch-icon)" href="/static/([^"]+)"', page)
    assert [kind for kind, _ in icons] == ["icon", "apple-touch-icon"]
    assert all(finders.find(name) for _, name in icons)


def test_a_browser_that_has_read_no_page_finds_the_icon_too(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert finders.find(answer["Location"].removeprefix("/static/"))
