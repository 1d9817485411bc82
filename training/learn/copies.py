"""Copies of one picture: crops, mirror images, screenshots, small rotations, other brightness.

A copy that is in one fold while its picture is in another tells the answer, and the figures of a training are then too
good. The vectors of copies are alike, but so are those of many other photos: a crop that takes 9 % away leaves a
cosine of .94, one of 20 % leaves .88, and photos that have nothing to do with one another reach .84. So vectors only
name candidates, and local features (SIFT, Lowe 2004) decide: a similarity transform has to map many of them onto one
another (RANSAC), and the mapped pictures have to look alike where they overlap. OpenCV; plain arrays in, no database.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from training.learn.data import Floats, Indices, Vectors

ROWS = 512
NEAREST = 8  # candidates of each photo
CANDIDATE = 0.65  # cosine from which two photos may be copies
SIDE = 256  # pixels of the longer side that features are looked for in
KEYPOINTS = 300
RATIO = 0.8  # of the distances to the nearest and the second nearest feature (Lowe 2004)
INLIERS = 8
TOLERANCE = 4.0  # pixels
SCALES = (0.4, 2.5)
LOOK_SIDE = 96  # pixels of the longer side that mapped pictures are compared in
LEAST_OVERLAP = 0.3  # of the smaller picture
ALIKE = 0.85  # correlation of the overlap

Grey = NDArray[np.uint8]
OpenPicture = Callable[[int], bytes | None]
"""The encoded picture of a photo by its index, or None where it cannot be read."""


@dataclass(frozen=True)
class Features:
    """Of one picture: where its features are, f32 [k, 2] in pixels, what they look like, f16 [k, 128] of unit length
    (RootSIFT, Arandjelovic and Zisserman 2012), its width, and the picture itself in grey, small.
    """

    points: Vectors
    descriptors: NDArray[np.float16]
    width: int
    look: Grey
    scale: float  # from points to pixels of `look`


def find_copies(
    vectors: Vectors, open_picture: OpenPicture, check: Callable[[], None], threads: int | None = None
) -> Indices:
    """Pairs i64 [m, 2] of photos that are copies of one picture. Unit vectors f32 [n, d].

    `check` is called again and again, from several threads, and may raise to stop it.
    """
    pairs = candidate_pairs(vectors)
    cv2.setNumThreads(1)  # each thread of ours is one core's work

    def look(photo: int) -> Features | None:
        check()
        picture = open_picture(photo)
        return None if picture is None else features_of(picture)

    threads = threads or torch.get_num_threads()
    with ThreadPoolExecutor(threads, "copies", initializer=torch.set_num_threads, initargs=(1,)) as pool:
        found = dict(zip(np.unique(pairs).tolist(), pool.map(look, np.unique(pairs).tolist()), strict=True))

        def verify(pair: Indices) -> bool:
            check()
            one, other = (found[photo] for photo in pair.tolist())
            return one is not None and other is not None and are_copies(one, other)

        kept = np.fromiter(pool.map(verify, pairs), bool, count=len(pairs))
    copies: Indices = pairs[kept]
    return copies


def features_of(picture: bytes) -> Features | None:
    """None for what is no picture."""
    grey = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    if grey is None:
        return None
    grey = _shrunk(grey, SIDE)
    # Contrast first: a dark copy has as many features as its picture.
    sift = cv2.SIFT.create(KEYPOINTS, contrastThreshold=0.02)
    found, descriptors = sift.detectAndCompute(cv2.equalizeHist(grey), None)
    points = np.array([point.pt for point in found], np.float32).reshape(-1, 2)
    raw = np.zeros((0, 128), np.float32) if descriptors is None else descriptors
    unit = np.sqrt(raw / np.maximum(raw.sum(axis=1, keepdims=True), 1e-6))
    look = cv2.GaussianBlur(_shrunk(grey, LOOK_SIDE), (0, 0), 1.0)
    scale = look.shape[1] / grey.shape[1]
    return Features(points, unit.astype(np.float16), grey.shape[1], np.asarray(look, np.uint8), scale)


def mirrored(features: Features) -> Features:
    """Those of the mirror image, without looking for them again."""
    points = features.points.copy()
    points[:, 0] = features.width - 1 - points[:, 0]
    turned = features.descriptors.reshape(-1, 4, 4, 8)[:, ::-1][..., (-np.arange(8)) % 8]
    return Features(
        points,
        np.ascontiguousarray(turned.reshape(-1, 128)),
        features.width,
        np.ascontiguousarray(features.look[:, ::-1]),
        features.scale,
    )


def are_copies(one: Features, other: Features) -> bool:
    """Whether they are of one picture, or of its mirror image."""
    return _map_onto(one, other) or _map_onto(mirrored(one), other)


def _map_onto(one: Features, other: Features) -> bool:
    pairs = _matches(one.descriptors, other.descriptors)
    if len(pairs) < INLIERS:
        return False
    matrix, inliers = cv2.estimateAffinePartial2D(
        one.points[pairs[:, 0]], other.points[pairs[:, 1]], ransacReprojThreshold=TOLERANCE, maxIters=1000
    )
    if matrix is None or int(inliers.sum()) < INLIERS:
        return False
    scale = float(np.hypot(matrix[0, 0], matrix[0, 1]))
    return SCALES[0] <= scale <= SCALES[1] and _likeness(one, other, matrix.astype(np.float64)) >= ALIKE


def _matches(one: NDArray[np.float16], other: NDArray[np.float16]) -> Indices:
    """Pairs i64 [m, 2] of features that are nearest to one another, and much nearer than the second nearest."""
    if len(one) < 2 or len(other) < 2:
        return np.zeros((0, 2), np.int64)
    # In torch, whose threads of this pool are single: numpy's product would take all cores for each pair.
    likeness = (torch.from_numpy(one).float() @ torch.from_numpy(other).float().T).numpy()
    best = likeness.argmax(axis=1)
    rows = np.arange(len(one))
    nearest = likeness[rows, best]
    is_mutual = likeness.argmax(axis=0)[best] == rows
    likeness[rows, best] = -1
    second = likeness.max(axis=1)
    is_clear = (1 - nearest) < RATIO**2 * (1 - second)  # squared distances of unit vectors
    kept = np.flatnonzero(is_mutual & is_clear)
    return np.column_stack([kept, best[kept]]).astype(np.int64)


def _likeness(one: Features, other: Features, matrix: Floats) -> float:
    """Correlation of the pictures where they overlap, once `matrix` f64 [2, 3] has mapped one onto the other."""
    small = matrix.copy()
    small[:, :2] *= other.scale / one.scale
    small[:, 2] *= other.scale
    size = other.look.shape[1], other.look.shape[0]
    mapped = cv2.warpAffine(one.look, small, size, flags=cv2.INTER_LINEAR)
    there = cv2.warpAffine(np.full_like(one.look, 255), small, size, flags=cv2.INTER_NEAREST) == 255
    area = one.look.size * abs(float(np.linalg.det(small[:, :2])))
    if there.sum() < LEAST_OVERLAP * min(area, other.look.size):
        return 0.0
    a, b = mapped[there].astype(np.float64), other.look[there].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    return float(a @ b / max(np.sqrt((a @ a) * (b @ b)), 1e-9))


def _shrunk(grey: Any, side: int) -> Any:
    share = side / max(grey.shape)
    if share >= 1:
        return grey
    size = max(1, round(grey.shape[1] * share)), max(1, round(grey.shape[0] * share))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA)


def candidate_pairs(vectors: Vectors) -> Indices:
    """Unit vectors f32 [n, d] -> pairs i64 [m, 2], the lower index first: each photo and its NEAREST, if alike."""
    pairs: set[tuple[int, int]] = set()
    for start in range(0, len(vectors), ROWS):
        cosines = vectors[start : start + ROWS] @ vectors.T
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = -1
        nearest = np.argpartition(-cosines, min(NEAREST, len(vectors) - 1) - 1, axis=1)[:, :NEAREST]
        for row, column in zip(np.repeat(rows, nearest.shape[1]).tolist(), nearest.ravel().tolist(), strict=True):
            if cosines[row, column] >= CANDIDATE:
                pairs.add((min(start + row, column), max(start + row, column)))
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)
