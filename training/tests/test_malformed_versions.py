"""Bad version files: each is refused in one sentence, nothing of it is executed or kept.

The full tier tries more than nine hundred of them, the commit tier one of each family.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.test import Client
from rest_framework.test import APIClient

from classifier.tests.image_samples import is_one_sentence
from classifier.tests.malformed.distinct import distinct
from training import exchange
from training.models import ModelVersion
from training.tests.malformed.inside import inside_files
from training.tests.malformed.outside import outside_files
from training.tests.malformed.version import VersionFile, exported, sound_weights
from wizard.instance import BASE_DIR

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.usefixtures("checked_here", "empty_storage"),
]

NAME = "mine.wizard"
BACKBONE_NAME = re.compile(r"[\w+-]+/[\w+-]+", re.ASCII)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    return tmp_path / "sprung"


@pytest.fixture(autouse=True)
def one_check_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.store.claim", lambda key, holder, seconds: True)
    monkeypatch.setattr("wizard.store.give_up", lambda key, holder: None)


@pytest.mark.full("looks at the corpus that only the full tier tries as a whole")
def test_the_corpus_is_large(trap: Path) -> None:
    families = Counter(file.family for file in (*outside_files(), *inside_files(trap)) if file.taken is not True)
    assert sum(families.values()) >= 900
    assert len(families) >= 20


def test_every_file_that_is_wrong_outside_is_refused(owner: User, is_full: bool) -> None:
    files = outside_files() if is_full else distinct(outside_files())
    for file in files:
        assert fate(owner, file) == bool(file.taken) or file.taken is None, (file.family, file.name)
    assert kept_files() == files_of_rows()


def test_every_file_whose_weights_are_wrong_is_refused_and_not_run(owner: User, trap: Path, is_full: bool) -> None:
    files = [file for file in inside_files(trap) if not file.is_heavy]
    for file in files if is_full else distinct(files):
        taken = fate(owner, file)
        assert file.taken in (None, taken), (file.family, file.name)
        assert not trap.exists(), (file.family, file.name)
    assert kept_files() == files_of_rows()


def test_what_would_become_large_is_refused_here_too(owner: User, trap: Path) -> None:
    """Only the files that do no harm to this process if a check lets them pass."""
    names = {"100000 landmarks", "swollen tensor", "swollen pickle"}
    files = [file for file in inside_files(trap) if file.name in names]
    assert len(files) == len(names)
    assert [file.name for file in files if fate(owner, file)] == []


@pytest.mark.full("imports torch in a new process, whose memory it measures")
def test_what_would_become_large_is_refused_small(trap: Path, tmp_path: Path) -> None:
    """In one process for all, under the limit that each has in the product."""
    paths = [tmp_path / f"{number}.pt" for number in range(6)]
    contents = [file for file in inside_files(trap) if file.is_heavy]
    for path, file in zip(paths, contents, strict=False):
        path.write_bytes(weights_of(file))
    code = """
import resource, sys
from pathlib import Path
from classifier.clip.backbones import resolve_backbone
from training.learn import check_file
backbone = resolve_backbone("starter", Path("."))
resource.setrlimit(resource.RLIMIT_AS, (check_file.MOST_MEMORY, check_file.MOST_MEMORY))
peak = lambda: int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024
check_file.verdict(Path(sys.argv[1]), backbone)
before = peak()
for path in sys.argv[2:]:
    print(check_file.verdict(Path(path), backbone) or "taken")
print(peak() - before)
"""
    sound = tmp_path / "sound.pt"
    sound.write_bytes(sound_weights(tuned=True))
    command = [sys.executable, "-c", code, str(sound), *(str(path) for path in paths if path.exists())]
    ran = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=True)
    *said, grown = ran.stdout.splitlines()
    assert len(said) == len(contents) == 5
    assert all(is_plain(sentence.replace(path.name, NAME)) for sentence, path in zip(said, paths, strict=False)), said
    assert int(grown) < 100, "megabytes more than a sound one takes"


def test_the_page_and_the_api_say_it_whatever_the_manifest_says(
    owner: User, owner_client: Client, api: APIClient, is_full: bool
) -> None:
    families = ("backbone", "json") if is_full else ("backbone",)
    for file in [each for each in outside_files() if each.family in families]:
        page = owner_client.post("/versions/import/", {"file": ContentFile(file.content, name=NAME)}, follow=True)
        assert (page.status_code, "<b>a</b>" in page.content.decode()) == (200, False)
        answer = api.post("/api/models/versions/import", {"file": ContentFile(file.content, name=NAME)})
        assert answer.status_code == 422
        assert is_plain(json.loads(answer.content)["detail"])


def test_the_sound_one_they_are_made_from_is_taken(owner: User) -> None:
    assert fate(owner, VersionFile("sound", "frozen", exported(sound_weights())))
    assert fate(owner, VersionFile("sound", "tuned", exported(sound_weights(tuned=True))))
    assert len(kept_files()) == 2


def fate(owner: User, file: VersionFile) -> bool:
    """Whether it was taken; a refusal is one sentence, and leaves no row."""
    before = ModelVersion.objects.count()
    try:
        exchange.import_version(owner=owner, file=ContentFile(file.content, name=NAME), name=NAME)
    except exchange.ImportRefused as refused:
        said = str(refused)
    else:
        return True
    assert is_plain(said), (file.family, file.name, said)
    assert ModelVersion.objects.count() == before
    return False


def is_plain(said: str) -> bool:
    return is_one_sentence(BACKBONE_NAME.sub("it", said.replace(NAME, "It")))


def weights_of(file: VersionFile) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        return archive.read("version.pt")


def kept_files() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def files_of_rows() -> set[str]:
    return set(ModelVersion.objects.exclude(file="").values_list("file", flat=True))
