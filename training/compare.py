"""Two versions side by side, on answered photos that neither of them learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import comb
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext

from training.answers import LIKES, answered_results
from training.judging import may_judge, out_of_fold
from training.learn.intervals import Figure, wilson
from training.models import Chance, ModelVersion
from training.versions import CannotServe, check_can_serve
from wizard.sending import send_on_commit

if TYPE_CHECKING:
    from django.contrib.auth.models import User

BINS = 5
MOST_DISAGREEMENTS = 12
CLEAR, LIKELY = 0.05, 0.2  # two-sided p below which a difference is called clear, or likely


@dataclass(frozen=True)
class Judged:
    """An answered photo, and P(like) by both versions."""

    photo_id: int
    liked: bool
    a: float
    b: float

    @property
    def apart(self) -> float:
        return abs(self.a - self.b)


@dataclass(frozen=True)
class Bin:
    """Photos of which much the same was said: the mean P(like), and the share that was liked."""

    said: float
    liked: Figure
    photos: int


@dataclass(frozen=True)
class Side:
    """One version on the photos of a comparison; ranking is the AUC, None without likes or dislikes."""

    version: ModelVersion
    accuracy: Figure
    ranking: float | None
    calibration: list[Bin]


@dataclass(frozen=True)
class Comparison:
    """`better` and `worse` count the photos that only `a`, or only `b`, is right about."""

    photos: int
    a: Side
    b: Side
    better: int
    worse: int
    p: float
    disagreements: list[Judged]

    @property
    def sentence(self) -> str:
        """'Version 4 is right about 9 photos that version 3 is wrong about, and wrong about 4: could be chance.'"""
        said = {"a": self.a.version.version_number, "b": self.b.version.version_number}
        if not self.better and not self.worse:
            return gettext("Version %(a)s and version %(b)s are right and wrong about the same photos.") % said
        if self.p < CLEAR:
            how = gettext(
                "Version %(a)s is right about %(better)s that version %(b)s is wrong about,"
                " and wrong about %(worse)s: a clear difference."
            )
        elif self.p < LIKELY:
            how = gettext(
                "Version %(a)s is right about %(better)s that version %(b)s is wrong about,"
                " and wrong about %(worse)s: likely a difference."
            )
        else:
            how = gettext(
                "Version %(a)s is right about %(better)s that version %(b)s is wrong about,"
                " and wrong about %(worse)s: could be chance."
            )
        return how % {**said, "better": self.better, "worse": self.worse}


def compare(a: ModelVersion, b: ModelVersion) -> Comparison | None:
    """On the answered photos that both can speak of; None while there are none. `missing_photos` says what is still to
    be scored first."""
    answers = _answers(a.owner)
    said_a, said_b = _chances(a, answers), _chances(b, answers)
    judged = [
        Judged(photo, answer.liked, said_a[photo], said_b[photo])
        for photo, answer in answers.items()
        if photo in said_a and photo in said_b
    ]
    if not judged:
        return None
    right_a = [(one.a >= 0.5) == one.liked for one in judged]
    right_b = [(one.b >= 0.5) == one.liked for one in judged]
    better = sum(x and not y for x, y in zip(right_a, right_b, strict=True))
    worse = sum(y and not x for x, y in zip(right_a, right_b, strict=True))
    disagreements = sorted(judged, key=lambda one: -one.apart)[:MOST_DISAGREEMENTS]
    return Comparison(
        photos=len(judged),
        a=_side(a, [(one.a, one.liked) for one in judged], sum(right_a)),
        b=_side(b, [(one.b, one.liked) for one in judged], sum(right_b)),
        better=better,
        worse=worse,
        p=sign_test(better, worse),
        disagreements=[one for one in disagreements if one.apart > 0],
    )


def missing_photos(version: ModelVersion) -> list[int]:
    """Answered photos of which the version has still to be asked; none for one that cannot serve any more."""
    try:
        check_can_serve(version)
    except CannotServe:
        return []
    answers = _answers(version.owner)
    return sorted(_judged(version, answers) - _chances(version, answers).keys())


def ask_about_missing(a: ModelVersion, b: ModelVersion) -> list[ModelVersion]:
    """Those of the two that the score worker has still to be asked about photos; it is asked now."""
    from training.tasks import score_answered_photos

    missing = [version for version in (a, b) if missing_photos(version)]
    for version in missing:
        send_on_commit(score_answered_photos, version.pk)  # with no broker the comparison counts what is known
    return missing


def sign_test(better: int, worse: int) -> float:
    """Two-sided p in (0, 1] of a paired comparison, exact (McNemar 1947): could a fair coin be as lopsided?"""
    n, least = better + worse, min(better, worse)
    tail: float = sum(comb(n, k) for k in range(least + 1)) / 2**n
    return min(1.0, 2 * tail)


def ranking(said: Sequence[tuple[float, bool]]) -> float | None:
    """AUC: the chance that a liked photo stands above a disliked one, a tie counting half. None without one of each.

    `said` are P(like) and whether it was liked.
    """
    below = wins = 0.0
    for _, tied in groupby(sorted(said), key=lambda one: one[0]):
        outcomes = [liked for _, liked in tied]
        likes = sum(outcomes)
        dislikes = len(outcomes) - likes
        wins += likes * (below + dislikes / 2)
        below += dislikes
    likes = sum(liked for _, liked in said)
    return wins / (likes * below) if likes and below else None


class _Answer(NamedTuple):
    sha256: str  # of the upload
    liked: bool
    at: datetime


def _answers(owner: User) -> dict[int, _Answer]:
    """By photo id."""
    rows = answered_results(owner).values_list("photo_id", "photo__sha256", "user_feedback", "feedback_at")
    return {photo: _Answer(sha256, feedback in LIKES, at) for photo, sha256, feedback, at in rows if at}


def _judged(version: ModelVersion, answers: dict[int, _Answer]) -> set[int]:
    """Photos that may judge a version."""
    return {photo for photo, answer in answers.items() if may_judge(version, answer.at)}


def _chances(version: ModelVersion, answers: dict[int, _Answer]) -> dict[int, float]:
    """P(like) by photo id: out of fold for those it learned from, its own word for the others.

    The base has learned nothing: it knows no more than how often anything is liked.
    """
    if version.is_base:
        share = sum(answer.liked for answer in answers.values()) / max(len(answers), 1)
        return dict.fromkeys(answers, share)
    said = dict(Chance.objects.filter(version=version).values_list("photo_id", "value"))
    learned = out_of_fold(version)
    said |= {photo: learned[answer.sha256] for photo, answer in answers.items() if answer.sha256 in learned}
    return {photo: said[photo] for photo in _judged(version, answers) if photo in said}


def _side(version: ModelVersion, said: list[tuple[float, bool]], right: int) -> Side:
    return Side(version, wilson(right, len(said)), ranking(said), calibration(said))


def calibration(said: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Bins that hold about equally many photos, from the least to the most likely to be liked; equals stay together."""
    ordered, bins, start = sorted(said), [], 0
    for number in range(1, BINS + 1):
        stop = max(start, number * len(ordered) // BINS)
        while 0 < stop < len(ordered) and ordered[stop][0] == ordered[stop - 1][0]:
            stop += 1
        part, start = ordered[start:stop], stop
        if part:
            liked = sum(liked for _, liked in part)
            bins.append(Bin(sum(chance for chance, _ in part) / len(part), wilson(liked, len(part)), len(part)))
    return bins
