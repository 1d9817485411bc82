"""The example of nginx before a running instance: what it lets in, what it hands out, and to whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from classifier.sample import sample_photos
from classifier.views.files import FOREVER
from wizard.door import MOST_IN_A_BODY, MOST_IN_AN_UPLOAD
from wizard.instance import Api, Instance
from wizard.tests.nginx import CONFIG, NGINX, Nginx, running_nginx
from wizard.tests.prepared import Prepared

pytestmark = [
    pytest.mark.system,
    pytest.mark.once,
    pytest.mark.full("starts an instance of its own behind nginx; test_deployment.py reads the same configuration"),
    pytest.mark.timeout(400),
    pytest.mark.skipif(not Path(NGINX).exists(), reason="nginx is not installed; CI installs it"),
]
OF_THE_FILE = {"Accept-Ranges", "Connection", "Content-Disposition", "Date", "ETag", "Last-Modified", "Server"}
OF_THE_REQUEST = {"Allow", "Content-Length", "X-Request-ID"}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("nginx") / "data"


@pytest.fixture(scope="module")
def behind(prepared: Prepared, data_dir: Path) -> Iterator[Instance]:
    asked = {"HTTPS": "true", "TRUST_PROXY": "true", "WIZARD_X_ACCEL": "/protected/"}
    with prepared.running(data_dir, wait_for="/healthz", **asked) as instance:
        yield instance


@pytest.fixture(scope="module")
def nginx(behind: Instance, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    with running_nginx(tmp_path_factory.mktemp("nginx-own"), web=behind.url, media=data_dir / "media") as found:
        yield found


@pytest.fixture(scope="module")
def people(behind: Instance) -> tuple[Api, Api]:
    owner, stranger = behind.newcomers("owner", "stranger")
    return owner, stranger


def ask(nginx: Nginx, api: Api | None, method: str, path: str, **given: object) -> requests.Response:
    headers = {"Authorization": f"Bearer {api.token}"} if api else {}
    headers |= given.pop("headers", {})  # type: ignore[call-overload]
    return nginx.session().request(
        method, nginx.url + path, headers=headers, timeout=60, allow_redirects=False, **given  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.fixture(scope="module")
def photo(nginx: Nginx, people: tuple[Api, Api]) -> int:
    sent = [("files", ("one.webp", sample_photos()[0].file.read_bytes()))]
    answer = ask(nginx, people[0], "POST", "/api/photos", files=sent)
    assert answer.status_code == 201
    return int(answer.json()["created"][0]["id"])


def test_a_picture_comes_from_the_disk_byte_for_byte_with_every_header(
    nginx: Nginx, behind: Instance, people: tuple[Api, Api], photo: int, data_dir: Path
) -> None:
    for what, kind in (("image", "image/jpeg"), ("thumbnail", "image/webp")):
        path = f"/api/photos/{photo}/{what}"
        served = ask(nginx, people[0], "GET", path)
        folder = {"image": "photos", "thumbnail": "thumbnails"}[what]
        assert served.content in [file.read_bytes() for file in (data_dir / "media" / folder).rglob("*.*")]
        assert (served.headers["Content-Type"], served.headers["Cache-Control"]) == (kind, FOREVER)
        assert "X-Accel-Redirect" not in served.headers
        direct = requests.get(
            behind.url + path,
            headers={"Authorization": f"Bearer {people[0].token}", "X-Forwarded-Proto": "https"},
            timeout=60,
        )
        assert direct.headers["X-Accel-Redirect"].startswith(f"/protected/{folder}/")
        own = OF_THE_FILE | OF_THE_REQUEST | {"X-Accel-Redirect"}
        assert {k: v for k, v in direct.headers.items() if k not in own} == {
            k: v for k, v in served.headers.items() if k not in own
        }
        assert served.headers["X-Request-ID"]
        again = ask(nginx, people[0], "GET", path, headers={"If-None-Match": served.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_stranger_and_the_world_get_no_picture(nginx: Nginx, people: tuple[Api, Api], photo: int) -> None:
    refused = ask(nginx, people[1], "GET", f"/api/photos/{photo}/image")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert ask(nginx, None, "GET", f"/api/photos/{photo}/image").status_code == 401
    assert ask(nginx, None, "GET", f"/photos/{photo}/image").status_code == 302


def test_what_nginx_keeps_to_itself_is_not_there_from_outside(
    nginx: Nginx, people: tuple[Api, Api], photo: int, data_dir: Path
) -> None:
    (file, *_) = (data_dir / "media" / "photos").rglob("*.jpg")
    inside = file.relative_to(data_dir / "media")
    for path in (f"/protected/{inside}", "/protected/", f"/protected/../protected/{inside}", f"//protected/{inside}"):
        assert ask(nginx, people[0], "GET", path).status_code == 404, path
    assert ask(nginx, people[0], "GET", "/protected../secret_key").status_code == 404


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(nginx: Nginx, people: tuple[Api, Api]) -> None:
    for path, most in (("/api/photos", MOST_IN_AN_UPLOAD), ("/api/preferences", 3 * 2**20)):
        headers = {"Content-Length": str(most + 1), "Authorization": f"Bearer {people[0].token}"}
        with closing(nginx.connection()) as connection:
            connection.request("POST", path, headers=headers)  # no more than the promise of a body
            refused = connection.getresponse()
            assert (refused.status, json.load(refused)["code"]) == (413, "too_large"), path
    assert CONFIG.read_text().count(f"client_max_body_size {MOST_IN_AN_UPLOAD // 2**20}m;") == 2
    let_through = ask(nginx, people[0], "POST", "/api/preferences/texts", data=b" " * (MOST_IN_A_BODY + 1))
    assert let_through.json()["detail"] == "A request has at most 1 MB."  # in our own words


def test_an_event_arrives_while_the_stream_is_open(nginx: Nginx, behind: Instance, people: tuple[Api, Api]) -> None:
    headers = {"Authorization": f"Bearer {people[0].token}"}
    with closing(nginx.connection()) as connection:
        connection.request("GET", "/api/events", headers=headers)
        stream = connection.getresponse()
        assert stream.readline().startswith(b"retry:")
        behind.manage("shell", "-v", "0", "-c", TELL)
        lines = iter(stream.readline, b"")  # it would be empty at the stream's end
        assert any(b"scores.updated" in line for line in lines)
        assert not stream.isclosed()


TELL = """
from django.contrib.auth.models import User
from wizard import events
events.publish(User.objects.get(username="owner").pk, events.Kind.SCORES_UPDATED)
"""


def test_the_pages_are_served_over_tls_alone(nginx: Nginx, behind: Instance) -> None:
    plain = nginx.session().get(f"{nginx.plain_url}/accounts/sign-in/?next=/", timeout=30, allow_redirects=False)
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://127.0.0.1/accounts/sign-in/?next=/")
    page = ask(nginx, None, "GET", "/accounts/sign-in/")
    assert page.status_code == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Server"] == "nginx"
