"""manage.py document_tables: write the tables that the code reads into the documents that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from aichina.routes import ROUTES, Route
from editorial import events as e
from editorial.admin import label
from editorial.models.document import STAGES
from editorial.permissions import TABLE
from editorial.workflow import Rule, Standing

BEGIN, END = "<!-- table -->\n", "<!-- end of table -->"
_STAGES = {"absent": "not yet there", **dict(STAGES)}
_OWN = {
    "own draft": " (chief editors: anybody’s; the others: drafts that they alone wrote in)",
    "not a writer": " (not whoever wrote in it since the last edition)",
    "complete": " (nothing may be missing)",
    "approved": " (nothing may be missing, and nobody who wrote in it may have approved it)",
    "not own emergency": " (not whoever wrote or published it)",
}


def commands() -> str:
    """The table command × role × states → events, as Markdown."""
    rows = [
        (
            label(rule.verb),
            _role(rule),
            _states(rule),
            ", ".join(f"`{e.name(event)}`" for event in rule.events),
        )
        for rule in TABLE
    ]
    return _markdown(("To", "takes the role", "and a document that is", "and is recorded as"), rows)


def routes() -> str:
    """The table route × methods × who, as Markdown."""
    rows = [
        (f"`/{address}`", ", ".join(sorted(route.methods)), _for(route)) for address, route in ROUTES.items()
    ]
    return _markdown(("Address", "Methods", "For"), rows)


def _for(route: Route) -> str:
    limit = f"; limited {route.limit.value}" if route.limit else ""
    return route.who.value + (f"; POST: {route.posting.value}" if route.posting else "") + limit


DOCUMENTS: dict[str, Callable[[], str]] = {"docs/editors.md": commands, "docs/api.md": routes}


def _role(rule: Rule) -> str:
    if rule.role is None:
        return "the scheduler"
    return rule.role.name.replace("_", " ").capitalize() + _OWN.get(rule.own, "")


def _states(rule: Rule) -> str:
    stages = [label for stage, label in _STAGES.items() if stage in rule.stages]
    return ", ".join(stages) + _standings(rule)


def _standings(rule: Rule) -> str:
    """What is ruled out where that is one thing, else what is asked for."""
    out = frozenset(Standing) - rule.standings
    if not out:
        return ""
    return f"; not {min(out)}" if len(out) == 1 else f"; {', '.join(sorted(rule.standings))}"


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


class Command(BaseCommand):
    help = "Write the table of commands into docs/editors.md and the table of routes into docs/api.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="fail where a document is out of date; write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, table in DOCUMENTS.items():
            path = settings.BASE_DIR / name
            text = path.read_text()
            before, rest = text.split(BEGIN, 1)
            new = before + BEGIN + table() + END + rest.split(END, 1)[1]
            if options["check"] and new != text:
                raise CommandError(f"{name} is out of date: run manage.py document_tables.")
            if not options["check"]:
                path.write_text(new)
