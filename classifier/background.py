"""Where a backbone's background statistics come from: the sample library, embedded once.

Drawn people over many scenes are close enough: over the phrases of the test photos' labels, the mean of a phrase on the
drawings lies 0.4 of a standard deviation from its mean on real photos, and the prior weighs twenty photos.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.clip.statistics import BackgroundStatistics
from classifier.sample import sample_photos

if TYPE_CHECKING:
    from classifier.clip.engine import Engine


def measure_background(engine: Engine) -> Path:
    """Embed the sample library and write the statistics beside the engine's weights; returns the file."""
    vectors = [found.vector for found in engine.embed((photo.file.name, photo.file) for photo in sample_photos())]
    statistics = BackgroundStatistics.from_vectors(np.stack([vector for vector in vectors if vector is not None]))
    statistics.save(engine.backbone.statistics)
    return engine.backbone.statistics
