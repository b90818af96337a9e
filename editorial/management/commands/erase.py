"""manage.py erase: take texts of one document out of the log and out of every table made from it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from editorial import events as e
from editorial.models import document_model, document_models
from editorial.permissions import OPERATOR
from editorial.rebuild import reproject
from ledger import log
from ledger.store import erase_data, lock


class Command(BaseCommand):
    help = (
        "Erase fields of a document, in all its versions, for ever. The log stays whole: an event says that and why. "
        "An address made from an erased title stays; rename the document first where it tells too much."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("type", choices=sorted(document_models()))
        parser.add_argument("document", type=UUID)
        parser.add_argument(
            "--field", action="append", default=[], help="a field of the content; may be repeated"
        )
        parser.add_argument(
            "--notes", action="store_true", help="change notes, notices, comments and reasons too"
        )
        parser.add_argument("--everything", action="store_true", help="all fields and all notes")
        parser.add_argument("--ground", required=True, help="why; readers see it")
        parser.add_argument("--database", default="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        model = document_model(options["type"])
        fields = model.FIELDS if options["everything"] else tuple(options["field"])
        notes = options["everything"] or options["notes"]
        if unknown := set(fields) - set(model.FIELDS):
            raise CommandError(
                f"No such field: {', '.join(sorted(unknown))}. There are {', '.join(model.FIELDS)}."
            )
        if not fields and not notes:
            raise CommandError("Say what to erase: --field NAME, --notes or --everything.")
        count = _erase(
            options["document"],
            options["type"],
            model.blank(fields),
            notes,
            options["ground"],
            options["database"],
        )
        self.stdout.write(f"Erased in {count} events. Backups still hold the text; see docs/operations.md.")


def _erase(
    document: UUID, type_name: str, blank: dict[str, Any], notes: bool, ground: str, using: str
) -> int:
    with transaction.atomic(using=using, durable=True):
        lock(using)  # whoever edits the document meanwhile waits
        stream = list(log.stream(document, using=using))
        if not stream or stream[0].data.get("type") != type_name:
            raise CommandError(f"There is no such {type_name}.")
        replacements = {r.position: new for r in stream if (new := _replacement(r, blank, notes)) is not None}
        if not replacements:
            raise CommandError("There is nothing of that left to erase.")
        erase_data(
            using,
            stream=document,
            expected_version=stream[-1].version,
            actor=UUID(OPERATOR.id),
            data={"ground": ground, "fields": sorted(blank), "notes": notes},
            metadata={"command": "erase"},
            replacements=replacements,
        )
        reproject(document, using)
        document_model(type_name).EDITION.forget(document, using)
    return len(replacements)


def _replacement(recorded: Any, blank: dict[str, Any], notes: bool) -> dict[str, Any] | None:
    """What stands in place of an event's text; None where nothing of it is erased."""
    data, metadata = recorded.data, recorded.metadata
    new = e.redacted(recorded.type, data, blank, notes=notes) if recorded.type != "erased" else data
    # A digest of the command would let anybody test guesses of what is gone.
    kept = {key: value for key, value in metadata.items() if new == data or key != "command_digest"}
    if notes:
        kept = {key: kept[key] for key in ("command", "command_id") if key in kept}
    return None if (new, kept) == (data, metadata) else {"data": new, "metadata": kept}
