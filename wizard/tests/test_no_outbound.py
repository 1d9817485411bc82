"""Nothing is ever sent to another host: the whole main job, with every way out refused and written down."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from classifier.sample import sample_photos
from classifier.tests.image_samples import retouched
from wizard.instance import Api, Instance, running_instance, wait_until

pytestmark = [
    pytest.mark.system,
    pytest.mark.once,
    pytest.mark.timeout(500),
    pytest.mark.full("does the whole main job on an instance of its own"),
]

GUARD = Path(__file__).parent / "guard"
KINDS = ("web", "score", "train", "beat")
TRIES = {
    "connect": "import socket; socket.create_connection(('192.0.2.1', 443), timeout=1)",
    "connect_ex": "import socket; socket.socket().connect_ex(('192.0.2.1', 443))",
    "a name": "import urllib.request; urllib.request.urlopen('https://example.org')",
    "a datagram": "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'!', ('192.0.2.1', 53))",
    "a library": "import requests; requests.get('http://192.0.2.1', timeout=1)",
}


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guard")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, notes: Path) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("outbound") / "data"
    with running_instance(folder, **guard(notes)) as instance:
        yield instance


def guard(notes: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(GUARD), os.environ.get("PYTHONPATH", "")]))
    return {"PYTHONPATH": path, "WIZARD_GUARD_NOTES": str(notes)}


def read(notes: Path, kind: str) -> list[str]:
    file = notes / kind
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize("way", TRIES)
def test_the_guard_refuses_and_writes_down(tmp_path: Path, way: str) -> None:
    command = [sys.executable, "-c", TRIES[way]]
    ran = subprocess.run(command, env={**os.environ, **guard(tmp_path)}, check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "The guard refuses" in ran.stderr
    assert len(read(tmp_path, "refused")) >= 1


def test_the_main_job_asks_no_other_host(guarded: Instance, notes: Path) -> None:
    main_job(guarded.api())
    commands = "\n".join(read(notes, "guarded"))
    for name in ("gunicorn", "--queues score", "--queues train", " beat", "manage.py valkey", "manage.py launch"):
        assert name in commands, name
    assert all(guarded.processes(kind) for kind in KINDS)
    assert read(notes, "refused") == []
    assert foreign_sockets(guarded) == []
    assert "Traceback" not in guarded.log.read_text()


def main_job(api: Api) -> None:
    """Start, upload, score, search, answer, train, activate, export, import refused as a twin, download everything."""
    api.wait_until_scored(150)
    files = [("files", (each.file.name, retouched(each.file.read_bytes(), 1))) for each in sample_photos()[:8]]
    assert len(api.call("POST", "photos", files=files, data={"bio": "see https://example.org"}).json()["created"]) == 8
    assert api.call("POST", "preferences/texts", json={"phrase": "at the beach"}).status_code == 201
    photos = api.wait_until_scored(150)
    wait_until(lambda: api.call("GET", "search?q=guitar").status_code == 200, "the search is answered")
    assert api.call("GET", "review/next").ok
    for number, photo in enumerate(photos[:24]):
        api.answer(photo, "like" if number % 2 else "dislike")
    job = api.wait_until_ended(api.start_training(epochs=1), 240)
    assert job["status"] == "completed"
    version = f"models/versions/{job['version_id']}"
    assert api.call("POST", f"{version}/activate").ok
    api.wait_until_scored(150)
    exported = api.call("GET", f"{version}/export")
    refused = api.call("POST", "models/versions/import", files={"file": ("mine.wizard", exported.content)})
    assert refused.json()["code"] == "duplicate"
    everything = zipfile.ZipFile(io.BytesIO(api.call("GET", "account/export").content))
    assert everything.testzip() is None


def foreign_sockets(instance: Instance) -> list[str]:
    """What no Python hears of: sockets of any process, Valkey's too, that the kernel knows as more than local."""
    far = {}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            local, remote, inode = (line.split()[column] for column in (1, 2, 9))
            if not all(map(_is_here, (local.partition(":")[0], remote.partition(":")[0]))):
                far[f"socket:[{inode}]"] = f"{table} {local} {remote}"
    found = []
    for pid in instance.processes():
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                found += (
                    [f"{instance.kind_of(pid)}: {far[target]}"] if (target := os.readlink(descriptor)) in far else []
                )
            except OSError:
                continue  # it was closed in this moment
    return found


def _is_here(address: str) -> bool:
    """In /proc's hex, words in the machine's order: 127.*, ::1, those within IPv6, and none at all."""
    four = address[-8:] if len(address) == 8 or address.startswith("0000000000000000FFFF0000") else ""
    return not address.strip("0") or four.endswith("7F") or address == "00000000000000000000000001000000"


def test_valkey_listens_on_no_port(guarded: Instance) -> None:
    (*_, server) = guarded.processes("valkey")
    sockets = {os.readlink(each) for each in Path(f"/proc/{server}/fd").glob("*")}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        inodes = {f"socket:[{line.split()[9]}]" for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]}
        assert sockets & inodes == set(), table
