"""manage.py prepare_run FILE: what happens in a local run before the web starts, each step a command of its own."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

STEPS = (
    ("Database tables", ["migrate", "--database", "owner", "--verbosity", "0"]),
    ("Servers", ["check_servers"]),
    ("Static files", ["collectstatic", "--noinput", "--verbosity", "0"]),
    ("Opening content", ["load_content", "--quiet"]),
    ("Charts", ["draw_charts"]),
    ("Sources", ["load_sources"]),
)


class Command(BaseCommand):
    # One process does them all: to import the tracker takes longer than most of them.
    help = "Prepare a local run; the logins of its demo people are written to FILE."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = [*STEPS, ("Demo people", ["demo_people", options["file"]])]
        for number, (title, argv) in enumerate(steps, start=1):
            self.stdout.write(f"[{number}/{len(steps)}] {title}")
            self.stdout.flush()
            said = StringIO()
            try:
                call_command(*argv, stdout=said)
            except CommandError as error:
                raise CommandError(f"{title}: {error}") from error
            for line in said.getvalue().splitlines():
                self.stdout.write(f"  {line}")
