"""What drf-spectacular is told. The document itself is docs/openapi.yaml, renewed by `make schema`."""

from __future__ import annotations

from typing import Any

DESCRIPTION = """
Photos in, scores with reasons out, answers kept, versions trained: everything the pages do.

* **Signing in**: `Authorization: Bearer <token>`, from `POST /api/auth/token`; or a browser's session, with
  `X-CSRFToken` for whatever changes something. Everything is one person's own: what is somebody else's is a 404.
* **Errors** are `{detail, code}`: a sentence for people and a word for programs; `fields` beside them has the
  sentences of each field that breaks a rule.
* **Lists** are `{next, results}`: follow `next`, whole, until it is null. Their order is stable: what comes or goes
  while you page neither repeats nor hides anything else.
* **202** with the code `pending` says that a worker is at it: ask again after `Retry-After` seconds.
* **Limits**: 1 MB of JSON, 1 GB of files in a request; 6,000 requests a minute a person, fewer of what occupies a
  worker.

The guide with a tutorial is docs/api.md.
"""

TAGS = {
    "Photos": "Add, list and remove photos, each with its current score and why.",
    "Results": "What one version said of one photo, your answers, and where things stand.",
    "Preferences": "What you look for: weights, thresholds, phrases, reference photos.",
    "Review": "Which photos to answer next, so that each answer teaches most.",
    "Search": "By words, and by likeness.",
    "Training": "Start, follow and cancel a training.",
    "Versions": "Every trained state of the model: use it, compare it, carry it elsewhere.",
    "Account": "Tokens.",
    "Service": "For whoever runs it.",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Dating Wizard",
    "DESCRIPTION": DESCRIPTION.strip(),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "MIT"},
    "TAGS": [{"name": name, "description": said} for name, said in TAGS.items()],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_SUFFIX": "",
    "ENUM_NAME_OVERRIDES": {
        "Feedback": "classifier.models.ClassificationResult.Feedback",
        "PhotoStatus": "classifier.models.Photo.Status",
        "PhraseKind": "classifier.models.TextPreference.Kind",
        "ReviewAnswerChoice": "classifier.models.ReviewAnswer.Answer",
        "PendingCode": [("pending", "pending")],
        "JobStatus": "training.models.TrainingJob.Status",
        "JobTrigger": "training.models.TrainingJob.Trigger",
        "JobPhase": "training.models.TrainingJob.Phase",
        "VersionType": "training.models.ModelVersion.Type",
    },
    "PATH_CONVERTER_OVERRIDES": {
        "int": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "wizard.schema.add_what_is_shared",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "persistAuthorization": False,
        "validatorUrl": None,
        "tryItOutEnabled": True,
        "defaultModelsExpandDepth": 0,
    },
}
