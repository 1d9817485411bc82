"""Whose photos, and from which folder: what a command line or the settings say, checked."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User

from classifier.folders.scan import printable


class CannotImport(Exception):
    """`str()` is one sentence."""


def account_called(name: str, *, said_by: str = "--user NAME") -> User:
    """The account of that name; the only one, if no name is given. Raises CannotImport."""
    if name:
        if owner := User.objects.filter(username=User.normalize_username(name)).first():
            return owner
        raise CannotImport(f"There is no account called {printable(name)}.")
    accounts = list(User.objects.filter(is_active=True).order_by("pk")[:2])
    if len(accounts) == 1:
        return accounts[0]
    if not accounts:
        raise CannotImport("There is no account yet; start Dating Wizard once with `make run`.")
    raise CannotImport(f"There is more than one account; say whose photos these are with {said_by}.")


def folder_called(folder: Path) -> Path:
    """The folder with its links resolved. Raises CannotImport."""
    shown = printable(str(folder))
    try:
        resolved = folder.expanduser().resolve(strict=True)
        os.scandir(resolved).close()
    except FileNotFoundError:
        raise CannotImport(f"There is no folder {shown}.") from None
    except NotADirectoryError:
        raise CannotImport(f"{shown} is not a folder.") from None
    except OSError as error:
        raise CannotImport(f"{shown} cannot be opened: {(error.strerror or str(error)).lower()}.") from None
    except RuntimeError:  # a loop of links, or ~ without a home
        raise CannotImport(f"{shown} leads nowhere.") from None
    if resolved.is_relative_to(settings.DATA_DIR):
        raise CannotImport(f"{shown} is where Dating Wizard keeps its own files; choose a folder outside of it.")
    return resolved
