"""Every state of every page (`states/`) can be used by anybody, large, small and magnified, in both themes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import resolve
from playwright.sync_api import expect

from classifier.models import Photo
from classifier.tests.factories import PhotoFactory
from wizard.tests.access import routes
from wizard.tests.access_world import made_world
from wizard.tests.accessibility import complaints
from wizard.tests.states import STATES, Stage, State


@pytest.mark.browser
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_anybody_can_use_it(state: State, stage: Stage, is_full: bool) -> None:
    found = complaints(state.shown(stage), is_full=is_full)
    assert not found, "\n".join(found)


def test_every_page_is_looked_at(db: None) -> None:
    """A page is what answers a GET with a whole document; the admin is Django's."""
    pages = set()
    with made_world() as world:
        clients = [Client(), Client(), Client()]
        clients[1].force_login(world.owner)
        clients[2].force_login(world.staff)
        for route in routes():
            address = world.fill(route)
            for client in [] if route.startswith("/admin/") else clients:
                answer = client.get(address)
                if answer.status_code == 200 and b"<html" in answer.getvalue():
                    pages.add(resolve(address).url_name)
    assert pages <= {page for state in STATES for page in state.pages}


@pytest.mark.browser
def test_nothing_moves_for_those_who_asked_for_that(stage: Stage) -> None:
    PhotoFactory.create(owner=stage.owner, status=Photo.Status.QUEUED)
    page = stage.open("/library/", reduced_motion="reduce")
    expect(page.locator(".tile-queued")).to_be_visible()
    assert page.evaluate(MOVING) == []
    page.goto("/library/?q=at+the+beach")
    expect(page.locator(".spin")).to_be_visible()
    assert page.evaluate(MOVING) == []
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(MOVING) == ["spin"]


MOVING = """() => document.getAnimations()
  .filter(({ effect }) => effect.getComputedTiming().duration > 1)
  .map(({ animationName }) => animationName)
  .filter((name) => name && name !== "breathe")"""

SPOIL = """() => {
  const main = document.querySelector("main");
  const add = (html, style) => {
    main.insertAdjacentHTML("beforeend", html);
    Object.assign(main.lastElementChild.style, style);
  };
  add("<img src='/static/icons/logo.svg'>", {});
  add("<p>hard to read in the dark</p>", { color: "light-dark(#000, #333)" });
  add("<p>1234567890123456789012345678901234567890</p>", { width: "40px" });
  add("<button>near</button>", { display: "block", height: "10px", padding: 0, border: 0 });
  add("<button>nearer</button>", { display: "block", height: "10px", padding: 0, border: 0 });
  add("<div></div>", { width: "400px", height: "1px" });
  const { left, top } = document.querySelector("h1").getBoundingClientRect();
  add("<button>hidden away</button>", { position: "absolute", left: `${left}px`, top: `${top}px`, zIndex: -1 });
}"""


@pytest.mark.browser
def test_what_is_wrong_is_found(stage: Stage) -> None:
    page = stage.open("/accounts/delete/")
    page.evaluate(SPOIL)
    found = complaints(page)
    for size, what in (
        ("large, light", "image-alt"),
        ("large, dark", "color-contrast"),
        ("small, light", "target-size"),
        ("zoomed", "runs over"),
        ("small", "too wide"),
        ("large", "lies under"),
    ):
        assert any(each.startswith(size) and what in each for each in found), (size, what)
