"""Debian's nginx with deploy/nginx.conf, on free ports of this machine and with a certificate of its own."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import requests
from django.conf import settings

from wizard.instance import free_port, wait_until

CONFIG = Path(settings.BASE_DIR, "deploy", "nginx.conf")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
AROUND = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    access_log off;
    types {{ text/html html; }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True)
class Nginx:
    url: str
    plain_url: str
    certificate: str
    folder: Path

    def session(self) -> requests.Session:
        """Trusts it, and nothing else."""
        session = requests.Session()
        session.verify, session.trust_env = self.certificate, False
        return session

    def connection(self) -> HTTPSConnection:
        trusted = ssl.create_default_context(cafile=self.certificate)
        return HTTPSConnection(self.url.removeprefix("https://"), context=trusted, timeout=60)


def written_config(folder: Path, *, web: str, media: Path, port: int, plain_port: int) -> Path:
    """The example with this machine's ports, paths and certificate; everything else as it stands."""
    certificate = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    certificate += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    certificate += ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(["openssl", "req", *certificate], check=True, capture_output=True)
    site = CONFIG.read_text()
    for old, new in (
        (r"    listen \[::\].*\n", ""),  # not every machine has it
        (r"listen 80;", f"listen 127.0.0.1:{plain_port};"),
        (r"listen 443 ", f"listen 127.0.0.1:{port} "),
        (r"/etc/letsencrypt/live/wizard\.example\.org", str(folder)),
        (r"wizard\.example\.org", "localhost"),
        (r"http://127\.0\.0\.1:8000", web),
        (r"/var/lib/dating-wizard/media", str(media)),
    ):
        site, found = re.subn(old, new, site)
        assert found, f"deploy/nginx.conf has no {old} any more"
    (folder / "site.conf").write_text(site)
    config = folder / "nginx.conf"
    # Started by root it would serve as nobody, who may not read a test's files.
    config.write_text(AROUND.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return config


@contextmanager
def running_nginx(folder: Path, *, web: str, media: Path) -> Iterator[Nginx]:
    port, plain_port = free_port(), free_port()
    config = written_config(folder, web=web, media=media, port=port, plain_port=plain_port)
    command = [NGINX, "-p", str(folder), "-c", str(config), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command)
    found = Nginx(f"https://127.0.0.1:{port}", f"http://127.0.0.1:{plain_port}", str(folder / "fullchain.pem"), folder)
    try:
        wait_until(lambda: _answers(found) or process.poll() is not None, "nginx answers", 20)
        yield found
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            pytest.fail(f"nginx did not end:\n{(folder / 'error.log').read_text()[-3000:]}")


def _answers(nginx: Nginx) -> bool:
    try:
        nginx.session().get(nginx.plain_url, timeout=2, allow_redirects=False)
    except requests.ConnectionError:
        time.sleep(0.05)
        return False
    return True
