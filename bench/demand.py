"""What people do in a day, what it costs each kind of process, and how long they wait for it.

All that is said about people is assumed, and has its place in `Profile`; what their doings cost was measured. A server
is a web process (one core), a score worker or a train worker (CORES each, as measured).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.queueing import Floats, Turns, Upload, drawn_waits, fair_turns, first_come, wait_quantile

MINUTE = 60.0
DAY = 24 * 60 * MINUTE
CORES = 2  # of a score or train worker
BUSY = 0.8  # of the servers at the peak, at most
FORMULA_DRAWS = 100_000
TURNS = Turns(photos=64, served_seconds=15 * 60)  # as classifier/claiming.py has them; a test holds it
# Servers are added until so few seconds of waiting are not passed by 95 of 100, at the peak.
PATIENCE = {"web": 0.1, "score": 10.0, "train": 600.0}
FIRST = ("anew", "tuned", "look")  # of what score workers do, before all photos
LEAST = {"web": 2, "score": 1, "train": 1}  # as `make run` starts them


@dataclass(frozen=True)
class Profile:
    """A person a year after they began. Assumed, but for what says otherwise."""

    photos_a_week: float = 30
    photos_an_upload: float = 10  # on average; geometric
    newcomers_a_week: float = 0.01  # of all people, each with a folder
    photos_of_a_newcomer: int = 500
    seconds_between_photos: float = 0.3  # of an upload: a line of 10 Mbit/s
    answers_a_day: float = 10
    auto_train_every: float = 50  # answers; as it comes
    pages_a_day: float = 20
    thumbnails_a_photo: float = 2  # by each of two browsers once, which keep them
    images_a_photo: float = 1
    changes_of_taste_a_week: float = 2
    share_that_takes_over: float = 0.3  # of trainings: the others were not better
    keep_versions: int = 20  # as it comes
    weeks: int = 52
    most_at: float = 21.0  # o'clock
    evening: float = 1.2  # how steep; 1.2: the peak is 2.4 times the mean

    @property
    def library(self) -> float:
        return self.photos_of_a_newcomer + self.photos_a_week * self.weeks

    @property
    def answers(self) -> float:
        return 7 * self.answers_a_day * self.weeks

    @property
    def photos_a_day(self) -> float:
        return (self.photos_a_week + self.newcomers_a_week * self.photos_of_a_newcomer) / 7

    @property
    def uploads_a_day(self) -> float:
        return self.photos_a_week / self.photos_an_upload / 7

    @property
    def trainings_a_day(self) -> float:
        return self.answers_a_day / self.auto_train_every

    @property
    def versions(self) -> float:
        """That it has kept by then."""
        return min(self.keep_versions, self.answers / self.auto_train_every)

    @property
    def peak(self) -> float:
        return float(self.rate(np.array([self.most_at * 3600]))[0])

    def rate(self, seconds: Floats) -> Floats:
        """How much goes on at a time of day, against the mean of the day."""
        hours = seconds / 3600 - self.most_at
        return np.asarray(np.exp(self.evening * np.cos(2 * np.pi * hours / 24)) / np.i0(self.evening))

    def times(self, generator: np.random.Generator, a_day: float, days: int) -> Floats:
        """When somebody does what is done so often a day by all together; ascending."""
        minutes = np.linspace(0, DAY, 1441)
        until = np.concatenate([[0.0], np.cumsum(self.rate((minutes[1:] + minutes[:-1]) / 2))])
        of_day = [
            np.interp(generator.random(generator.poisson(a_day)), until / until[-1], minutes) + DAY * day
            for day in range(days)
        ]
        return np.sort(np.concatenate(of_day))


@dataclass(frozen=True)
class Work:
    """What a person has done so often a day: seconds of a server and of Postgres each."""

    a_day: float
    seconds: float
    postgres: float = 0.0
    variation: float = 0.0  # squared coefficient, of `seconds`


@dataclass(frozen=True)
class Station:
    """All work of one kind of process."""

    kind: str
    works: Mapping[str, Work]

    @property
    def is_known(self) -> bool:
        return not math.isnan(self.load)

    @property
    def load(self) -> float:
        """Servers that one person keeps busy, on the mean of the day."""
        return sum(work.a_day * work.seconds for work in self.works.values()) / DAY

    @property
    def seconds(self) -> float:
        return DAY * self.load / sum(work.a_day for work in self.works.values())

    @property
    def variation(self) -> float:
        squares = sum(work.a_day * work.seconds**2 * (1 + work.variation) for work in self.works.values())
        return squares / sum(work.a_day for work in self.works.values()) / self.seconds**2 - 1

    def busy_servers(self, load: float) -> int:
        """So few that nine tenths of their time is taken."""
        return math.ceil(load / 0.9) if self.is_known else 0

    def servers(self, load: float) -> int:
        """The fewest with which people are not kept waiting for longer than PATIENCE."""
        if not self.is_known:
            return 0
        low, high = max(LEAST[self.kind], math.ceil(load / BUSY)), 1
        if self._is_enough(load, low):
            return low
        while not self._is_enough(load, low + high):
            high *= 2
        low, high = low + high // 2, low + high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._is_enough(load, middle) else (middle, high)
        return high

    def _is_enough(self, load: float, servers: int) -> bool:
        return wait_quantile(0.95, load, servers, self.seconds, self.variation) <= PATIENCE[self.kind]


def stations_of(measured: Mapping[str, float], profile: Profile) -> dict[str, Station]:
    def ms(name: str) -> float:
        return measured[name] / 1000

    photos, worker = profile.photos_a_day, 1 / CORES
    web = {
        "page": Work(profile.pages_a_day, ms("page"), ms("page_postgres")),
        "answer": Work(profile.answers_a_day, ms("answer"), ms("answer_postgres")),
        "upload": Work(photos, ms("upload"), ms("upload_postgres")),
        "thumbnail": Work(photos * profile.thumbnails_a_photo, ms("thumbnail"), ms("thumbnail_postgres")),
        "image": Work(photos * profile.images_a_photo, ms("image"), ms("thumbnail_postgres")),
    }
    of_upload, of_folder = profile.photos_an_upload, min(TURNS.photos, profile.photos_of_a_newcomer)
    folders = profile.newcomers_a_week / 7 * profile.photos_of_a_newcomer / of_folder
    anew = profile.uploads_a_day + profile.changes_of_taste_a_week / 7
    library = profile.library
    score = {
        "upload": Work(
            profile.uploads_a_day,
            of_upload * ms("score") * worker,
            of_upload * ms("score_postgres"),
            1 - 1 / of_upload,  # of a geometric distribution
        ),
        "folder": Work(folders, of_folder * ms("score") * worker, of_folder * ms("score_postgres")),
        "anew": Work(anew, library * ms("anew") * worker, library * ms("anew_postgres")),
        "tuned": Work(
            profile.trainings_a_day * profile.share_that_takes_over,
            library * ms("tuned") * worker,
            library * ms("anew_postgres"),
        ),
        # At whoever answered: one for all answers of a minute, so these are the most that there can be.
        "look": Work(profile.answers_a_day, with_answers(measured, "look", profile.answers) / 1000),
    }
    train = {"training": Work(profile.trainings_a_day, with_answers(measured, "train", profile.answers) * worker)}
    return {"web": Station("web", web), "score": Station("score", score), "train": Station("train", train)}


def with_answers(measured: Mapping[str, float], name: str, answers: float) -> float:
    """On the line through what 50 and 200 answers took."""
    slope = (measured[f"{name}_many"] - measured[f"{name}_few"]) / 150
    return measured[f"{name}_few"] + slope * (answers - 50)


@dataclass(frozen=True)
class Waits:
    """Seconds: of a page until it is there, of a photo until it has its score, of the last one of a newcomer's folder,
    of a training until it begins. None where a constant is missing."""

    page: Floats | None
    photo: Floats | None
    folder: Floats | None
    training: Floats | None


NOBODY = np.empty(0)


class Simulation:
    """So many days of so many people, one arrival after the other."""

    def __init__(
        self, stations: Mapping[str, Station], servers: Mapping[str, int], profile: Profile, people: int, days: int = 1
    ) -> None:
        self.stations, self.servers, self.profile, self.people, self.days = stations, servers, profile, people, days
        self.generator = np.random.default_rng(people)
        self.uploads = self._uploads()

    def waits(self) -> Waits:
        known = {kind: station.is_known for kind, station in self.stations.items()}
        photo, folder = self._photos() if known["score"] else (None, None)
        page = self._pages() if known["web"] else None
        return Waits(page, photo, folder, self._trainings() if known["train"] else None)

    def _times(self, a_day: float) -> Floats:
        return self.profile.times(self.generator, self.people * a_day, self.days)

    def _uploads(self) -> list[Upload]:
        """Those of the people, and behind their numbers those of newcomers."""
        at = self._times(self.profile.uploads_a_day)
        sizes = self.generator.geometric(1 / self.profile.photos_an_upload, len(at))
        whose = self.generator.integers(self.people, size=len(at))
        came = [Upload(*each) for each in zip(at.tolist(), whose.tolist(), sizes.tolist(), strict=True)]
        folders = self._times(self.profile.newcomers_a_week / 7).tolist()
        came += [
            Upload(at, self.people + number, self.profile.photos_of_a_newcomer) for number, at in enumerate(folders)
        ]
        return sorted(came, key=lambda upload: upload.at)

    def _pages(self) -> Floats:
        works = self.stations["web"].works
        at = {kind: self._times(work.a_day) for kind, work in works.items() if kind != "upload"}
        between = self.profile.seconds_between_photos
        at["upload"] = np.concatenate([NOBODY, *(one.at + between * np.arange(one.photos) for one in self.uploads)])
        arrivals = np.concatenate(list(at.values()))
        seconds = np.concatenate([np.full(len(some), works[kind].seconds) for kind, some in at.items()])
        is_page = np.concatenate([np.full(len(some), kind == "page") for kind, some in at.items()])
        order = np.argsort(arrivals, kind="stable")
        waits = first_come(arrivals[order], seconds[order], self.servers["web"])[is_page[order]]
        return np.asarray(waits + works["page"].seconds + works["page"].postgres)

    def _photos(self) -> tuple[Floats, Floats]:
        works = self.stations["score"].works
        urgent = [(at, works[kind].seconds) for kind in FIRST for at in self._times(works[kind].a_day).tolist()]
        a_photo = works["upload"].seconds / self.profile.photos_an_upload
        done = fair_turns(self.uploads, urgent, workers=self.servers["score"], photo=a_photo, turns=TURNS)
        both = list(zip(done, self.uploads, strict=True))
        photos = np.concatenate([NOBODY, *(some for some, upload in both if upload.person < self.people)])
        return photos, np.array([some.max() for some, upload in both if upload.person >= self.people])

    def _trainings(self) -> Floats:
        work = self.stations["train"].works["training"]
        asked = self._times(work.a_day)
        return first_come(asked, np.full(len(asked), work.seconds), self.servers["train"])


class Formulas:
    """Every quarter of an hour as if it had always been like this, by the formulas of bench/queueing.py."""

    def __init__(
        self, stations: Mapping[str, Station], servers: Mapping[str, int], profile: Profile, people: int
    ) -> None:
        self.stations, self.servers, self.profile, self.people = stations, servers, profile, people
        self.generator = np.random.default_rng(people)

    def waits(self) -> Waits:
        known = {kind: station.is_known for kind, station in self.stations.items()}
        photo, folder = self._photos() if known["score"] else (None, None)
        page = self._pages() if known["web"] else None
        return Waits(page, photo, folder, self._drawn("train") if known["train"] else None)

    def _drawn(self, kind: str) -> Floats:
        station = self.stations[kind]
        at = self.profile.times(self.generator, FORMULA_DRAWS, 1)
        loads = self.people * station.load * self.profile.rate(900 * (at // 900) + 450)
        drawn = drawn_waits(self.generator, loads, self.servers[kind], station.seconds, station.variation)
        return self.generator.permutation(drawn)

    def _pages(self) -> Floats:
        page = self.stations["web"].works["page"]
        return self._drawn("web") + page.seconds + page.postgres

    def _photos(self) -> tuple[Floats, Floats]:
        works, profile = self.stations["score"].works, self.profile
        first = self.people * sum(works[kind].a_day * works[kind].seconds for kind in FIRST) / DAY * profile.peak
        slower = 1 / (1 - min(first / self.servers["score"], 0.99))  # for who waits behind those (Cobham)
        a_photo = works["upload"].seconds / profile.photos_an_upload
        waits = slower * self._drawn("score")
        sizes = self.generator.geometric(1 / profile.photos_an_upload, len(waits))
        sizes = self.generator.choice(sizes, len(waits), p=sizes / sizes.sum())  # most photos are in large uploads
        turns = math.ceil(profile.photos_of_a_newcomer / TURNS.photos)
        folder = sum((slower * self._drawn("score")[:10_000] for _ in range(turns)), np.zeros(1))
        return waits + a_photo * sizes, folder + a_photo * profile.photos_of_a_newcomer
