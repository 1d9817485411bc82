"""Events over real processes: two hundred listeners, what was missed, and who may hear what."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import requests

from classifier.sample import sample_photos
from classifier.tests.image_samples import retouched
from wizard.instance import Api, Instance, wait_until
from wizard.listeners import MOST_OF_ONE
from wizard.tests.listening import Ear

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def api(instance: Instance) -> Api:
    """Somebody whose photos nobody counts: the demo user's are those of other tests."""
    (api,) = instance.newcomers("listener")
    return api


def add_photo(api: Api, number: int) -> int:
    """A photo that is new to the instance; `number` makes it so."""
    sample = sample_photos()[0]
    answer = api.call(
        "POST", "photos", files=[("files", (sample.file.name, retouched(sample.file.read_bytes(), number)))]
    )
    return int(answer.json()["created"][0]["id"])


def test_two_hundred_listeners_hear_of_a_scored_photo_and_the_pages_still_answer(api: Api, instance: Instance) -> None:
    with ExitStack() as stack:
        own = [stack.enter_context(Ear(api.url, api.token)) for _ in range(20)]
        strangers = instance.newcomers(*(f"listener{number}" for number in range(18)))
        others = [stack.enter_context(Ear(api.url, stranger.token)) for stranger in strangers for _ in range(10)]
        for ear in own + others:
            ear.hear()
            assert ear.head.startswith("HTTP/1.1 200 OK")
        photo = add_photo(api, 1)
        for ear in own:
            assert ear.hear("photos.scored") == {"photo_ids": [photo]}
        assert requests.get(f"{api.url}/healthz", timeout=10).ok
        assert api.call("GET", f"photos/{photo}").json()["status"] == "ready"
        assert not any(ear.events for ear in others)


def test_who_comes_again_is_told_what_was_missed(api: Api) -> None:
    with Ear(api.url, api.token) as ear:
        ear.hear()
        add_photo(api, 2)
        ear.hear("photos.scored")
    photo = add_photo(api, 3)
    wait_until(lambda: api.call("GET", f"photos/{photo}").json()["status"] == "ready", "the photo is scored")
    with Ear(api.url, api.token, last_id=ear.events[-1][0]) as again:
        assert again.hear("photos.scored") == {"photo_ids": [photo]}


def test_a_stream_ends_with_the_token_it_was_opened_with(instance: Instance) -> None:
    (leaver,) = instance.newcomers("leaver")
    (token,) = leaver.call("GET", "auth/tokens").json()["results"]
    with Ear(leaver.url, leaver.token) as ear:
        ear.hear()
        leaver.call("DELETE", f"auth/tokens/{token['id']}").raise_for_status()
        with pytest.raises(ConnectionError, match="it ended"):
            ear.hear("never")
    assert not ear.events


def test_who_was_away_for_too_long_is_told_to_look_anew(api: Api) -> None:
    with Ear(api.url, api.token, last_id="1-0") as ear:
        assert ear.hear("resync") == {}


def test_new_scores_after_a_change_of_taste_are_told(api: Api) -> None:
    with Ear(api.url, api.token) as ear:
        ear.hear()
        api.call("POST", "preferences/texts", json={"phrase": "a guitar for the events"})
        assert ear.hear("scores.updated") == {}


def test_too_many_listeners_of_one_person_are_refused_with_a_time_to_come_again(api: Api, instance: Instance) -> None:
    web_processes = len(instance.processes("web")) - 1  # one of them only looks after the others
    with ExitStack() as stack:
        for _ in range(web_processes * MOST_OF_ONE + 1):
            ear = stack.enter_context(Ear(api.url, api.token))
            ear.hear()
            if not ear.head.startswith("HTTP/1.1 200 "):
                break
    assert ear.head.startswith("HTTP/1.1 429 ")
    assert "Retry-After: " in ear.head


def test_a_visitor_and_a_wrong_id_are_refused_in_json(api: Api) -> None:
    assert requests.get(f"{api.url}/api/events", timeout=10).status_code == 401
    headers = {"Authorization": f"Token {api.token}", "Last-Event-ID": "yesterday"}
    wrong = requests.get(f"{api.url}/api/events", headers=headers, timeout=10)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid")


def test_the_log_holds_no_traceback(api: Api, instance: Instance) -> None:
    assert "Traceback" not in instance.log.read_text()
