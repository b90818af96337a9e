"""manage.py load_content: the opening content becomes documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aichina.opening import BadContent, load_items, read
from aichina.people import ensure_people
from editorial.permissions import person


class Command(BaseCommand):
    help = "Load the opening content through the editorial commands. What exists is left alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="print the count alone")
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "content")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            items = read(options["folder"])
            people = {name: person(user) for name, user in ensure_people().items()}
            tell = (lambda line: None) if options["quiet"] else self.stdout.write
            published = load_items(items, people, tell)
        except BadContent as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Opening content: {len(items)} documents, {published} of them new.")
