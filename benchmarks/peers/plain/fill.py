"""python -m benchmarks.peers.plain.fill PATH: make the tables, and take in the content of a JSON file."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.plain.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", run_syncdb=True, verbosity=0)
    _fill(json.loads(Path(sys.argv[1]).read_text()))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill(content: dict[str, list[dict[str, Any]]]) -> None:
    from benchmarks.peers.plain.models import Actor, Category, Entry, Involved

    known = {}
    for name, model in (("category", Category), ("actor", Actor)):
        model.objects.bulk_create(model(**row) for row in content[name])
        known[name] = {row["id"] for row in content[name]}
    entries = content["entry"]
    lists = ("categories", "actors", "related")
    plain = ({name: value for name, value in row.items() if name not in lists} for row in entries)
    Entry.objects.bulk_create((Entry(**row) for row in plain), batch_size=1_000)
    _join(Entry.categories.through, "category_id", entries, "categories", known["category"])
    _join(Entry.related.through, "to_entry_id", entries, "related", {row["id"] for row in entries})
    Involved.objects.bulk_create(
        (
            Involved(entry_id=row["id"], actor_id=actor["id"], role=actor["role"])
            for row in entries
            for actor in row["actors"]
            if actor["id"] in known["actor"]
        ),
        batch_size=5_000,
    )


def _join(through: Any, column: str, entries: list[dict[str, Any]], name: str, known: set[str]) -> None:
    own = "from_entry_id" if name == "related" else "entry_id"
    pairs = {(row["id"], key) for row in entries for key in row[name] if key in known}
    through.objects.bulk_create(
        (through(**{own: entry, column: other}) for entry, other in pairs), batch_size=5_000
    )


if __name__ == "__main__":
    main()
