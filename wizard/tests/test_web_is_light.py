"""The web process starts fast and stays small because it never loads what the workers need."""

from __future__ import annotations

import os
import subprocess
import sys

from django.conf import settings

HEAVY = ("torch", "open_clip", "torchvision", "sklearn", "scipy", "cv2")
PROGRAM = f"""
import sys
import wizard.wsgi
from django.urls import get_resolver
get_resolver().url_patterns          # loads every view, form and serializer
import classifier.services, classifier.tasks, classifier.sample
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""


def test_the_web_process_imports_none_of_the_heavy_libraries() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
        env=os.environ,
        check=True,
    )
    assert found.stdout.split() == []
