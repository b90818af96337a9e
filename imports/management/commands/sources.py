"""manage.py sources: subscriptions for operators and scripts."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from imports import fetching, subscribing
from imports.models import Fetch, Outcome, Source
from outbound.sandbox import Ended, Unreadable


class Command(BaseCommand):
    help = "Adds, lists and fetches the sources that the tracker is subscribed to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="subscribe to what stands at an address; its feed is looked for")
        add.add_argument("address")
        add.add_argument("--selector", default="", help="of a page: its links, as in “article h2 a”")
        verbs.add_parser("list", help="all sources, one a line").add_argument("--json", action="store_true")
        fetch = verbs.add_parser("fetch", help="fetch now, and show what happens")
        fetch.add_argument("ids", nargs="*", metavar="ID")
        fetch.add_argument("--all", action="store_true", help="every source that is not switched off")
        fetch.add_argument("--json", action="store_true", help="one line a source, and nothing else")
        file = verbs.add_parser(
            "opml", help="take on the feeds of a file, switched off; without one, print ours"
        )
        file.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        verb = {"add": self.add, "list": self.show, "fetch": self.fetch, "opml": self.opml}[options["verb"]]
        verb(options)

    def add(self, options: dict[str, Any]) -> None:
        try:
            found = subscribing.look(options["address"])
            for step in found.steps:
                self.stdout.write(f"  {step.sentence}")
            source = subscribing.proposed(found)
            if options["selector"]:
                source.form, source.selector, source.address = "list", options["selector"], found.address
            source.full_clean()
        except subscribing.NothingThere as nothing:
            raise CommandError(str(nothing)) from nothing
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        source.save()
        subscribing.switch_on(source)
        self.stdout.write(f"{source.pk} {source.name}: {source.get_form_display()}, {source.address}")

    def show(self, options: dict[str, Any]) -> None:
        for source in Source.objects.all():
            line = _line(source)
            if options["json"]:
                self.stdout.write(json.dumps(line, ensure_ascii=False))
            else:
                why = f" ({line['why']})" if line["why"] else ""
                self.stdout.write(f"{line['id']}  {line['state']:8}  {line['name']}  {line['address']}{why}")

    def fetch(self, options: dict[str, Any]) -> None:
        failed = 0
        for source in self.chosen(options):
            if not options["json"]:
                self.stdout.write(f"{source.name}")
            tell = (lambda _: None) if options["json"] else (lambda text: self.stdout.write(f"  {text}"))
            done = fetching.fetch(source.pk, at_any_time=True, tell=tell)
            failed += done is None or done.outcome in (Outcome.FAILED, Outcome.GONE)
            source.refresh_from_db()
            self.say(source, done, options)
        if failed:
            raise CommandError(f"{failed} could not be fetched; see above.", returncode=1)

    def chosen(self, options: dict[str, Any]) -> list[Source]:
        if options["all"]:
            return list(Source.objects.exclude(health="off"))
        if not options["ids"]:
            raise CommandError("Name the sources by their ids, or say --all; `sources list` shows them.")
        return [self.known(key) for key in options["ids"]]

    def known(self, key: str) -> Source:
        try:
            return Source.objects.get(pk=UUID(key))
        except (ValueError, Source.DoesNotExist):
            raise CommandError(f"There is no source “{key}”; `sources list` shows them.") from None

    def say(self, source: Source, done: Fetch | None, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({**_line(source), **_counts(done)}, ensure_ascii=False))
        elif done is None:
            self.stdout.write("  It is being fetched by another worker, or its host has enough to do.")
        else:
            told = done.steps and done.steps[-1]["text"] == done.sentence
            for text in [*([] if told else [done.sentence]), *done.refusals]:
                self.stdout.write(f"  {text}")

    def opml(self, options: dict[str, Any]) -> None:
        if options["file"] is None:
            self.stdout.write(subscribing.export_opml().decode())
            return
        try:
            done = subscribing.import_opml(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except (Unreadable, Ended) as error:
            raise CommandError(str(error)) from error
        for text in done.refused:
            self.stderr.write(text)
        self.stdout.write(
            f"{len(done.new)} new, switched off; {len(done.known)} known; {len(done.refused)} refused."
        )


def _line(source: Source) -> dict[str, Any]:
    since = source.health_since.isoformat()
    return {
        "id": str(source.pk), "name": source.name, "address": source.address, "form": source.form,
        "state": source.health, "since": since, "why": source.health_why,
    }  # fmt: skip


def _counts(done: Fetch | None) -> dict[str, Any]:
    """``found``, ``new``, ``changed``, ``refused``: items; ``refusals``: why."""
    if done is None:
        return {
            "outcome": "busy",
            "sentence": "It is being fetched by another worker, or its host has enough to do.",
        }
    return {
        "outcome": done.outcome, "sentence": done.sentence, "found": done.found, "new": done.new,
        "changed": done.changed, "refused": done.refused, "refusals": done.refusals,
    }  # fmt: skip
