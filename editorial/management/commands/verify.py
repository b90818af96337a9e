"""manage.py verify: recompute the whole log, and hold its head against what was built from it."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Max

from editorial.projection import projected_models
from ledger import log, verify
from ledger.models import Subscription


class Command(BaseCommand):
    help = (
        "Recompute every digest of the event log from what is stored, and print head and digest. "
        "A chain does not see its own tail cut off, nor itself written anew as a whole: keep what this prints "
        "elsewhere, and give it to a later run as --expect."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--expect", metavar="POSITION:DIGEST", help="what an earlier run printed")
        parser.add_argument("--database", default="default")

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        sentences = [str(fault) for fault in verify.verify(using=using, expect=_expected(options["expect"]))]
        head = log.head(using=using)
        sentences += _ahead(head.position if head else 0, using)
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            raise CommandError(f"The log does not hold: {len(sentences)} faults.")
        if head is None:
            self.stdout.write("The log is whole and empty.")
        else:
            self.stdout.write(f"The log is whole. Head: {head.position}:{head.digest.hex()}")


def _expected(text: str | None) -> tuple[int, bytes] | None:
    if text is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,17}:[0-9a-f]{64}", text):
        raise CommandError(
            "Write --expect as this command prints it: a position, a colon, 64 hexadecimal digits."
        )
    position, digest = text.split(":")
    return int(position), bytes.fromhex(digest)


def _ahead(head: int, using: str) -> list[str]:
    """Rows that were made from events beyond the head: a sign that the log's tail was cut off."""
    models: list[type[Any]] = [*projected_models(), Subscription]
    highest = {
        model._meta.db_table: model._base_manager.using(using).aggregate(top=Max("position"))["top"] or 0
        for model in models
    }
    return [
        f"Position {head + 1}: the log ends at {head}, but {table} knows position {top}: its tail is missing."
        for table, top in highest.items()
        if top > head
    ]
