"""A version as one file to carry to another machine, and back.

The file is a zip that compresses nothing and holds two members: manifest.json, which says what it is, and version.pt,
the very bytes of the stored file. No names, no photos, no answers: counts and figures alone. The weights were learned
from photos, and the head keeps the vectors of up to 512 of them: a vector shows no photo, but who has the same photo
can find out that it was there.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from classifier.images import clean_name
from classifier.model import current_backbone
from training.models import ModelVersion
from training.versions import FileIsGone, lock_versions, new_file_name, next_number
from wizard import files, store

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FORMAT, FORMAT_NUMBER = "dating-wizard-export", 1
MANIFEST, WEIGHTS = "manifest.json", "version.pt"
MOST_BYTES, MOST_MANIFEST = 200 * 2**20, 2**20
FIGURES = ("accuracy", "balanced_accuracy", "auc", "log_loss")
CALIBRATION_ERROR = "calibration_error"
COUNTS = ("likes", "dislikes")
IN_MEMORY, AT_ONCE = 8 * 2**20, 2**20
BACKBONE_NAME = re.compile(r"[A-Za-z][\w.+-]*/[\w.+-]{1,100}", re.ASCII)  # what may be said of a stranger's manifest
END_OF_ZIP = struct.Struct("<4s4H2IH")  # signature, disks, members, size and place of the directory, comment
MOST_DIRECTORY = 1024
CHECK_SECONDS = 90
CHECKING = "wizard:checking-an-import"


class ImportRefused(Exception):
    """Nothing was imported; the message says why in one sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def export_version(version: ModelVersion) -> IO[bytes]:
    """The file, open at its beginning.

    Raises:
        FileIsGone: the version has no weights, or their file made room in this moment.
    """
    if not version.file:
        raise FileIsGone(version)
    manifest = {
        "format": FORMAT,
        "format_number": FORMAT_NUMBER,
        "backbone": version.backbone,
        "figures": _exported_figures(version),
        "weights": {"size": version.size, "sha256": version.sha256},
        "exported_at": timezone.now().isoformat(timespec="seconds"),
    }
    try:
        weights = default_storage.open(str(version.file.name))
    except FileNotFoundError:
        raise FileIsGone(version) from None
    whole = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  (the response closes it)
    with weights, zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        with archive.open(WEIGHTS, "w") as member:
            while part := weights.read(AT_ONCE):
                member.write(part)
    whole.seek(0)
    return whole


def _exported_figures(version: ModelVersion) -> dict[str, Any]:
    figures = {name: version.figures[name] for name in (*FIGURES, *COUNTS) if name in version.figures}
    error = version.figures.get(CALIBRATION_ERROR)
    if error is not None:  # versions of earlier releases have it with an interval
        figures[CALIBRATION_ERROR] = error["value"] if isinstance(error, dict) else error
    return figures


def import_version(*, owner: User, file: File[bytes], name: str) -> ModelVersion:
    """Check an exported file from outside to inside, and keep it as a new version, which does not serve by itself.

    Nothing is written before every check has passed. Raises ImportRefused.
    """
    shown = clean_name(name or gettext("a file"))
    if (file.size or 0) > MOST_BYTES:
        raise ImportRefused(
            "too_large",
            gettext("%(file)s is larger than the %(most)s MB that a version may have.")
            % {"file": shown, "most": MOST_BYTES // 2**20},
        )
    with tempfile.TemporaryDirectory(prefix="wizard-import-") as folder:
        weights = Path(folder) / WEIGHTS
        manifest = _unpack(file, weights, shown)
        _refuse_twin(owner, manifest["weights"]["sha256"], shown)
        # The check takes some seconds of a whole core: one at a time, so that pages go on for everybody.
        holder = secrets.token_hex(8)
        if not store.claim(CHECKING, holder, seconds=2 * CHECK_SECONDS):  # longer than it may take
            raise ImportRefused("busy", gettext("Another file is being checked just now; try again in a moment."))
        try:
            _check_weights(weights, shown)
        finally:
            store.give_up(CHECKING, holder)
        return _keep(owner, weights, manifest, shown)


def _refuse_twin(owner: User, digest: str, shown: str) -> None:
    twin = ModelVersion.objects.kept().owned_by(owner).filter(sha256=digest).first()
    if twin:
        raise ImportRefused(
            "duplicate",
            gettext("%(file)s holds the same weights as version %(number)s.")
            % {"file": shown, "number": twin.version_number},
        )


def _unpack(file: File[bytes], weights: Path, shown: str) -> dict[str, Any]:
    """Writes the weights to a private place and returns the manifest, both found to be what they say they are."""
    broken = ImportRefused(
        "not_a_version",
        gettext("%(file)s is not a version that Dating Wizard exported, or it is cut off.") % {"file": shown},
    )
    if not _has_our_directory(file):
        raise broken
    try:
        with zipfile.ZipFile(file) as archive:
            members = {each.filename: each for each in archive.infolist()}
            plain = all(
                each.compress_type == zipfile.ZIP_STORED and not each.flag_bits & 1 for each in members.values()
            )
            if members.keys() != {MANIFEST, WEIGHTS} or len(archive.infolist()) != 2 or not plain:
                raise broken
            if members[MANIFEST].file_size > MOST_MANIFEST or members[WEIGHTS].file_size > MOST_BYTES:
                raise broken
            manifest = _read_manifest(archive.read(MANIFEST), shown)
            digest, size = sha256(), 0
            with archive.open(WEIGHTS) as member, weights.open("wb") as out:
                while part := member.read(AT_ONCE):
                    size += len(part)
                    if size > MOST_BYTES:
                        raise broken
                    digest.update(part)
                    out.write(part)
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,  # zipfile's, of a compression or a version that it does not know
        RuntimeError,  # zipfile's, of a member that is encrypted
        KeyError,
        TypeError,
    ) as error:
        raise broken from error
    if manifest["weights"] != {"size": size, "sha256": digest.hexdigest()}:
        raise ImportRefused(
            "tampered", gettext("The weights in %(file)s are not the ones that were exported.") % {"file": shown}
        )
    return manifest


def _has_our_directory(file: File[bytes]) -> bool:
    """Whether the zip says that it has two members, at its very end and in so many words: zipfile reads any directory
    into memory as a whole, and 200 MB of one are four million members."""
    locator64 = 20
    length = END_OF_ZIP.size + locator64
    if (file.size or 0) < length:
        return False
    file.seek(-length, os.SEEK_END)
    tail = file.read(length)
    signature, _, _, _, members, size, _, comment = END_OF_ZIP.unpack(tail[locator64:])
    ours = signature == b"PK\x05\x06" and members == 2 and size <= MOST_DIRECTORY and comment == 0
    return ours and not tail.startswith(b"PK\x06\x07")  # nothing of ours is so large that it needs another directory


def _read_manifest(content: bytes, shown: str) -> dict[str, Any]:
    manifest = json.loads(content)
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError("another format")
    if manifest.get("format_number") != FORMAT_NUMBER:
        sentence = gettext("%(file)s comes from another Dating Wizard, whose files this one cannot read.")
        raise ImportRefused("unknown_format", sentence % {"file": shown})
    backbone = current_backbone().id
    if manifest.get("backbone") != backbone:
        named = str(manifest.get("backbone"))
        trained_on = named if BACKBONE_NAME.fullmatch(named) else gettext("another model")
        sentence = gettext("%(file)s was trained on %(model)s, and %(here)s is running; it cannot serve here.")
        raise ImportRefused("wrong_backbone", sentence % {"file": shown, "model": trained_on, "here": backbone})
    given = manifest.get("weights")
    if not isinstance(given, dict):
        raise ValueError("no weights")
    return {"weights": given, "figures": _figures(manifest.get("figures"))}


def _figures(given: Any) -> dict[str, Any]:
    """Those of the figures that we know, each found to be a finite number; raises ValueError for anything else."""
    if not isinstance(given, dict):
        raise ValueError("no figures")
    figures: dict[str, Any] = {}
    for name in (name for name in COUNTS if name in given):
        if type(given[name]) is not int or not 0 <= given[name] < 10**9:
            raise ValueError(name)
        figures[name] = given[name]
    for name in (name for name in FIGURES if name in given):
        figures[name] = _figure(given[name])
    if CALIBRATION_ERROR in given:
        error = given[CALIBRATION_ERROR]
        # Earlier releases wrote it with an interval, which was wrong.
        figures[CALIBRATION_ERROR] = error if type(error) is float else _figure(error)["value"]
        if not 0 <= figures[CALIBRATION_ERROR] <= 1:
            raise ValueError(CALIBRATION_ERROR)
    return figures


def _figure(given: Any) -> dict[str, float]:
    parts = {part: given[part] for part in ("value", "low", "high")} if given else {}
    if not parts or not all(type(value) in (int, float) and abs(value) < 100 for value in parts.values()):
        raise ValueError("figure")
    return parts


def _check_weights(weights: Path, shown: str) -> None:
    """In a process of its own: whatever is in the file, this one does not open it."""
    command = [sys.executable, "-m", "training.learn.check_file", str(weights)]
    command += [str(settings.WIZARD_BACKBONE), str(settings.WIZARD_WEIGHTS_DIR)]
    refused = ImportRefused("unsafe", gettext("The weights in %(file)s cannot be read safely.") % {"file": shown})
    try:
        found = subprocess.run(  # noqa: S603  (our own module)
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise refused from None
    if found.returncode:
        raise refused
    if sentence := found.stdout.strip():
        raise ImportRefused("corrupt", in_words_of(shown, sentence))


def in_words_of(shown: str, sentence: str) -> str:
    """What the check says of the weights' file, said of the file that came."""
    return sentence.replace(f"The version file {WEIGHTS}", shown).replace(WEIGHTS, shown)


def _keep(owner: User, weights: Path, manifest: dict[str, Any], shown: str) -> ModelVersion:
    """The file first, outside the transaction: nobody else can write to SQLite while one is open."""
    digest, name = manifest["weights"]["sha256"], new_file_name(owner.pk)
    try:
        with weights.open("rb") as handle:
            default_storage.save(name, File(handle))
        with transaction.atomic():
            lock_versions(owner.pk)
            _refuse_twin(owner, digest, shown)
            return ModelVersion.objects.create(
                owner=owner,
                version_number=next_number(owner.pk),
                model_type=ModelVersion.Type.IMPORTED,
                backbone=current_backbone().id,
                file=name,
                sha256=digest,
                size=manifest["weights"]["size"],
                figures=manifest["figures"],
                imported_from=shown,
            )
    except BaseException:
        files.delete_if_possible(name)
        raise


def file_name(version: ModelVersion) -> str:
    """What to call it on the other machine."""
    return f"dating-wizard-version-{version.version_number}.wizard"
