"""What the API says and hears, as it looks: for the schema alone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample

COMPONENTS = {
    "semantic": {"value": 0.86, "weight": 1.0, "reason": "Clear: “at the beach” (top 4 % of your photos)"},
    "learned": {"value": 0.78, "weight": 1.0, "reason": "78 % likely that you would say yes"},
}
REASONS = [
    {"kind": "want", "text": "Clear: “at the beach” (top 4 % of your photos)"},
    {"kind": "learned", "text": "78 % likely that you would say yes"},
]
PHOTO: dict[str, Any] = {
    "id": 12,
    "status": "ready",
    "unreadable_reason": "",
    "source_name": "beach.jpg",
    "bio": "Sea, dogs, long walks.",
    "width": 1536,
    "height": 2048,
    "created_at": "2026-11-25T09:30:00Z",
    "image": "/api/photos/12/image",
    "thumbnail": "/api/photos/12/thumbnail",
    "result_id": 31,
    "version_number": 2,
    "score": 0.82,
    "is_match": True,
    "is_super_match": False,
    "components": COMPONENTS,
    "reasons": REASONS,
    "user_feedback": "like",
}
RESULT = {
    "id": 31,
    "photo_id": 12,
    "version_number": 2,
    "score": 0.82,
    "is_match": True,
    "is_super_match": False,
    "components": COMPONENTS,
    "reasons": REASONS,
    "is_current": True,
    "user_feedback": "like",
    "feedback_at": "2026-11-25T09:31:00Z",
    "created_at": "2026-11-25T09:30:02Z",
}
QUEUED: dict[str, Any] = PHOTO | {
    "id": 13,
    "status": "queued",
    "image": "/api/photos/13/image",
    "thumbnail": "/api/photos/13/thumbnail",
    **dict.fromkeys(
        (
            "result_id",
            "version_number",
            "score",
            "is_match",
            "is_super_match",
            "components",
            "reasons",
            "user_feedback",
        )
    ),
}
OUTCOME = {
    "created": [QUEUED],
    "duplicates": [{"name": "beach-copy.jpg", "id": 12}],
    "rejected": [
        {
            "name": "notes.pdf",
            "reason": "PDF files are not supported; add a JPEG, PNG, WebP, HEIC, AVIF or GIF.",
            "code": "unsupported_type",
        }
    ],
}
TASTE_CHANGE = {"match_threshold": 0.65, "auto_train": True, "auto_train_every": 50}
TASTE = {
    "semantic_weight": 1.0,
    "reference_weight": 0.5,
    "learned_weight": 1.0,
    "match_threshold": 0.65,
    "super_like_threshold": 0.85,
    "auto_train": True,
    "auto_train_every": 50,
    "is_being_scored": True,
}
PHRASE_GIVEN = {"phrase": "at the beach", "kind": "want", "weight": 1.0}
PHRASE = {"id": 3, **PHRASE_GIVEN, "is_dealbreaker": False, "created_at": "2026-11-25T09:20:00Z"}
REFERENCE_GIVEN = {"photo_id": 12, "category": "outdoors", "description": "That light."}
REFERENCE = {"id": 5, **REFERENCE_GIVEN, "created_at": "2026-11-25T09:25:00Z"}
ANSWER_GIVEN = {"photo_id": 12, "answer": "like", "why": "uncertain"}
ANSWER = {**ANSWER_GIVEN, "before": "", "at": "2026-11-25T09:31:00Z"}


def said(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


def heard(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)
