"""Every page of a real start answers, and so does every static file that a page, a style sheet or a script asks for.

Pages under test have no collected static files (`wizard/test_settings.py`), so only this test finds a missing one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import pytest
import requests

from wizard.instance import Instance
from wizard.tests.access import routes

pytestmark = [pytest.mark.system, pytest.mark.once, pytest.mark.slow("it asks a real product for every page it has")]

LINKED = {
    "text/html": re.compile(r'<(?:script|link|use)\b[^>]*?\b(?:src|href)="([^"]+)"'),
    "text/css": re.compile(r"""(?:@import\s+["']|url\(\s*["']?)((?!data:)[^"')\s]+)"""),
    "text/javascript": re.compile(r"""(?:^|[\s;])(?:import|export)\b[^"';\n]*["'](\.{0,2}/[^"']+)["']"""),
}


@pytest.fixture(scope="module")
def demo(instance: Instance) -> requests.Session:
    """The demo user, signed in on the pages; the first user is staff too."""
    session = requests.Session()
    address = f"{instance.url}/accounts/sign-in/"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', session.get(address, timeout=60).text)
    assert token
    given = {"username": "demo", "password": instance.password, "csrfmiddlewaretoken": token.group(1)}
    assert session.post(address, data=given, timeout=60, allow_redirects=False).status_code == 302
    return session


@pytest.fixture(scope="module")
def pages(instance: Instance, demo: requests.Session) -> dict[str, tuple[int, str]]:
    """The status of each address, and its text if it is a page. The first row of each kind is the demo user's."""
    found: dict[str, tuple[int, str]] = {}
    for route in routes():
        address = re.sub(r"\(\?P<url>.*", "nowhere/", re.sub(r"<slug:language>-<slug:edition>", "de-1", route))
        address = re.sub(r"<[^>]+>", "1", address.replace("(?P<app_label>auth|classifier|training)", "classifier"))
        with demo.get(instance.url + address, timeout=60, allow_redirects=False, stream=True) as answer:
            is_page = answer.headers.get("Content-Type", "").startswith("text/html")
            found[address] = answer.status_code, answer.text if is_page else ""
    return found


def test_no_page_of_a_real_start_fails(pages: dict[str, tuple[int, str]]) -> None:
    assert {address: status for address, (status, _) in pages.items() if status >= 500} == {}
    assert len([text for status, text in pages.values() if status == 200 and text]) > 30


def test_every_file_that_a_page_links_to_is_there(
    instance: Instance, demo: requests.Session, pages: dict[str, tuple[int, str]]
) -> None:
    missing: dict[str, str] = {}
    seen: set[str] = set()
    waiting = [(address, link) for address, (_, text) in pages.items() for link in _links("text/html", text)]
    while waiting:
        address, link = waiting.pop()
        target = urldefrag(urljoin(address, link)).url
        if target in seen or not target.startswith("/"):
            continue
        seen.add(target)
        answer = demo.get(instance.url + target, timeout=60)
        if answer.status_code != 200:
            missing[target] = f"{answer.status_code}, linked from {address}"
        kind = answer.headers.get("Content-Type", "").partition(";")[0]
        if target.startswith("/static/"):
            waiting += [(target, inner) for inner in _links(kind, answer.text)]
    assert missing == {}
    assert len([target for target in seen if target.startswith("/static/")]) > 40


def _links(kind: str, text: str) -> Iterator[str]:
    if pattern := LINKED.get(kind):
        yield from pattern.findall(text)
