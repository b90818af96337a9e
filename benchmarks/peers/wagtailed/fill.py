"""python -m benchmarks.peers.wagtailed.fill PATH: make the tables, and take in the content of a JSON file."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.peers.wagtailed.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    _fill(json.loads(Path(sys.argv[1]).read_text())["entry"])
    call_command("update_index", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill(entries: list[dict[str, Any]]) -> None:
    """Pages below the root as the tree library keeps them, and each one's row of its type."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection
    from wagtail.models import Locale, Page, Site

    from benchmarks.peers.wagtailed.models import EntryPage

    root = Page.objects.get(depth=1)
    kind = ContentType.objects.get_for_model(EntryPage)
    locale = Locale.get_default()
    now = datetime.now(UTC)
    first = Page.objects.count()
    pages = [
        Page(
            path=Page._get_path(root.path, 2, first + number), depth=2, numchild=0, title=row["title"],
            slug=row["slug"], content_type=kind, live=True, locale=locale, url_path=f"/{row['slug']}/",
            draft_title=row["title"], first_published_at=now, last_published_at=now,
        )
        for number, row in enumerate(entries)
    ]  # fmt: skip
    Page.objects.bulk_create(pages, batch_size=1_000)
    Page.objects.filter(pk=root.pk).update(numchild=first + len(pages))
    Site.objects.update(root_page=root, hostname="127.0.0.1", port=80)
    own = [field for field in EntryPage._meta.local_fields if field.name != "page_ptr"]
    columns = ", ".join(["page_ptr_id", *(field.column for field in own)])
    marks = ", ".join(["%s"] * (len(own) + 1))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {EntryPage._meta.db_table} ({columns}) VALUES ({marks})",
            [
                [page.pk, *(field.get_db_prep_save(row[field.name], connection) for field in own)]
                for page, row in zip(pages, entries, strict=True)
            ],
        )


if __name__ == "__main__":
    main()
