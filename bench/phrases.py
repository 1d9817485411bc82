"""How well a label's own name finds its photos, for several ways to take the neutral prompts away.

Run: python -m bench.phrases. It needs the labelled photos in ../shared/photos (or WIZARD_TEST_PHOTOS) and the starter.
Figures: area under the curve, mean over the labels of a source, then over sources; within the source and over all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from bench.tastes import PHOTOS
from classifier.clip.backbones import resolve_backbone
from classifier.clip.engine import Engine
from classifier.clip.statistics import BackgroundStatistics
from classifier.scoring import Floats, phrase_direction


def main() -> None:
    files = sorted(PHOTOS.glob("*/*/*.jpg"))
    if not files:
        raise SystemExit(f"There are no labelled photos in {PHOTOS}.")
    engine = Engine.load(resolve_backbone("starter", Path()))
    background = BackgroundStatistics.load(engine.backbone.statistics)
    if background is None:
        raise SystemExit("The starter has no background statistics: run manage.py measure_background.")
    vectors = np.stack([found.vector for found in engine.embed(enumerate(files)) if found.vector is not None])
    neutral = engine.neutral
    ways: dict[str, Callable[[Floats], Floats]] = {
        "all of the neutral prompts": lambda phrase: phrase - neutral,
        "the least-squares share": lambda phrase: phrase - background.share(phrase, neutral) * neutral,
        "half-way, as the product does": lambda phrase: phrase_direction(phrase, neutral, background),
    }
    for name, direction in ways.items():
        within, overall = _auc(engine, files, vectors, direction)
        print(f"{name:32} within the source {within:.3f}   over all {overall:.3f}")


def _auc(
    engine: Engine, files: list[Path], vectors: Floats, direction: Callable[[Floats], Floats]
) -> tuple[float, float]:
    label_of = np.array([file.parent.name for file in files])
    source_of = np.array([file.parent.parent.name for file in files])
    means = []
    for source in sorted(set(source_of)):
        inside = source_of == source
        figures = []
        for label in sorted(set(label_of[inside])):
            true = inside & (label_of == label)
            score = vectors @ direction(engine.encode_phrases([label.replace("_", " ")])[0])
            figures.append((roc_auc_score(true[inside], score[inside]), roc_auc_score(true, score)))
        means.append(np.mean(figures, axis=0))
    within, overall = np.mean(means, axis=0)
    return float(within), float(overall)


if __name__ == "__main__":
    main()
