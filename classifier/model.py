"""The one model this instance runs: its backbone (cheap to ask for) and its engine (in the worker alone)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from classifier.clip.backbones import Backbone, resolve_backbone

if TYPE_CHECKING:
    from classifier.clip.engine import Engine
    from classifier.clip.statistics import BackgroundStatistics


@lru_cache(maxsize=1)
def current_backbone() -> Backbone:
    """Raises BackboneError when the setting names none that is here; the system check says so at the start."""
    return resolve_backbone(settings.WIZARD_BACKBONE, settings.WIZARD_WEIGHTS_DIR)


@lru_cache(maxsize=1)
def get_engine() -> Engine:
    """The engine, loaded on first use and kept. It imports torch: never call it in the web process."""
    from classifier.clip.engine import Engine

    return Engine.load(current_backbone(), threads=settings.WIZARD_SCORE_THREADS or None)


@lru_cache(maxsize=1)
def get_statistics() -> BackgroundStatistics | None:
    """How the backbone's vectors lie in general; None where that was never measured."""
    from classifier.clip.statistics import BackgroundStatistics

    return BackgroundStatistics.load(current_backbone().statistics)
