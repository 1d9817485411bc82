"""People who use the product while it is tortured: each has a program that adds and trains, and one that answers."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import requests

from torture.journal import Journal
from torture.pictures import a_picture
from wizard.instance import Api

ANSWERS = ("like", "dislike", "super_like")
PATIENCE = 90  # seconds for one answer: longer than any lock that the faults hold
PAUSE = (0.05, 0.4)  # seconds between two requests of one program
TRIES = 4
ENOUGH = 30
MOST_PHOTOS = 150  # of one person, so that a run of any length scores and trains at the same pace


class Refused(Exception):
    """The request had no effect, or nobody knows: there was no answer, or one that says to come again later."""


@dataclass
class Person:
    """`answers` says how often each status came; `known` are photos that may be answered: (id, id of the result)."""

    name: str
    api: Api
    journal: Journal
    rng: random.Random
    answers: Counter[str] = field(default_factory=Counter)
    known: list[dict[str, Any]] = field(default_factory=list)
    deleting: set[int] = field(default_factory=set)
    count: int = 0

    def call(self, method: str, path: str, **given: Any) -> requests.Response:
        """Raises Refused; whatever else is wrong with an answer is written down as such."""
        headers = {"Authorization": f"Token {self.api.token}", **given.pop("headers", {})}
        try:
            answer = requests.request(method, f"{self.api.url}/api/{path}", headers=headers, timeout=PATIENCE, **given)
        except requests.Timeout:
            self.journal.wrong(f"{method} {path}: no answer within {PATIENCE} s")
            raise Refused from None
        except requests.RequestException:  # the web process is dead, or died in the middle of it
            self.answers["no answer"] += 1
            raise Refused from None
        self.answers[str(answer.status_code)] += 1
        if answer.status_code >= 500:
            if answer.status_code != 503 or not _sentence(answer).endswith("."):
                self.journal.wrong(f"{method} {path}: {answer.status_code} {answer.text[:200]!r}")
            raise Refused
        return answer

    def expect(self, answer: requests.Response, *statuses: int) -> bool:
        """Whether it has the first of these statuses; any that is not among them is wrong."""
        if answer.status_code not in statuses:  # an empty list: none will do
            asked = f"{answer.request.method} {answer.request.path_url}"
            self.journal.wrong(f"{asked}: {answer.status_code} {answer.text[:200]!r}")
        return answer.status_code in statuses[:1]

    def make_a_start(self) -> None:
        """Before the first fault: enough photos and answers for a training."""
        self._upload([a_picture(self.rng) for _ in range(ENOUGH)])
        self.known = self.api.wait_until_scored()
        for number, photo in enumerate(self.known):
            self._answer(photo, ANSWERS[number % 2])

    # --- what the adding program does ---------------------------------------------------------------

    def upload(self) -> None:
        if self.count >= MOST_PHOTOS:
            self.delete()
            return
        contents = [a_picture(self.rng) for _ in range(self.rng.choice((1, 1, 2, 5)))]
        for _ in range(TRIES):  # as the guide says: the same files again are the same photos
            try:
                self._upload(contents)
                break
            except Refused:
                self.pause(4)

    def _upload(self, contents: list[bytes]) -> None:
        files = [("files", (f"{sha256(each).hexdigest()}.jpg", each)) for each in contents]
        answer = self.call("POST", "photos", files=files)
        if not self.expect(answer, 201):
            return
        outcome = answer.json()
        told = {photo["id"]: photo["source_name"].removesuffix(".jpg") for photo in outcome["created"]}
        told |= {photo["id"]: photo["name"].removesuffix(".jpg") for photo in outcome["duplicates"]}
        if sorted(told.values()) != sorted(sha256(each).hexdigest() for each in contents):
            self.journal.wrong(f"an upload of {len(contents)} was answered with {answer.text[:300]!r}")
        self.count += len(outcome["created"])
        self.journal.write("upload", who=self.name, photos=told)

    def delete(self) -> None:
        if not self.known:
            return
        photo = self.rng.choice(self.known)["id"]
        self.deleting.add(photo)
        self.journal.write("try delete", photo=photo)
        if self.expect(self.call("DELETE", f"photos/{photo}"), 204, 404):
            self.count -= 1
            self.journal.write("delete", photo=photo)

    def train(self) -> None:
        key = {"Idempotency-Key": uuid.UUID(int=self.rng.getrandbits(128)).hex}
        given = {"epochs": self.rng.choice((1, 2))}
        begun: set[int] = set()
        for _ in range(TRIES):
            try:
                answer = self.call("POST", "training/jobs", json=given, headers=key)
            except Refused:
                self.pause(4)
                continue
            if self.expect(answer, 202, 409, 422):
                begun.add(answer.json()["id"])
                self.journal.write("training", who=self.name, job=answer.json()["id"])
            if self.rng.random() < 0.8:  # else it is sent again, as after an answer that got lost
                break
        if len(begun) > 1:
            self.journal.wrong(f"one Idempotency-Key began the trainings {sorted(begun)}")

    def cancel(self) -> None:
        answer = self.call("GET", "training/jobs?page_size=1")
        newest = answer.json()["results"] if self.expect(answer, 200) else []
        for job in newest:
            if self.expect(self.call("POST", f"training/jobs/{job['id']}/cancel"), 200, 409):
                self.journal.write("cancel", job=job["id"])

    def switch(self) -> None:
        answer = self.call("GET", "models/versions?page_size=8")
        if not self.expect(answer, 200):
            return
        versions = answer.json()["results"]
        active = [version["id"] for version in versions if version["is_active"]]
        if len(active) > 1:
            self.journal.wrong(f"{len(active)} versions are active at once: {active}")
        if versions:
            version = self.rng.choice(versions)["id"]
            if self.expect(self.call("POST", f"models/versions/{version}/activate"), 200, 409):
                self.journal.write("switch", who=self.name, version=version)

    def change_taste(self) -> None:
        answer = self.call("PATCH", "preferences", json={"match_threshold": round(self.rng.uniform(0.4, 0.7), 2)})
        if self.expect(answer, 200):
            self.journal.write("taste")

    # --- what the answering program does ------------------------------------------------------------

    def look(self) -> None:
        answer = self.call("GET", f"photos?status=ready&page_size=200&order={self.rng.choice(('newest', 'score'))}")
        if self.expect(answer, 200):
            self.known = answer.json()["results"]
            self.journal.write("look")

    def answer(self) -> None:
        if not self.known:
            self.look()
            return
        self._answer(self.rng.choice(self.known), self.rng.choice((*ANSWERS, *ANSWERS, None)))

    def _answer(self, photo: dict[str, Any], given: str | None) -> None:
        self.journal.write("try answer", photo=photo["id"], answer=given)
        where = f"results/{photo['result_id']}/feedback"
        told = self.call("POST", where, json={"feedback": given}) if given else self.call("DELETE", where)
        if self.expect(told, 200, *self._gone(photo["id"])):
            # Deleted by the other program between the answer and its telling, it has none to tell.
            if told.json()["user_feedback"] != given and photo["id"] not in self.deleting:
                self.journal.wrong(f"{given} was answered with {told.text[:300]!r}")
            self.journal.write("answer", photo=photo["id"], answer=given)

    def review(self) -> None:
        answer = self.call("GET", "review/next?count=3")
        if not self.expect(answer, 200):
            return
        for card in answer.json()["results"]:
            photo, given = card["photo"]["id"], self.rng.choice(ANSWERS)
            self.journal.write("try answer", photo=photo, answer=given)
            asked = {"photo_id": photo, "answer": given, "why": card["why"]}
            told = self.call("POST", "review/answers", json=asked)
            if not self.expect(told, 201, *self._gone(photo)):
                continue
            self.journal.write("answer", photo=photo, answer=given)
            if self.rng.random() < 0.2:
                self._undo(photo, told.json()["before"] or None)

    def _gone(self, photo: int) -> tuple[int, ...]:
        return (404, 409) if photo in self.deleting else ()

    def _undo(self, photo: int, before: str | None) -> None:
        """Takes back the review's last answer, which was to `photo`, or to another one if that is deleted meanwhile."""
        self.journal.write("try answer", photo=photo, answer=before)
        told = self.call("DELETE", "review/answers/last")
        if self.expect(told, 200, 404):
            undone = told.json()
            if undone["photo_id"] == photo:
                self.journal.write("answer", photo=photo, answer=before)
            else:
                self.expect(told, *self._gone(photo))
                self.journal.write("try answer", photo=undone["photo_id"], answer=undone["before"] or None)
            self.journal.write("undo")

    def pause(self, times: float = 1) -> None:
        _stopping.wait(self.rng.uniform(*PAUSE) * times)


_stopping = threading.Event()
Doing = dict[str, int]
ADDING: Doing = {"upload": 60, "train": 24, "switch": 12, "change_taste": 6, "delete": 6, "cancel": 1}
ANSWERING: Doing = {"answer": 10, "review": 2, "look": 2}


class Workload:
    """All the people's programs, each a thread; they stop and go on as told."""

    def __init__(self, people: list[Person]) -> None:
        self.people = people
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        _stopping.clear()
        self._threads = [
            threading.Thread(target=_work, args=(person, doing), name=f"{person.name}")
            for person in self.people
            for doing in (ADDING, ANSWERING)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        _stopping.set()
        for thread in self._threads:
            thread.join()


def _work(person: Person, doing: Doing) -> None:
    while not _stopping.is_set():
        (name,) = person.rng.choices(list(doing), list(doing.values()))
        try:
            getattr(person, name)()
        except Refused:
            person.pause(2)
        except Exception as error:  # the harness' own, or an answer of no known shape
            person.journal.wrong(f"{name}: {type(error).__name__}: {error}")
        person.pause()


def _sentence(answer: requests.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
