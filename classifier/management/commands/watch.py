"""`manage.py watch DIR`: what is put into a folder comes into the library, by itself."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import timezone

from classifier.folders.asking import CannotImport, account_called, folder_called
from classifier.folders.marks import ImportedFile
from classifier.folders.scan import SETTLED_SECONDS, Found, Line, sentence
from classifier.folders.taking import Tally, import_new
from classifier.folders.telling import (
    AWAY,
    NO_DATABASE,
    Progress,
    Stop,
    counted,
    in_lines,
    left_aside,
    outcome_of,
    say,
    stopping,
)
from wizard import store


class Command(BaseCommand):
    help = "Import the pictures of a folder, and go on importing those that are put into it, until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path, help="the folder; those in it are looked into, too")
        parser.add_argument("--user", default="", metavar="NAME", help="whose photos; not needed with one account")
        parser.add_argument("--once", action="store_true", help="look once, then end")
        parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="how often to look (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0.1 <= options["every"] <= 24 * 3600:
            raise CommandError("--every takes seconds, from 0.1 to 86400.")
        try:
            owner, folder = account_called(options["user"]), folder_called(options["folder"])
            ImportedFile.objects.exists()
        except CannotImport as reason:
            raise CommandError(str(reason)) from reason
        except DatabaseError as error:
            raise CommandError(NO_DATABASE) from error
        self.said: set[Line] = set()
        self.said_away = False
        with stopping() as stop:
            if options["once"]:
                self._look_once(owner, folder, stop)
            else:
                self._watch(owner, folder, options["every"], stop)

    def _watch(self, owner: User, folder: Path, every: float, stop: Stop) -> None:
        self._say(f"Watching {folder} for {owner}, every {every:g} s. Ctrl-C ends it.")
        known: set[Found] = set()
        first = True
        while not stop():
            began = time.monotonic()
            tally = self._round(owner, folder, known, stop)
            if first and (aside := left_aside(tally)):
                self._say(f"Left aside: {aside}.")
            first = False
            # A look that takes long, on a slow drive, is followed by as long a rest.
            stop.wait(max(every, time.monotonic() - began))
        self._say("Stopped. What came in so far is kept.")

    def _look_once(self, owner: User, folder: Path, stop: Stop) -> None:
        known: set[Found] = set()
        tally = self._round(owner, folder, known, stop)
        happened = outcome_of(tally)
        if tally.unsettled and not stop():  # there is no next look that would take it
            stop.wait(SETTLED_SECONDS)
            tally = self._round(owner, folder, known, stop)
            happened += outcome_of(tally)
        if not happened:
            self._say("Nothing new.")
        if aside := left_aside(tally):
            self._say(f"Left aside: {aside}.")
        if tally.unsettled:
            self._say(f"{counted(tally.unsettled, 'file is', 'files are')} still being written; look again later.")

    def _round(self, owner: User, folder: Path, known: set[Found], stop: Stop) -> Tally:
        """One look, and a line if something came of it. What goes wrong is said, and the next look tries again."""
        tally, progress = Tally(), Progress(self.stdout, "Importing: ")
        try:
            import_new(owner=owner, folder=folder, tally=tally, known=known, on_progress=progress.show, stopped=stop)
        except OSError as error:
            tally.troubles.append(Line("Nothing can be stored", sentence(error)))
        except DatabaseError:
            close_old_connections()  # a broken one would stay broken
            tally.troubles.append(Line("The database", "It does not answer; the next look tries again."))
        finally:
            progress.clear()
        if happened := outcome_of(tally):
            self._say(f"{timezone.localtime():%H:%M}  {happened}", *in_lines(tally.refused))
        self._say(*in_lines([line for line in tally.troubles if line not in self.said]))
        self.said = set(tally.troubles)  # not said again in each round
        if tally.new and not store.answers():
            if not self.said_away:
                self._say(AWAY)
            self.said_away = True
        return tally

    def _say(self, *lines: str) -> None:
        say(self.stdout, *lines)
