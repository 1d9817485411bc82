"""What the active version learned, applied to photos; and the kept stem activations that it is applied to."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from classifier.model import current_backbone, get_engine
from classifier.models import ClassificationResult, Photo
from classifier.stems import stem_path
from training.models import ModelVersion
from wizard import files

if TYPE_CHECKING:
    from classifier.clip.backbones import Backbone
    from training.learn.version import Scorer, Version

log = logging.getLogger(__name__)

Stem = NDArray[np.float16]
Floats = NDArray[np.float32]
ASKED_AT_ONCE = 500


def load_file(version: ModelVersion) -> Version | None:
    """The trained state of a version; None for the base, and for one that was trained on another backbone.

    Raises VersionFileError when the file cannot serve.
    """
    from training.learn.version_file import load_version

    if version.is_base or not version.can_serve:
        return None
    with files.on_disk(str(version.file.name)) as path:
        return load_version(path, backbone_id=version.backbone, sha256=version.sha256)


@lru_cache(maxsize=2)
def _scorer(version_id: int, sha256: str) -> Scorer | None:
    """Kept in the score worker from one batch to the next."""
    from training.learn.version import Scorer

    version = load_file(ModelVersion.objects.get(pk=version_id))
    return Scorer(version, get_engine().tail_module) if version else None


def forget_versions() -> None:
    """Of this process's memory; whoever needs one next loads it again."""
    from classifier.questions.why import by_version  # which needs this module

    _scorer.cache_clear()
    by_version.cache_clear()


def learned_chances(
    version: ModelVersion, photo_ids: Sequence[int], vectors: Floats, sizes: Iterable[int]
) -> Iterator[Floats | None]:
    """P(like) by `version` of photos with unit vectors f32 [n, d], in parts of the given sizes, which add up to n.

    A part is None when the version has learned nothing that can serve. While one part is used the next is being
    computed: kept stem activations are read and scored in batches, each on one core. What the version said of a photo
    before is kept in the photo's result: a change of phrases, or a way back, computes nothing and loads no weights.
    """
    said = _said_before(version, photo_ids)
    needs_weights = bool(np.isnan(said).any())
    scorer = _scorer_or_none(version) if needs_weights else None
    if needs_weights and scorer is None:
        yield from (None for _ in sizes)
        return
    stream: Iterator[float] = iter(())
    if scorer and not scorer.version.is_frozen:
        engine = get_engine()
        work = partial(_score_batch, scorer, version.owner_id, (engine.tokens, engine.width))
        stream = engine.in_threads(map(_Known, photo_ids, vectors, said), work)
    start = 0
    for size in sizes:
        part = slice(start, start := start + size)
        if scorer is None:
            yield said[part]
        elif scorer.version.is_frozen:
            yield scorer.score_vectors(vectors[part]).astype(np.float32)
        else:
            chances = np.fromiter(islice(stream, size), np.float32, count=size)
            _find_lost(chances, scorer, version.owner_id, photo_ids[part], vectors[part])
            yield chances


def _scorer_or_none(version: ModelVersion) -> Scorer | None:
    if version.is_base or not version.can_serve:
        return None
    try:
        return _scorer(version.pk, version.sha256)
    except files.StorageAway:
        raise  # for now: scores that were made without it would stay
    except Exception as error:  # the scores go on without what was learned
        log.error("%s of owner %s cannot serve: %s", version, version.owner_id, error)
        return None


def _find_lost(chances: Floats, scorer: Scorer, owner_id: int, photo_ids: Sequence[int], vectors: Floats) -> None:
    """Fills in the nan, photos whose kept stem activations were missing or damaged."""
    lost: list[int] = np.flatnonzero(np.isnan(chances)).tolist()
    if not lost:
        return
    stems = read_stems(owner_id, [photo_ids[row] for row in lost])
    there = [row for row in lost if photo_ids[row] in stems]
    if there:
        chances[there] = scorer(np.stack([stems[photo_ids[row]] for row in there]), vectors[there])
    np.nan_to_num(chances, copy=False, nan=0.5)  # a photo whose file is gone: nothing is known of it


class _Known(NamedTuple):
    """Of one photo: its unit vector f32 [d], and what the version said of it before, or nan."""

    photo_id: int
    vector: Floats
    chance: float


def _said_before(version: ModelVersion, photo_ids: Sequence[int]) -> Floats:
    """P(like) as it stands in the photos' results, f32 [n]; nan where there is none."""
    if version.is_base or not version.can_serve:
        return np.full(len(photo_ids), np.nan, np.float32)
    said = said_by(version.pk, photo_ids)
    return np.array([said.get(photo_id, np.nan) for photo_id in photo_ids], np.float32)


def said_by(version_id: int, photo_ids: Sequence[int] | None = None) -> dict[int, float]:
    """P(like), in [0, 1], as the version's results say it, by photo; of some photos it may be of all."""
    results = ClassificationResult.objects.filter(model_version=version_id)
    if photo_ids is not None and len(photo_ids) <= ASKED_AT_ONCE:
        results = results.filter(photo__in=photo_ids)
    said = results.values_list("photo", "components__learned__value")
    return {photo: float(value) for photo, value in said if isinstance(value, int | float)}


def _score_batch(scorer: Scorer, owner_id: int, shape: tuple[int, int], photos: list[_Known]) -> list[float]:
    """P(like) of each; nan where the kept stem activations f16 `shape` are missing or damaged. No database here."""
    unsaid = [photo.photo_id for photo in photos if np.isnan(photo.chance)]
    kept = files.on_each(_read, [stem_path(owner_id, scorer.version.backbone_id, photo) for photo in unsaid])
    stems = {photo: stem for photo, stem in zip(unsaid, kept, strict=True) if stem is not None and stem.shape == shape}
    found: dict[int, float] = {}
    if stems:
        vectors = np.stack([photo.vector for photo in photos if photo.photo_id in stems])
        found = dict(zip(stems, scorer(np.stack(list(stems.values())), vectors).tolist(), strict=True))
    return [found.get(photo.photo_id, photo.chance) for photo in photos]


@lru_cache(maxsize=1)
def stem_shape(backbone: Backbone) -> tuple[int, int]:
    """[T, W] of a photo's stem activations. From the configuration: no weights are loaded."""
    from classifier.clip.loading import empty_model

    tokens, width = empty_model(backbone).visual.positional_embedding.shape
    return int(tokens), int(width)


def read_stems(owner_id: int, photo_ids: list[int]) -> dict[int, Stem]:
    """The kept stem activations f16 [T, W] of the owner's photos, by photo.

    One that is missing, damaged or not of the backbone's shape is computed again from the photo and kept; a photo that
    cannot be read is left out.
    """
    backbone = current_backbone().id
    found = files.on_each(_read, [stem_path(owner_id, backbone, photo) for photo in photo_ids])
    shape = stem_shape(current_backbone())
    known = zip(photo_ids, found, strict=True)
    stems = {photo: stem for photo, stem in known if stem is not None and stem.shape == shape}
    lost = [photo for photo in photo_ids if photo not in stems]
    if lost:
        log.warning("computing the stem activations of %s photos anew, the first is %s", len(lost), lost[0])
        photos = Photo.objects.filter(pk__in=lost, owner=owner_id)
        for answer in get_engine().embed(sources_of(photos)):
            if answer.stem is not None:
                keep_stem(owner_id, backbone, answer.key, answer.stem)
                stems[answer.key] = answer.stem
        _remove_stems_of_deleted(owner_id, lost)
    return stems


def _remove_stems_of_deleted(owner_id: int, photo_ids: list[int]) -> None:
    """A photo that was deleted while its activations were computed leaves none behind."""
    here = set(Photo.objects.filter(pk__in=photo_ids).values_list("pk", flat=True))
    for photo_id in set(photo_ids) - here:
        default_storage.delete(stem_path(owner_id, current_backbone().id, photo_id))


def keep_stem(owner_id: int, backbone_id: str, photo_id: int, stem: Stem) -> None:
    """Stem activations f16 [T, W] of a photo, into file storage; over those that are there."""
    buffer = io.BytesIO()
    np.save(buffer, stem, allow_pickle=False)
    default_storage.save(stem_path(owner_id, backbone_id, photo_id), ContentFile(buffer.getvalue()))


def _read(name: str) -> Stem | None:
    """None when it is not there, or not what was written."""
    try:
        with default_storage.open(name) as handle:
            stem = np.load(io.BytesIO(handle.read()), allow_pickle=False)
    except FileNotFoundError:
        return None
    except files.StorageAway:
        raise
    except (OSError, ValueError, EOFError) as error:
        log.warning("%s is damaged: %s", name, error)
        return None
    if stem.dtype != np.float16 or stem.ndim != 2 or not _is_finite(stem):
        log.warning("%s is damaged", name)
        return None
    return cast("Stem", stem)


def _is_finite(halves: Stem) -> bool:
    """`np.isfinite(halves).all()`, by their bits, ten times as fast: an exponent of all ones is infinite or nan."""
    return bool(((halves.view(np.uint16) & 0x7C00) != 0x7C00).all())


def sources_of(photos: Iterable[Photo]) -> Iterator[tuple[int, Callable[[], BinaryIO]]]:
    """For the engine: of each photo its id, and what opens its picture."""
    known = list(photos)
    names = [str(photo.image.name) for photo in known]
    return zip([photo.pk for photo in known], files.openers(names), strict=True)
