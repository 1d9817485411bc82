"""The way from a new account to the first trained version, read off what its owner has: nothing is counted apart."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Count, Exists, Q
from django.urls import reverse
from django.utils.translation import gettext

from classifier.models import Photo, PhotoQuerySet, ReferencePhoto, TextPreference
from classifier.review.queue import closed_photos
from training.answers import LIKES, answered_results
from training.models import ModelVersion, TrainingJob
from training.services import MINIMUM_PER_CLASS
from wizard.words import grouped

MOST_MISSING = 2 * MINIMUM_PER_CLASS


@dataclass(frozen=True)
class Step:
    """What would help most now: a title, a sentence, and one button that leads to a page; `so_far` is for that page."""

    title: str
    text: str
    button: str
    page: str
    icon: str
    is_done: bool = False
    offers_sample: bool = False
    query: str = ""
    so_far: str = ""

    @property
    def address(self) -> str:
        return reverse(self.page) + self.query


@dataclass(frozen=True)
class FirstSteps:
    """The four steps in their order; `place` is that of the one to do next, None when none is left.

    is_over   a version was trained (or imported): what is left, if anything, is everyday work
    """

    steps: list[Step]
    place: int | None
    is_over: bool

    @property
    def current(self) -> Step | None:
        return None if self.place is None else self.steps[self.place]

    @property
    def number(self) -> int | None:
        return None if self.place is None else self.place + 1


@dataclass(frozen=True)
class _Standing:
    """likes, dislikes: what a training would learn from. left: photos that may be answered, now or once the score
    worker has read them, as far as they could be missing; not looked up when there is enough."""

    has_said: bool
    has_photos: bool
    left: int
    likes: int
    dislikes: int
    is_training: bool
    has_trained: bool

    @property
    def missing(self) -> int:
        return max(MINIMUM_PER_CLASS - self.likes, 0) + max(MINIMUM_PER_CLASS - self.dislikes, 0)

    @property
    def has_enough(self) -> bool:
        return self.is_training or not self.missing


def first_steps(owner: User) -> FirstSteps:
    """Where `owner` stands on the way: the four steps, and which of them comes next."""
    now = _standing_of(owner)
    steps = [_say(now), _add(now), _answer(now), _learn(now)]
    # Words help the first scores; a training does without.
    is_past_words = now.has_enough or now.has_trained
    open_ = [place for place, step in enumerate(steps) if not step.is_done and not (place == 0 and is_past_words)]
    return FirstSteps(steps, open_[0] if open_ else None, now.has_trained)


def _standing_of(owner: User) -> _Standing:
    answered = answered_results(owner).aggregate(
        likes=Count("pk", filter=Q(user_feedback__in=LIKES)),
        dislikes=Count("pk", filter=~Q(user_feedback__in=LIKES)),
    )
    has_enough = min(answered.values()) >= MINIMUM_PER_CLASS
    photos = Photo.objects.owned_by(owner).exclude(status=Photo.Status.UNREADABLE).order_by()
    has = User.objects.values(
        words=Exists(TextPreference.objects.owned_by(owner)),
        references=Exists(ReferencePhoto.objects.owned_by(owner)),
        photos=Exists(photos),
        open_job=Exists(TrainingJob.objects.owned_by(owner).open()),
        version=Exists(ModelVersion.objects.owned_by(owner).exclude(model_type=ModelVersion.Type.BASE)),
    ).get(pk=owner.pk)
    return _Standing(
        has_said=has["words"] or has["references"],
        has_photos=has["photos"],
        left=0 if has_enough else _answerable(photos, owner)[:MOST_MISSING].count(),
        is_training=has["open_job"],
        has_trained=has["version"],
        **answered,
    )


def _answerable(photos: PhotoQuerySet, owner: User) -> PhotoQuerySet:
    return photos.with_feedback(owner, "none").exclude(pk__in=closed_photos(owner))


def _say(now: _Standing) -> Step:
    return Step(
        gettext("Say what you like"),
        gettext("A few words are enough for a first score: at the beach, playing guitar, with a dog."),
        gettext("Write it down"),
        "taste",
        "sliders-horizontal",
        is_done=now.has_said,
    )


def _add(now: _Standing) -> Step:
    return Step(
        gettext("Add photos"),
        gettext("Profile pictures or screenshots, one or a thousand at once. They stay on this machine."),
        gettext("Add photos"),
        "upload",
        "image-plus",
        is_done=now.has_photos or now.has_enough,
        offers_sample=True,
    )


def _answer(now: _Standing) -> Step:
    needs = gettext(
        "The wizard can learn from %(minimum)s photos that you like and %(minimum)s that you do not;"
        " so far there are %(likes)s and %(dislikes)s."
    ) % {"minimum": MINIMUM_PER_CLASS, "likes": grouped(now.likes), "dislikes": grouped(now.dislikes)}
    is_short = now.left < now.missing
    few = gettext("There are too few photos left to answer, so add some.") if is_short else ""
    return Step(
        gettext("Answer some photos"),
        f"{needs} {few}".rstrip(),
        gettext("Answer photos") if now.left else gettext("Add photos"),
        "review" if now.left else "upload",
        "heart",
        is_done=now.has_enough,
        offers_sample=is_short,
        so_far=gettext("%(likes)s of %(minimum)s liked, %(dislikes)s of %(minimum)s disliked")
        % {
            "likes": min(now.likes, MINIMUM_PER_CLASS),
            "dislikes": min(now.dislikes, MINIMUM_PER_CLASS),
            "minimum": MINIMUM_PER_CLASS,
        },
    )


def _learn(now: _Standing) -> Step:
    waits = gettext(
        "You gave %(answers)s answers. Train, and watch whether it gets better on photos it had not seen."
    ) % {"answers": grouped(now.likes + now.dislikes)}
    return Step(
        gettext("Let it learn from you"),
        gettext("A training is under way. Watch it, or leave it to itself.") if now.is_training else waits,
        gettext("Watch it learn") if now.is_training else gettext("Go to training"),
        "training",
        "graduation-cap",
        is_done=now.has_trained,
    )
