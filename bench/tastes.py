"""Simulated people: what they like, what they answered, and what they would say of other photos."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.clip.backbones import Backbone
from classifier.clip.engine import Engine
from classifier.sample import sample_photos

# Real photos, sorted into folders by what they show: source/label/*.jpg. They are not part of the repository.
PHOTOS = Path(os.environ.get("WIZARD_TEST_PHOTOS") or Path(__file__).resolve().parents[2] / "shared" / "photos")
A_DOZEN = 12
SIDE_BY_SIDE = 250  # photos that judge a method, besides those it learned from


@dataclass(frozen=True)
class Library:
    """Photos and what they show. `shows` bool [n, concepts]; the rest as the engine gives it."""

    name: str
    concepts: tuple[str, ...]
    shows: NDArray[np.bool_]
    vectors: NDArray[np.float32]
    stems: NDArray[np.float16]
    phrases: NDArray[np.float32]  # f32 [concepts, d], the concepts in words
    neutral: NDArray[np.float32]

    def save(self, folder: Path) -> None:
        """For other processes, which map the stems into memory instead of copying them."""
        np.save(folder / f"{self.name}.stems.npy", self.stems)
        np.savez(
            folder / f"{self.name}.npz",
            concepts=self.concepts,
            shows=self.shows,
            vectors=self.vectors,
            phrases=self.phrases,
            neutral=self.neutral,
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> Library:
        with np.load(folder / f"{name}.npz") as arrays:
            return cls(
                name,
                tuple(arrays["concepts"]),
                arrays["shows"],
                arrays["vectors"],
                np.load(folder / f"{name}.stems.npy", mmap_mode="r"),
                arrays["phrases"],
                arrays["neutral"],
            )


@dataclass(frozen=True)
class Person:
    """Answers to `asked` (some of them mistaken), and the truth about `judged`: indices of photos, labels 0 or 1."""

    liked: NDArray[np.int64]  # concepts
    asked: NDArray[np.int64]
    answers: NDArray[np.int64]
    judged: NDArray[np.int64]
    truth: NDArray[np.int64]


def libraries(backbone: Backbone, threads: int) -> Iterator[Library]:
    """The sample library, and the real photos by source where they are on this machine."""
    engine = Engine.load(backbone, threads=threads)
    drawn = sample_photos()
    yield _library(engine, "sample", [photo.file for photo in drawn], [photo.attributes for photo in drawn])
    if PHOTOS.is_dir():
        files = sorted(PHOTOS.glob("*/*/*.jpg"))
        shown = [frozenset([f"{file.parent.parent.name}/{_named(file.parent.name)}"]) for file in files]
        yield _library(engine, "photos", files, shown)


def _library(engine: Engine, name: str, files: list[Path], shown: list[frozenset[str]]) -> Library:
    concepts = tuple(sorted(frozenset().union(*shown)))
    answers = list(engine.embed(zip(files, files, strict=True)))
    return Library(
        name=name,
        concepts=concepts,
        shows=np.array([[concept in photo for concept in concepts] for photo in shown]),
        vectors=np.stack([answer.vector for answer in answers if answer.vector is not None]),
        stems=np.stack([answer.stem for answer in answers if answer.stem is not None]),
        phrases=engine.encode_phrases([concept.rpartition("/")[2] for concept in concepts]),
        neutral=engine.neutral,
    )


def person(library: Library, number: int, *, photos: int, liked_share: float, wrong: float) -> Person:
    """The same number is the same person whatever is asked: more answers contain the fewer, in the same order."""
    generator = np.random.default_rng([number, round(100 * liked_share)])
    liked, seen, likes = taste_of(library, number, liked_share, generator)
    yes, no = (generator.permutation(np.flatnonzero(seen & (likes == wanted))) for wanted in (True, False))
    of_yes = round(photos * liked_share)
    asked = np.concatenate([yes[:of_yes], no[: photos - of_yes]])
    # Judged by the photos at the far end, in the proportion of the library that is left for it.
    rest = min(int(seen.sum()) - photos, SIDE_BY_SIDE)
    judged = np.concatenate([yes[::-1][: round(rest * liked_share)], no[::-1][: rest - round(rest * liked_share)]])
    judged = np.setdiff1d(judged, asked)
    mistaken = generator.random(len(likes)) < wrong
    answers = np.where(mistaken, ~likes, likes)[asked]
    return Person(np.array(liked), asked, answers.astype(np.int64), judged, likes[judged].astype(np.int64))


def taste_of(
    library: Library, number: int, liked_share: float, generator: np.random.Generator
) -> tuple[list[int], NDArray[np.bool_], NDArray[np.bool_]]:
    """A person likes a photo that shows one of the liked concepts, drawn until about `liked_share` is liked.

    The liked concepts; which photos this person comes across, bool [n]; and which of all photos they like, bool [n].
    """
    concepts = _world(library, number, generator)
    seen = library.shows[:, concepts].any(axis=1)
    liked: list[int] = []
    likes = np.zeros(len(library.shows), bool)
    for concept in concepts:
        if likes[seen].mean() >= liked_share - 0.02:
            break
        if (likes | library.shows[:, concept])[seen].mean() <= liked_share + 0.06:
            liked.append(int(concept))
            likes |= library.shows[:, concept]
    return liked, np.asarray(seen), likes


def _world(library: Library, number: int, generator: np.random.Generator) -> NDArray[np.int64]:
    """The concepts this person comes across, in any order: all drawn ones; of the real photos those of sports, of
    clothing, or a dozen from anywhere, one person in three each."""
    if library.name != "photos":
        return generator.permutation(len(library.concepts))
    world = ("sports/", "clothing/", "")[number % 3]
    if world:
        return generator.permutation([place for place, name in enumerate(library.concepts) if name.startswith(world)])
    return generator.permutation(np.flatnonzero(library.shows.sum(axis=0) >= 20))[:A_DOZEN]


def _named(folder: str) -> str:
    return folder.replace("_", " ").lower()
