"""manage.py export: everything public at a position, as a data package, into a file; or have it made and kept."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial.reading import AsOf, BadMoment, last_public, resolve
from syndication.models import Package
from syndication.packages import queue
from syndication.packages.making import make

SECONDS = 2.0  # between two lines on how far it is


class Command(BaseCommand):
    help = "Write everything that was public at a position into one zip, a Frictionless data package."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of", help="a public position, a day, or a moment with its zone; now, if not given"
        )
        parser.add_argument("--output", type=Path, default=Path(), help="a folder, or the file’s own name")
        pinning = parser.add_mutually_exclusive_group()
        pinning.add_argument(
            "--pin",
            action="store_true",
            help="write no file; the workers make the package, and it is kept for good",
        )
        pinning.add_argument(
            "--unpin", action="store_true", help="write no file; tidy the package away like others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = self._resolve(options["as_of"])
        if options["pin"]:
            queue.ask(as_of, pinned=True)
            self.stdout.write(
                f"The package of position {as_of.position} is kept, and made if it is not there."
            )
        elif options["unpin"]:
            Package.objects.filter(pk=as_of.position).update(pinned=False)
            self.stdout.write(f"The package of position {as_of.position} is tidied away like others.")
        else:
            self._write(as_of, options["output"])

    def _resolve(self, asked: str | None) -> AsOf:
        try:
            as_of = resolve(asked)
        except BadMoment as error:
            raise CommandError(str(error)) from error
        if not as_of.position:
            raise CommandError("Nothing was public then.")
        return as_of

    def _write(self, as_of: AsOf, output: Path) -> None:
        target = output / f"aichina-{as_of.position}.zip" if output.is_dir() else output
        if target.exists() and not target.is_file():
            # As /dev/null: the package would take its place.
            raise CommandError(f"{target} is no file that can be replaced.")
        while True:
            seen = last_public().position
            try:
                made = make(as_of, target.resolve(), self._progress())
            except OSError as error:
                raise CommandError(f"{target} could not be written: {error.strerror or error}.") from error
            if not queue.is_stale(as_of.position, seen):
                break
            self.stdout.write("Something was withdrawn or erased meanwhile; once more.")
        self.stdout.write(f"{target}: {made.size:,} bytes, SHA-256 {made.sha256}.")

    def _progress(self) -> Any:
        said = float("-inf")

        def progress(done: int, total: int) -> None:
            nonlocal said
            if time.monotonic() - said >= SECONDS:
                said = time.monotonic()
                self.stdout.write(f"{done:,} of {total:,} rows")

        return progress
