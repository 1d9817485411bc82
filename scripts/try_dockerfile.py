"""Performs the steps of the Dockerfile in a fresh directory, without Docker, and starts what compose.yaml starts.

    .venv/bin/python scripts/try_dockerfile.py             # with the packages of this environment: a minute
    .venv/bin/python scripts/try_dockerfile.py --packages  # installs them into the directory: 6 GB, some minutes

What a step means here: COPY copies what .dockerignore lets through; ENV and ARG are all that the processes see; the
image's directories lie in the fresh one; `apt-get install` looks whether Debian has the packages; no user is made, but
when root runs it the processes are nobody's, who may write to the data alone, if nobody may run this Python. SQLite and
the embedded Valkey stand for Postgres and Redis.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from wizard.instance import free_port  # noqa: E402  (after the path)

NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}
READY_SECONDS, STEP_SECONDS, STOP_SECONDS = 240, 300, 60
OF_THE_IMAGE = re.compile(r"(?<![\w./}])/(app|data|tmp)(?![\w.-])")  # its directories, wherever they are spoken of
SERVICES = ("web", "score", "train", "beat")


@dataclass
class Image:
    root: Path
    with_packages: bool
    environment: dict[str, str]
    workdir: str = "/"
    user: str = "root"
    as_nobody: bool = False
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def here(self, text: str) -> str:
        return OF_THE_IMAGE.sub(lambda found: f"{self.root}{found[0]}", text)

    def path(self, inside: str) -> Path:
        return self.root / os.path.join(self.workdir, inside).lstrip("/")

    def run(self, command: list[str], **given: Any) -> subprocess.Popen[bytes]:
        """As a user without rights, as in the image, where we may choose: the code is not theirs to write."""
        if self.as_nobody and self.user != "root":
            given |= NOBODY
        return subprocess.Popen(command, cwd=self.path("."), start_new_session=True, **given)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        yield name.upper(), " ".join(rest.split())


def ignored(patterns: list[str], path: str) -> bool:
    """As Docker reads .dockerignore: the last pattern that matches the path, or a folder above it, decides."""
    found = False
    for pattern in patterns:
        is_exception, plain = pattern.startswith("!"), pattern.lstrip("!").strip("/")
        regex = (
            re.escape(plain).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*").replace(r"\[", "[").replace(r"\]", "]")
        )
        if re.fullmatch(f"{regex}(/.*)?", path):
            found = not is_exception
    return found


def context() -> list[str]:
    """What a build would be sent: of the files that git knows, or would, those that are not ignored."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    known = subprocess.run(asked, cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout.splitlines()
    patterns = [line for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    return [name for name in known if not ignored(patterns, name) and (REPOSITORY / name).is_file()]


def build(image: Image) -> None:
    for name, rest in instructions((REPOSITORY / "Dockerfile").read_text()):
        began = time.monotonic()
        STEPS[name](image, rest)
        print(f"{name} {rest[:100]}  ({time.monotonic() - began:.1f} s)", flush=True)


def base(image: Image, rest: str) -> None:
    version = ".".join(map(str, sys.version_info[:2]))
    if not re.fullmatch(rf"python:{re.escape(version)}-slim-\w+", rest):
        sys.exit(f"The Dockerfile begins with {rest}, and this is Python {version}.")
    if image.with_packages:
        subprocess.run([sys.executable, "-m", "venv", image.root / "python"], check=True)
    binaries = image.root / "python" / "bin" if image.with_packages else Path(sys.executable).parent
    image.environment["PATH"] = f"{binaries}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    (image.root / "tmp").mkdir(mode=0o1777)
    image.as_nobody = os.geteuid() == 0 and may_run(binaries / "python")
    print("The processes will be nobody's." if image.as_nobody else "The processes will be ours, as this script is.")


def may_run(python: Path) -> bool:
    """Whether nobody may: a Python in root's own folder is not for them."""
    try:
        return subprocess.run([python, "-c", "pass"], check=False, stderr=subprocess.DEVNULL, **NOBODY).returncode == 0
    except PermissionError:
        return False


def variables(image: Image, rest: str) -> None:
    for each in shlex.split(rest):
        name, _, value = each.partition("=")
        image.environment[name] = image.here(os.environ.get(name, value) if name == "TORCH_INDEX" else value)


def workdir(image: Image, rest: str) -> None:
    image.workdir = rest
    image.path(".").mkdir(parents=True, exist_ok=True)


def copy(image: Image, rest: str) -> None:
    *sources, target = rest.split()
    names = context()
    for source in sources:
        of_it = [name for name in names if source == "." or name == source or name.startswith(f"{source}/")]
        if not of_it:
            sys.exit(f"COPY {source}: there is no such thing, or .dockerignore leaves it out.")
        for name in of_it:
            to = image.path(target) / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, to)


def run(image: Image, rest: str) -> None:
    for command in rest.split(" && "):
        words = shlex.split(command)
        if words[0] == "apt-get":
            packages = [word for word in words[2:] if not word.startswith("-")]
            for package in packages if words[1] == "install" else []:
                subprocess.run(
                    ["apt-cache", "show", "--no-all-versions", package], check=True, stdout=subprocess.DEVNULL
                )
        elif words[0] == "install" and "-d" in words:
            folder = Path(image.here(words[-1]))
            folder.mkdir(parents=True)
            if image.as_nobody:
                os.chown(folder, NOBODY["user"], NOBODY["group"])
        elif words[0] in ("groupadd", "useradd") or "/var/lib/apt" in command:
            continue
        else:
            if words[0] == "pip" and not image.with_packages:  # the same command, and it may fetch nothing
                command = command.replace("pip install", "pip install --dry-run --no-index --quiet")
            subprocess.run(["sh", "-euc", image.here(command)], cwd=image.path("."), env=image.environment, check=True)


def command(image: Image, rest: str) -> None:
    image.command = json.loads(rest)


def health(image: Image, rest: str) -> None:
    image.health = json.loads(rest[rest.index("CMD") + 3 :])


def user(image: Image, rest: str) -> None:
    image.user = rest


def nothing(image: Image, rest: str) -> None:
    """It says something about the image, and does nothing."""


STEPS = {
    "FROM": base, "ARG": variables, "ENV": variables, "WORKDIR": workdir, "COPY": copy, "RUN": run, "USER": user,
    "CMD": command, "HEALTHCHECK": health, "VOLUME": nothing, "EXPOSE": nothing,
}  # fmt: skip


def interpolated(value: Any) -> str:
    """${NAME:-default} and ${NAME:?message}, with nothing set."""
    return re.sub(r"\$\{\w+:(-|\?)([^}]*)\}", lambda found: found[2] if found[1] == "-" else "unused", str(value))


def start(image: Image) -> None:
    services = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]
    port = str(free_port())
    instead = {"HOST": "127.0.0.1", "PORT": port, "DATABASE_URL": "", "REDIS_URL": "", "WIZARD_BACKBONE": "starter"}
    started: dict[str, subprocess.Popen[bytes]] = {}

    def environment_of(service: str) -> dict[str, str]:
        said = {name: image.here(interpolated(value)) for name, value in services[service]["environment"].items()}
        return {**image.environment, **said, **instead, "HOME": image.here("/data")}

    def finish(what: str, command: list[str], service: str) -> None:
        environment = environment_of(service)
        found = shutil.which(command[0], path=environment["PATH"]) or command[0]
        code = image.run([found, *command[1:]], env=environment).wait(STEP_SECONDS)
        print(f"{what}: {'ok' if code == 0 else f'failed ({code})'}", flush=True)
        if code:
            sys.exit(1)

    try:
        began = time.monotonic()
        finish("prepare", services["prepare"]["command"], "prepare")
        redis = [sys.executable if not image.with_packages else "python", "manage.py", "valkey"]
        for service, what in [("redis", redis), *((name, services[name]["command"]) for name in SERVICES)]:
            environment = environment_of("web" if service == "redis" else service)
            resolved = [shutil.which(what[0], path=environment["PATH"]) or what[0], *what[1:]]
            started[service] = image.run(resolved, env=environment)
        wait_until_ready(f"http://127.0.0.1:{port}/readyz", started)
        print(f"/readyz answers 200, {time.monotonic() - began:.0f} s after the first start", flush=True)
        finish("HEALTHCHECK", image.health, "web")
        for service in ("score", "train", "beat"):
            finish(f"health of {service}", services[service]["healthcheck"]["test"][1:], service)
    finally:
        for service, process in reversed(started.items()):  # Redis last, as systemd and Docker do it
            process.terminate()
            try:
                print(f"{service} ended with {process.wait(STOP_SECONDS)}", flush=True)
            except subprocess.TimeoutExpired:
                print(f"{service} did not end within {STOP_SECONDS} s", flush=True)
            with suppress(ProcessLookupError):  # its children too, before their directory is removed
                os.killpg(process.pid, signal.SIGKILL)


def wait_until_ready(url: str, started: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline, said = time.monotonic() + READY_SECONDS, ""
    while time.monotonic() < deadline:
        for service, process in started.items():
            if process.poll() is not None:
                sys.exit(f"{service} ended by itself with {process.returncode}.")
        try:
            with urlopen(url, timeout=10):
                return
        except HTTPError as error:
            said = error.read().decode()
        except (URLError, OSError) as error:
            said = str(error)
        time.sleep(0.5)
    sys.exit(f"Not ready within {READY_SECONDS} s: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", action="store_true", help="install the packages, as a build does")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="try-dockerfile-") as folder:
        Path(folder).chmod(0o755)
        passed = {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name == "LANG"}
        image = Image(Path(folder), options.packages, passed if options.packages else {})
        began = time.monotonic()
        build(image)
        print(f"Every step of the Dockerfile was done in {time.monotonic() - began:.0f} s.", flush=True)
        start(image)


if __name__ == "__main__":
    main()
