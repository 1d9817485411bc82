"""`make demo`: does it learn? A simulated person answers 80 photos on the real, running product; 60 others judge.

The person is drawn by a seed: some of what the sample library shows is to their taste. Before: what the product makes
of the phrases that the person wrote down. After: the same phrases, and what it learned from the answers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from classifier.clip.backbones import resolve_backbone
from classifier.sample import FOLDER, SamplePhoto, sample_photos
from training.learn.figures import auc
from wizard.instance import BASE_DIR, OPEN, Api, InstanceError, running_instance

ANSWERED, JUDGES = 80, 60
LEAST_LIKED, MOST_LIKED = 0.4, 0.5  # share of the library that is to the person's taste
WIDTH = 100  # columns of the terminal
PHASES = {
    "preparing": "getting the photos ready",
    "head": "finding what the likes have in common",
    "folds": "learning, and checking on photos it had not seen",
    "figures": "measuring how good it is",
    "saving": "saving the new version",
}

Photo = dict[str, Any]


@dataclass(frozen=True)
class Judgement:
    """How well scores and verdicts agree with a taste; accuracy, auc and like_rate in [0, 1].

    like_rate is the share of liked photos among the matches, None when nothing matched.
    """

    accuracy: float
    auc: float
    matches: int
    like_rate: float | None


def judge(photos: list[Photo], likes: list[bool]) -> Judgement:
    """`photos` as the API gives them (score, is_match), each with the truth about it; both kinds must be there."""
    matches = [photo["is_match"] for photo in photos]
    hits = sum(match and liked for match, liked in zip(matches, likes, strict=True))
    return Judgement(
        accuracy=sum(match == liked for match, liked in zip(matches, likes, strict=True)) / len(photos),
        auc=auc(np.array([photo["score"] for photo in photos]), np.array(likes, np.int64)),
        matches=sum(matches),
        like_rate=hits / sum(matches) if any(matches) else None,
    )


def draw_taste(samples: tuple[SamplePhoto, ...], generator: np.random.Generator) -> list[str]:
    """Attributes in a random order, taken until enough of the library shows one of them."""
    taste: list[str] = []
    for attribute in generator.permutation(sorted(frozenset().union(*(sample.attributes for sample in samples)))):
        wider = [*taste, str(attribute)]
        share = np.mean([not sample.attributes.isdisjoint(wider) for sample in samples])
        if share <= MOST_LIKED:
            taste = wider
        if share >= LEAST_LIKED and taste == wider:
            break
    return taste


def in_words(taste: list[str]) -> list[str]:
    """Each attribute as a person would write it: the product's own suggestion if it has one, else its name."""
    suggested = json.loads((FOLDER / "phrases.json").read_text())["suggested"]
    phrases = {each["attribute"]: each["phrase"] for each in suggested}
    return [phrases.get(attribute, attribute) for attribute in taste]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make demo", description="Does it learn? Proved on the running product.")
    parser.add_argument("--seed", type=int, default=0, help="another seed is another person and other photos")
    parser.add_argument("--epochs", type=int, default=None, help="fewer are faster (default: as the product has it)")
    options = parser.parse_args()
    backbone = os.environ.get("WIZARD_BACKBONE") or "auto"
    weights = os.environ.get("WIZARD_WEIGHTS_DIR") or str(BASE_DIR / "data" / "weights")
    model = resolve_backbone(backbone, Path(weights)).title
    say(f"Starting Dating Wizard in a directory of its own (model: {model}) ...")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="wizard-demo-") as folder,
            running_instance(Path(folder) / "data", WIZARD_BACKBONE=backbone, WIZARD_WEIGHTS_DIR=weights) as instance,
        ):
            prove(instance.api(), np.random.default_rng(options.seed), options.epochs)
        say("Dating Wizard is stopped, and its directory removed.")
    except InstanceError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nStopped; nothing is left behind.")


def prove(api: Api, generator: np.random.Generator, epochs: int | None) -> None:
    """The whole story, told as it goes. Raises InstanceError when the training fails."""
    taste = draw_taste(sample_photos(), generator)
    phrases = in_words(taste)
    for phrase in phrases:
        api.call("POST", "preferences/texts", json={"phrase": phrase}).raise_for_status()
    likes = likes_of(taste)
    say(fill(f"A simulated person likes photos that show: {', '.join(taste)}.", WIDTH))
    say(fill(f"They wrote it down: {', '.join(f'“{phrase}”' for phrase in phrases)}.", WIDTH))
    photos = api.wait_until_scored()
    drawn = [int(row) for row in generator.permutation(len(photos))]
    asked = [photos[row] for row in drawn[:ANSWERED]]
    judges = [photos[row]["id"] for row in drawn[ANSWERED : ANSWERED + JUDGES]]
    truth = [likes[key_of(photos[row])] for row in drawn[ANSWERED : ANSWERED + JUDGES]]
    before = judge(pick(photos, judges), truth)
    for photo in asked:
        api.answer(photo, "like" if likes[key_of(photo)] else "dislike")
    liked = sum(likes[key_of(photo)] for photo in asked)
    say(f"The {len(photos)} photos of the sample library are scored by that.")
    say(f"The person has answered {len(asked)} of them: {liked} likes, {len(asked) - liked} dislikes.\n")
    job = follow(api, api.start_training(**({"epochs": epochs} if epochs else {})))
    if job["status"] != "completed":
        raise InstanceError(f"The training did not end well: {job['error'] or job['status']}")
    say(f"\n{job['outcome']}\n")
    photos = api.wait_until_scored()
    say(table(before, judge(pick(photos, judges), truth), liked=sum(truth)))
    if {photo["version_number"] for photo in photos} == {1}:
        say("The new version does not serve, so both columns are the score from the phrases alone.\n")


def likes_of(taste: list[str]) -> dict[tuple[str, str], bool]:
    """Whether each sample photo is to this taste, by its name and bio in the product."""
    return {
        (f"{sample.name}{sample.file.suffix}", sample.bio): not sample.attributes.isdisjoint(taste)
        for sample in sample_photos()
    }


def key_of(photo: Photo) -> tuple[str, str]:
    return photo["source_name"], photo["bio"]


def pick(photos: list[Photo], ids: list[int]) -> list[Photo]:
    by_id = {photo["id"]: photo for photo in photos}
    return [by_id[photo_id] for photo_id in ids]


def follow(api: Api, job_id: int) -> dict[str, Any]:
    """Show how the job stands until it has ended; on a terminal in one line, else a line for each phase and epoch."""
    shown = ("", 0)
    while (job := api.job(job_id))["status"] in OPEN:
        line = progress_line(job)
        if sys.stdout.isatty():
            sys.stdout.write(f"\r\x1b[K{line}")
            sys.stdout.flush()
        elif shown != (job["phase"], job["current_epoch"]):
            shown = (job["phase"], job["current_epoch"])
            say(line)
        time.sleep(0.25)
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")
    return job


def progress_line(job: dict[str, Any]) -> str:
    line = f"Training {100 * job['done']:3.0f} %  {PHASES.get(job['phase'], 'waiting for the train worker')}"
    if job["current_epoch"]:
        line += f", epoch {job['current_epoch']} of {job['epochs']}"
    if job["current_loss"] is not None:
        line += f", loss {job['current_loss']:.3f}"
    return line


def table(before: Judgement, after: Judgement, *, liked: int) -> str:
    rows = [
        (f"{JUDGES} other photos, {liked} to their taste", "before", "after"),
        ("accuracy of match or no match", f"{before.accuracy:.0%}", f"{after.accuracy:.0%}"),
        ("AUC: a liked photo above another", f"{before.auc:.3f}", f"{after.auc:.3f}"),
        ("like rate of matches", like_rate(before), like_rate(after)),
    ]
    ruled = [f"  {name:<36}{left:>14}{right:>14}" for name, left, right in rows]
    return "\n".join([ruled[0], "  " + "─" * 64, *ruled[1:], ""])


def like_rate(judgement: Judgement) -> str:
    if judgement.like_rate is None:
        return "no match"
    return f"{judgement.like_rate:.0%} of {judgement.matches}"


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  (it is what the command is for)


if __name__ == "__main__":
    main()
