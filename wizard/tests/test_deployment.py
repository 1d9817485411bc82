"""Dockerfile, compose.yaml and systemd units start what the Procfile starts, and their linters have nothing to say."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from wizard.management.commands.valkey import MEMORY, SAVE_EVERY
from wizard.tests.conventions import ROOT, assert_none, files, matches, offenders

UNITS = ROOT / "deploy" / "systemd"
VENV = "/opt/dating-wizard/.venv/bin/"
DEBIANS_POSTGRES = {"bookworm": "15", "trixie": "17"}
OURS = ("web", "score", "train", "beat")
CONFINED = {
    "NoNewPrivileges": ["yes"],
    "PrivateTmp": ["yes"],
    "ProtectSystem": ["strict"],
    "User": ["dating-wizard"],
    "IPAddressDeny": ["any"],
    "IPAddressAllow": ["localhost"],
}


def procfile() -> dict[str, list[str]]:
    """As one of each is started: honcho numbers its workers (score.1), one alone is called by its kind."""
    found = {}
    for line in (ROOT / "Procfile").read_text().splitlines():
        name, _, rest = line.partition(": exec ")
        defaults = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", rest)
        found[name] = shlex.split(defaults.replace("$HONCHO_PROCESS_NAME", name))
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def unit(name: str) -> dict[str, list[str]]:
    """Every key of the service's file and of the one that all have in common."""
    found: dict[str, list[str]] = {}
    for file in (UNITS / "dating-wizard-.service.d" / "common.conf", UNITS / f"dating-wizard-{name}.service"):
        for line in file.read_text().splitlines():
            if line and line[0] not in "#[":
                key, _, value = line.partition("=")
                found.setdefault(key, []).append(value)
    return found


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin"
    given = {"PATH": path, **environment}
    return subprocess.run(command, cwd=cwd, env=given, check=False, capture_output=True, text=True)


def test_hadolint_has_nothing_to_say_of_the_dockerfile() -> None:
    said = run("hadolint", "--no-color", "Dockerfile")
    assert (said.returncode, said.stdout) == (0, "")


def test_compose_follows_its_specification_and_is_found_safe() -> None:
    # Parsed before, since it knows no merge keys; as Compose sees it when nothing is set.
    text = re.sub(r"\$\{\w+:[-?]([^}]*)\}", lambda found: found[1], (ROOT / "compose.yaml").read_text())
    PyCompose.from_json(json.dumps(yaml.safe_load(text)))
    with pytest.raises(ValueError, match="memory_limit"):
        PyCompose.from_json(json.dumps(yaml.safe_load(text.replace("mem_limit", "memory_limit"))))
    said = run("compose-lint", "check", "compose.yaml")
    assert said.returncode == 0, said.stdout


def test_compose_starts_what_the_procfile_starts() -> None:
    services, expected = compose()["services"], procfile()
    started = {name: services[name]["command"] for name in OURS}
    assert_none(f"{name}: {command}" for name, command in started.items() if command != expected[name])


def test_a_compose_service_waits_for_prepare_and_has_no_rights() -> None:
    services = compose()["services"]
    expected = (services["prepare"]["image"], "service_completed_successfully", ["ALL"])
    found = {
        name: (each["image"], each["depends_on"]["prepare"]["condition"], each["cap_drop"])
        for name, each in services.items()
        if name in OURS
    }
    assert found.keys() == set(OURS)
    assert_none(f"{name}: {each}" for name, each in found.items() if each != expected)


def test_every_process_of_the_procfile_is_deployed() -> None:
    assert procfile().keys() == {*OURS, "redis"}
    assert procfile().keys() <= compose()["services"].keys()
    assert all((UNITS / f"dating-wizard-{name}.service").exists() for name in procfile())
    wanted = re.findall(r"dating-wizard-(\w+)\.service", (UNITS / "dating-wizard.target").read_text())
    assert set(wanted) == procfile().keys()


def started_by(unit: dict[str, list[str]], like: list[str]) -> list[str]:
    """The command of a unit as the Procfile has it: with the variable and the priority that `like` begins with."""
    before: list[str] = []
    if like[0] == "env":
        before += ["env", *(each for each in " ".join(unit["Environment"]).split() if each == like[1])]
    if "nice" in like:
        before += ["nice", "-n", *unit.get("Nice", [])]
    (started,) = unit["ExecStart"]
    assert started.startswith(VENV)
    return [*before, *shlex.split(started.removeprefix(VENV).replace("%%", "%"))]


def test_systemd_starts_what_the_procfile_starts() -> None:
    found = {name: started_by(unit(name), expected) for name, expected in procfile().items()}
    assert_none(f"{name}: {command}" for name, command in found.items() if command != procfile()[name])


def test_every_unit_is_confined() -> None:
    units = {name: unit(name) for name in (*OURS, "redis", "prepare")}
    assert_none(
        f"{name}: {key}={keys.get(key)}"
        for name, keys in units.items()
        for key, expected in CONFINED.items()
        if keys.get(key) != expected
    )
    assert_none(f"{name} has no MemoryMax" for name, keys in units.items() if "MemoryMax" not in keys)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed; CI installs it")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    shutil.copytree(UNITS, tmp_path, dirs_exist_ok=True)
    for file in tmp_path.rglob("*.*"):
        if file.is_file():  # it wants to find what is started
            file.write_text(file.read_text().replace(VENV, f"{Path(sys.executable).parent}/"))
    names = sorted(str(file) for file in tmp_path.glob("dating-wizard*.*") if file.is_file())
    assert len(names) == 7
    said = run("systemd-analyze", "verify", "--man=no", *names, SYSTEMD_UNIT_PATH=f"{tmp_path}:")
    ours = [line for line in said.stderr.splitlines() if "dating-wizard" in line]  # Debian's own units are its affair
    assert ours == []
    for name in names:
        if name.endswith(".service"):
            judged = run("systemd-analyze", "security", "--offline=yes", "--threshold=20", name)
            assert judged.returncode == 0, judged.stdout


def test_the_redis_of_compose_keeps_what_the_embedded_one_keeps() -> None:
    command = compose()["services"]["redis"]["command"]
    said = dict(zip(command[1::2], command[2::2], strict=True))
    assert said == {"--save": SAVE_EVERY, **{f"--{name}": value for name, value in MEMORY.items()}}


def test_the_images_client_can_dump_the_postgres_of_compose() -> None:
    found = re.search(r"^FROM python:\S+-slim-(\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert found
    image = compose()["services"]["postgres"]["image"]
    assert image == f"postgres:{DEBIANS_POSTGRES[found[1]]}-{found[1]}"


def test_the_image_has_no_compiler_and_does_not_run_as_root() -> None:
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if not line.startswith("#")]
    assert [line for line in lines if re.search(r"\b(gcc|g\+\+|build-essential|make|-dev)\b", line)] == []
    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001:10001"
    assert all("--only-binary :all:" in line for line in lines if "pip install" in line)


def test_no_file_names_where_packages_come_from() -> None:
    named = files("Dockerfile", "compose.yaml", "requirements.txt", "requirements-s3.txt")
    assert_none(offenders(named, matches(re.compile(r"^(?!\s*#).*https?://\S+", re.MULTILINE))))
