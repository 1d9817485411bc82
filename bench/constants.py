"""The rows of docs/benchmarks.json that the capacity model is made of."""

from __future__ import annotations

import json
import math
from pathlib import Path

from bench.table import KEPT, Row

# What the model needs: its name there, the part of the benchmark that measures it, and the row.
CONSTANTS = {
    "upload": ("footprint", "processor of web, a photo uploaded"),
    "page": ("footprint", "processor of web, the library's page"),
    "thumbnail": ("footprint", "processor of web, a thumbnail"),
    "image": ("footprint", "processor of web, an image"),
    "answer": ("footprint", "processor of web, an answer"),
    "upload_postgres": ("footprint", "processor of Postgres, a photo uploaded"),
    "page_postgres": ("footprint", "processor of Postgres, the library's page"),
    "thumbnail_postgres": ("footprint", "processor of Postgres, a thumbnail"),
    "answer_postgres": ("footprint", "processor of Postgres, an answer"),
    "score": ("footprint", "processor of score, a photo scored, ViT-B/32"),
    "score_starter": ("workers", "processor of the score worker, a photo scored, starter"),
    "score_postgres": ("footprint", "processor of Postgres, a photo scored, ViT-B/32"),
    "anew": ("footprint", "processor of score, a photo scored anew"),
    "anew_postgres": ("footprint", "processor of Postgres, a photo scored anew"),
    "tuned": ("learning_costs", "processor of score, a photo scored anew by a tuned version"),
    "train_few": ("learning_costs", "processor of train, 50 answers"),
    "train_many": ("learning_costs", "processor of train, 200 answers"),
    "look_few": ("learning_costs", "processor of score, once a minute for each person with 50 answers"),
    "look_many": ("learning_costs", "processor of score, once a minute for each person with 200 answers"),
    "file": ("footprint", "processor of score, once an hour for each file"),
    "image_file": ("footprint", "file of a photo: image"),
    "thumbnail_file": ("footprint", "file of a photo: thumbnail"),
    "stem_file": ("footprint", "file of a photo: stem activations, ViT-B/32"),
    "version_file": ("learning_costs", "file of a version whose tail was tuned"),
    "photo_row": ("footprint", "a row of classifier_photo, its indexes with it"),
    "vector_row": ("footprint", "a row of classifier_photoembedding, its indexes with it"),
    "result_row": ("footprint", "a row of classifier_classificationresult, its indexes with it"),
    "review_row": ("footprint", "a row of classifier_reviewanswer, its indexes with it"),
    "learned_row": ("footprint", "a row of training_learnedanswer, its indexes with it"),
    "redis": ("footprint", "Redis, of a person who used it"),
    "web_memory": ("footprint", "web, resident"),
    "score_memory": ("footprint", "score, resident"),
    "train_memory": ("learning_costs", "train, at its peak"),
    "sqlite_answer": ("footprint", "SQLite's one writer, an answer"),
    "sqlite_score": ("footprint", "SQLite's one writer, the score of a photo"),
}


class Measured(dict[str, float]):
    """The constants by their names. What was not measured is no number, and nor is what would follow from it."""

    def __init__(self, path: Path = KEPT) -> None:
        kept = json.loads(path.read_text()) if path.exists() else {}
        found = {
            (part, fields["what"]): Row(**{**fields, "runs": tuple(fields["runs"])})
            for part, each in kept.items()
            for fields in each["rows"]
        }
        self.rows = {name: found[where] for name, where in CONSTANTS.items() if where in found}
        self.said = sorted(
            {(part, kept[part]["date"], kept[part]["machine"]) for part, _ in CONSTANTS.values() if part in kept}
        )
        super().__init__({name: self.rows[name].median if name in self.rows else math.nan for name in CONSTANTS})

    @property
    def missing(self) -> list[tuple[str, str]]:
        """The part that measures it, and its row."""
        return [where for name, where in CONSTANTS.items() if name not in self.rows]
