"""manage.py load_sources: what imports begin with, so that a newcomer has something to look at and to switch on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aichina.opening import document_id
from imports import subscribing
from imports.models import Form, Keyword, Source
from outbound.sandbox import Ended, Unreadable

CONTENT: Path = settings.BASE_DIR / "content"
DEMO: Path = settings.BASE_DIR / "aichina" / "local" / "demo" / "sources.yaml"


class Command(BaseCommand):
    help = (
        "Takes on the keywords of content/keywords.yaml and the sources of content/sources.opml, switched off, where "
        "there are none yet; and the demo sources, where DEMO_SOURCES says at which address they are."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not Keyword.objects.exists():
            Keyword.objects.bulk_create(map(_keyword, _items(CONTENT / "keywords.yaml")))
        offered = 0
        if not Source.objects.exists():
            try:
                offered = len(subscribing.import_opml((CONTENT / "sources.opml").read_bytes()).new)
            except (Unreadable, Ended) as error:
                raise CommandError(f"content/sources.opml: {error}") from error
        base = os.environ.get("DEMO_SOURCES", "")
        demo = [_demo(item, base) for item in _items(DEMO) if base and item["form"] != Form.TABLE]
        self.stdout.write(
            f"Sources: {offered} offered, switched off; {len(demo)} invented ones, switched on."
        )


def _items(path: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return items


def _keyword(item: dict[str, Any]) -> Keyword:
    category = item.get("category")
    return Keyword(
        word=item["word"],
        points=item["points"],
        category=document_id("category", category) if category else None,
    )


def _demo(item: dict[str, Any], base: str) -> Source:
    """The source, at the address that the server of this run has; what editors changed of it stays."""
    said = {
        "name": item["name"], "publisher": item["publisher"], "language": item["language"], "form": item["form"],
        "selector": item.get("selector", ""), "shortest": 60, "interval": 60, "longest": 600,
        "categories": [document_id("category", key) for key in item["categories"]],
    }  # fmt: skip
    address = base + item["path"]
    key = uuid5(NAMESPACE_URL, f"aichina:demo-source/{item['key']}")
    source, new = Source.objects.get_or_create(pk=key, defaults={**said, "address": address})
    if new:
        subscribing.switch_on(source)
    elif source.address != address:
        source.address = address
        source.save(update_fields=["address", "host"])
    return source
