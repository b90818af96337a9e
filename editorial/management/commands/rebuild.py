"""manage.py rebuild: every projected table anew from the log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DataError

from editorial import rebuild


class Command(BaseCommand):
    help = "Rebuild every projected table from the event log; --check only tells what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if anything differs")
        parser.add_argument("--database", default="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        work = rebuild.check if options["check"] else rebuild.rebuild
        try:
            differences = work(options["database"])
        except (DataError, KeyError, TypeError, ValueError) as error:
            raise CommandError(
                f"The log cannot be read as it stands ({error!r}): manage.py verify says where it was changed."
            ) from error
        for found in differences:
            self.stdout.write(f"{found.table}: {found.missing} missing, {found.extra} not in the log")
        wrong = [found for found in differences if found.missing or found.extra]
        if wrong and options["check"]:
            raise CommandError(
                "The tables differ from the log in " + ", ".join(found.table for found in wrong)
            )
        self.stdout.write("Rebuilt." if not options["check"] else "Every table is what the log says.")
