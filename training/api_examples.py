"""What the API says of trainings and versions, as it looks: for the schema alone."""

from __future__ import annotations

from typing import Any

JOB: dict[str, Any] = {
    "id": 7,
    "status": "running",
    "trigger": "manual",
    "phase": "folds",
    "done": 0.42,
    "waits_behind": 0,
    "current_epoch": 5,
    "epochs": 12,
    "current_loss": 0.41,
    "current_accuracy": 0.83,
    "samples_per_s": 950.0,
    "eta_s": 14.2,
    "history": [{"fold": 1, "epoch": 1, "loss": 0.66, "accuracy": 0.71}],
    "likes": 31,
    "dislikes": 27,
    "outcome": "",
    "error": "",
    "version_id": None,
    "cancel_requested": False,
    "created_at": "2026-11-25T10:00:00Z",
    "started_at": "2026-11-25T10:00:01Z",
    "finished_at": None,
}
WAITING = JOB | {
    "status": "pending",
    "phase": "",
    "done": 0.0,
    "current_epoch": 0,
    "history": [],
    "started_at": None,
    **dict.fromkeys(("current_loss", "current_accuracy", "samples_per_s", "eta_s")),
}
CANCELLED = WAITING | {"status": "cancelled", "finished_at": "2026-11-25T10:00:02Z"}
TOO_FEW = {
    "detail": "Training needs at least 10 photos you like and 10 you do not; so far there are 4 and 12.",
    "code": "too_few_labels",
    "likes": 4,
    "dislikes": 12,
    "minimum": 10,
}
FIGURE = {"value": 0.81, "low": 0.74, "high": 0.87}
VERSION: dict[str, Any] = {
    "id": 9,
    "version_number": 2,
    "model_type": "fine_tuned",
    "backbone": "ViT-B-32/datacomp_xl_s13b_b90k",
    "is_active": True,
    "is_pinned": False,
    "can_serve": True,
    "parent_id": 4,
    "imported_from": "",
    "size": 28_400_000,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "likes": 31,
    "dislikes": 27,
    "accuracy": FIGURE,
    "auc": {"value": 0.88, "low": 0.81, "high": 0.93},
    "usage": {
        "predictions": 218,
        "likes": 12,
        "super_likes": 2,
        "dislikes": 6,
        "like_rate": {"value": 0.7, "low": 0.48, "high": 0.86},
        "like_rate_of_matches": {"value": 0.86, "low": 0.6, "high": 0.96},
        "prequential_accuracy": FIGURE,
    },
    "created_at": "2026-11-25T10:00:40Z",
}
ACTIVATED = {"id": 9, "version_number": 2, "is_active": True}
IMPORTED = {"id": 10, "version_number": 3, "is_active": False}
SIDE: dict[str, Any] = {
    "version_id": 9,
    "version_number": 2,
    "accuracy": FIGURE,
    "auc": 0.88,
    "calibration": [{"said": 0.72, "liked": FIGURE, "photos": 12}],
}
COMPARISON = {
    "photos": 58,
    "a": SIDE,
    "b": SIDE | {"version_id": 4, "version_number": 1, "auc": None},
    "better": 9,
    "worse": 4,
    "p": 0.27,
    "sentence": "Version 2 is right about 9 that version 1 is wrong about, and wrong about 4: could be chance.",
    "disagreements": [{"photo_id": 12, "liked": True, "a": 0.91, "b": 0.22}],
}
STATS: dict[str, Any] = {
    "photos": 218,
    "answers": 58,
    "likes": 31,
    "dislikes": 27,
    "matches": 64,
    "until_auto": 42,
    "active_version_id": 9,
    "active_version_number": 2,
    "accuracy": FIGURE,
    "like_rate_of_matches": FIGURE,
    "by_version": [{"version_id": 9, "version_number": 2, "like_rate": FIGURE, "answers": 20}],
    "over_time": [{"start": "2026-11-25", "like_rate": FIGURE, "answers": 58}],
    "scores": [0, 0, 1, 4, 9, 4, 1],
    "calibration": [{"said": 0.72, "liked": FIGURE, "photos": 12}],
}
