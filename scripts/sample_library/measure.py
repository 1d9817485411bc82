"""Measures which phrases sort the sample library, and writes those that do to phrases.json.

    python scripts/sample_library/measure.py [--sample classifier/sample] [--dry-run]

A phrase is scored as the product scores it (`classifier.scoring.phrase_direction`), on the starter. Its figure is the
AUC against the true attribute in the manifest. Then the reverse: how well a logistic regression learns a simulated
taste from 80 answers, on 60 other pictures.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from classifier.clip.backbones import resolve_backbone  # noqa: E402
from classifier.clip.engine import Engine  # noqa: E402
from classifier.clip.statistics import BackgroundStatistics  # noqa: E402
from classifier.scoring import phrase_direction  # noqa: E402

# Wordings that a person would write, by attribute; the first that passes is the one suggested.
CANDIDATES: dict[str, tuple[str, ...]] = {
    "beach": ("at the beach", "a beach"),
    "mountains": ("snowy mountains", "in the mountains"),
    "dog": ("with a dog", "a dog"),
    "guitar": ("playing guitar", "a guitar"),
    "sunset": ("a sunset over the sea", "at sunset"),
    "forest": ("in the forest", "a forest"),
    "library": ("in a library", "books"),
    "cat": ("with a cat", "a cat"),
    "tennis": ("playing tennis", "a tennis court"),
    "football": ("playing football", "a soccer ball"),
    "kitchen": ("cooking in the kitchen", "in the kitchen"),
    "lounge": ("on the sofa", "in a living room"),
    "bicycle": ("riding a bike", "a bicycle"),
    "book": ("reading a book", "a book"),
    "laptop": ("working on a laptop", "a laptop"),
    "flowers": ("holding flowers", "flowers", "a bouquet of flowers"),
    "meadow": ("in a field", "in the countryside"),
    "piano": ("playing the piano", "a piano"),
    "umbrella": ("with an umbrella", "an umbrella"),
    "cake": ("a birthday cake", "a cake"),
    "camera": ("with a camera", "a camera"),
    "street": ("a city street", "in the street"),
    "city": ("a city at night", "a skyline at night"),
    "stage": ("on stage", "at a concert"),
}
TASTES = (("dog", "guitar"), ("beach", "sunset"), ("mountains", "forest"), ("cat", "book", "library"),
          ("tennis", "football", "bicycle"), ("dog", "cat"), ("guitar", "piano"))  # fmt: skip
SUGGESTED, LEAST_AUC, LEAST_PICTURES = 12, 0.81, 8

Vectors = NDArray[np.float32]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=Path, default=ROOT / "classifier" / "sample")
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    options = parser.parse_args()
    photos = json.loads((options.sample / "manifest.json").read_text())["photos"]
    attributes = [set(photo["attributes"]) for photo in photos]
    engine = Engine.load(resolve_backbone("starter", ROOT), dtype="float32")
    vectors = embedded(engine, [options.sample / photo["file"] for photo in photos])
    passed = chosen_phrases(engine, vectors, attributes)
    probe(vectors, attributes)
    if not options.dry_run:
        (options.sample / "phrases.json").write_text(json.dumps({"suggested": passed}, indent=1) + "\n")


def embedded(engine: Engine, files: list[Path]) -> Vectors:
    """The unit vectors (n, d) of the pictures, in their order."""
    vectors = [each.vector for each in engine.embed((str(file), file) for file in files)]
    return np.stack([vector for vector in vectors if vector is not None])


def phrase_auc(engine: Engine, vectors: Vectors, phrase: str, is_true: list[bool]) -> float:
    """AUC of the product's phrase score against the truth."""
    background = BackgroundStatistics.load(engine.backbone.statistics)
    direction = phrase_direction(engine.encode_phrases([phrase])[0], engine.neutral, background)
    return float(roc_auc_score(is_true, vectors @ direction))


def chosen_phrases(engine: Engine, vectors: Vectors, attributes: list[set[str]]) -> list[dict[str, str | float]]:
    """Prints every candidate and gives the ones to suggest, in the order of `CANDIDATES`."""
    passed: list[dict[str, str | float]] = []
    for attribute, phrases in CANDIDATES.items():
        is_true = [attribute in each for each in attributes]
        aucs = {phrase: phrase_auc(engine, vectors, phrase, is_true) for phrase in phrases}
        print(f"{attribute:10s} {sum(is_true):3d}  " + "  ".join(f"{p}: {auc:.3f}" for p, auc in aucs.items()))
        good = [(phrase, auc) for phrase, auc in aucs.items() if auc > LEAST_AUC]
        if good and sum(is_true) >= LEAST_PICTURES and len(passed) < SUGGESTED:
            phrase, auc = good[0]
            passed.append({"phrase": phrase, "attribute": attribute, "auc": round(auc, 3)})
    mean = np.mean([float(each["auc"]) for each in passed])
    print(f"suggested: {len(passed)}, mean AUC {mean:.3f}, least {min(float(e['auc']) for e in passed):.3f}")
    return passed


def probe(vectors: Vectors, attributes: list[set[str]], labels: int = 80, held_out: int = 60) -> None:
    """Prints the mean AUC over 30 draws of a logistic regression that learns each of `TASTES`."""
    rng = np.random.default_rng(0)
    for taste in TASTES:
        likes = np.array([bool(each & set(taste)) for each in attributes])
        aucs = []
        for _ in range(30):
            order = rng.permutation(len(likes))
            seen, unseen = order[:labels], order[labels : labels + held_out]
            model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(vectors[seen], likes[seen])
            aucs.append(roc_auc_score(likes[unseen], model.decision_function(vectors[unseen])))
        print(f"likes {' or '.join(taste):28s} {likes.sum():3d} of {len(likes)}  probe AUC {np.mean(aucs):.3f}")


if __name__ == "__main__":
    main()
