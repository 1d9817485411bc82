"""`manage.py import_folder`: photos from folders, with their answers if somebody sorted them already."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from classifier.folders.asking import CannotImport, account_called, folder_called
from classifier.folders.marks import ImportedFile
from classifier.folders.scan import sentence
from classifier.folders.sorting import Answered, SortedFolder, give_answers, import_sorted
from classifier.folders.taking import Tally
from classifier.folders.telling import (
    AWAY,
    NO_DATABASE,
    Progress,
    Stop,
    counted,
    in_lines,
    left_aside,
    outcome_of,
    outcome_of_answers,
    say,
    stopping,
)
from wizard import store

ANSWERS = {"likes": "like", "super_likes": "super_like", "dislikes": "dislike"}
STOPPED = 130  # what a shell calls an end by Ctrl-C


class Command(BaseCommand):
    help = "Import the pictures of folders, once; those in --likes, --super-likes and --dislikes get that answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", nargs="?", type=Path, help="photos without an answer")
        parser.add_argument("--likes", metavar="DIR", type=Path, help="photos you like")
        parser.add_argument("--super-likes", metavar="DIR", type=Path, help="photos you like very much")
        parser.add_argument("--dislikes", metavar="DIR", type=Path, help="photos you do not like")
        parser.add_argument("--user", default="", metavar="NAME", help="whose photos; not needed with one account")
        parser.add_argument("--again", action="store_true", help="bring back, too, what was deleted here before")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            owner = account_called(options["user"])
            folders = list(_folders(options))
            ImportedFile.objects.exists()
        except CannotImport as reason:
            raise CommandError(str(reason)) from reason
        except DatabaseError as error:
            raise CommandError(NO_DATABASE) from error
        with stopping() as stop:
            wanted = self._import(owner, folders, options["again"], stop)
            if wanted and not stop():
                self._answer(owner, wanted, stop)
        if stop():
            self._say("Stopped. What came in is kept; the same command goes on from here.")
            sys.exit(STOPPED)

    def _import(self, owner: User, folders: list[SortedFolder], again: bool, stop: Stop) -> dict[str, str]:
        tally, progress = Tally(), Progress(self.stdout, "Importing: ")
        try:
            wanted = import_sorted(
                owner=owner, folders=folders, tally=tally, again=again, on_progress=progress.show, stopped=stop
            )
        except OSError as error:
            raise CommandError(
                f"A photo could not be stored. {sentence(error)} What came in so far is kept."
            ) from error
        except DatabaseError as error:
            raise CommandError("The database does not answer. What came in so far is kept; run it again.") from error
        finally:
            progress.clear()
        bring_back = "--again brings it back" if tally.deleted == 1 else "--again brings them back"
        self._say(f"{outcome_of(tally, bring_back=bring_back) or 'No pictures in there'}.", *in_lines(tally.refused))
        if tally.troubles:
            self._say(f"{counted(len(tally.troubles), 'file')} could not be read:", *in_lines(tally.troubles))
        if aside := left_aside(tally):
            self._say(f"Left aside: {aside}.")
        if tally.unsettled:
            self._say(f"{counted(tally.unsettled, 'file is', 'files are')} still being written; run it again later.")
        if tally.new and not wanted:
            self._say("Their scores come by and by." if store.answers() else AWAY)
        return wanted

    def _answer(self, owner: User, wanted: dict[str, str], stop: Stop) -> None:
        answered, progress = Answered(), Progress(self.stdout, "Scored and answered: ")
        try:
            give_answers(owner=owner, wanted=wanted, answered=answered, on_progress=progress.show, stopped=stop)
        except DatabaseError as error:
            raise CommandError(
                "The database does not answer. What was answered so far is kept; run it again."
            ) from error
        finally:
            progress.clear()
        if happened := outcome_of_answers(answered):
            self._say(f"Answers: {happened}.")
        if answered.unreadable:
            count = counted(
                len(answered.unreadable), "photo has no answer, since it", "photos have no answer, since they"
            )
            self._say(f"{count} could not be scored:", *in_lines(answered.unreadable))
        if answered.unscored and not stop():
            self._say(
                f"{counted(answered.unscored, 'photo has', 'photos have')} no score yet, and no score worker answers."
                " They are kept, and scored when Dating Wizard runs; the same command then gives the answers."
            )

    def _say(self, *lines: str) -> None:
        say(self.stdout, *lines)


def _folders(options: dict[str, Any]) -> Iterator[SortedFolder]:
    """Raises CannotImport when one is not there, or when it is not clear which answer a picture would get."""
    given = {name: folder_called(options[name]) for name in ANSWERS if options[name]}
    for (one, above), (other, below) in permutations(given.items(), 2):
        if below.is_relative_to(above):
            raise CannotImport(
                f"The folder of {_option(other)} lies in that of {_option(one)}; a photo can have one answer."
            )
    yield from (SortedFolder(folder, ANSWERS[name]) for name, folder in given.items())
    if options["folder"]:
        yield SortedFolder(folder_called(options["folder"]), "")
    elif not given:
        raise CannotImport("Name a folder, or one of --likes, --super-likes and --dislikes.")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
