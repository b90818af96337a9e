"""What a changed source would do, before it is saved: its file is read, and its rules are tried on stored items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imports.fetching import ACCEPT
from imports.models import Item, Source
from imports.reading import read
from imports.rules import Rule, Verdict, judge
from outbound import client
from outbound.sandbox import Ended, Unreadable

# Somebody waits before a page.
LIMITS = client.Limits(connect=5.0, read=8.0, whole=15.0)
TRIED_ITEMS = 500
SHOWN, SHOWN_DIFFERENCES = 10, 100


@dataclass(frozen=True)
class FileTrial:
    """What came of fetching and reading a source's file. ``failed``: why there is nothing, in a sentence.

    ``down``: the file could not be had, which says nothing of how it would be read. ``head`` and ``rows``: the first of
    ``count`` items as a table. ``headings``: those of the file, if it is a table.
    """

    steps: tuple[str, ...] = ()
    failed: str = ""
    down: bool = False
    count: int = 0
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def try_file(source: Source) -> FileTrial:
    """Fetch and read what the source, saved or not, names."""
    try:
        answer = client.fetch(source.address, headers={"Accept": ACCEPT}, limits=LIMITS)
    except client.Failed as failed:
        return FileTrial(_sentences(failed.steps), failed.sentence, down=True)
    steps = _sentences(answer.steps)
    if not 200 <= answer.status < 300:
        sentence = f"The server answered {answer.status} {answer.reason}".strip() + "."
        return FileTrial(steps, sentence, down=True)
    content_type = answer.headers.get("content-type", "")
    try:
        found = read(source, answer.content, address=answer.address, content_type=content_type)
    except (Unreadable, Ended) as error:
        return FileTrial(steps, str(error))
    head, rows = _as_table(found)
    refused = [each["why"] for each in found.get("refused", [])[:SHOWN]]
    return FileTrial(
        steps, "", False, len(rows), head, tuple(rows[:SHOWN]), tuple(found.get("headings", ())),
        (*found.get("notes", ()), *refused),
    )  # fmt: skip


def _as_table(found: Mapping[str, Any]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Items by title, date and address; rows by the columns that were chosen, or else by all that the file has."""
    if "items" in found:
        names = ("title", "published", "address")
        return ("Title", "Date", "Address"), [tuple(item[name] for name in names) for item in found["items"]]
    rows = found["rows"]
    if rows and isinstance(rows[0], dict):
        chosen = tuple(rows[0])
        return tuple(name.capitalize() for name in chosen), [
            tuple(row[name] for name in chosen) for row in rows
        ]
    return tuple(found["headings"]), [tuple(row) for row in rows]


def _sentences(steps: Sequence[client.Step]) -> tuple[str, ...]:
    return tuple(step.sentence for step in steps)


@dataclass(frozen=True)
class Difference:
    """An item that the rules would treat in another way, the newest first."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class RulesTrial:
    """What rules make of the last stored items; ``more`` differences are not shown."""

    tried: int
    kept: int
    blocked: int
    categorised: int
    assigned: int
    differences: tuple[Difference, ...]
    more: int


def try_rules(source: Source, rules: Sequence[Rule], names: Mapping[str, str]) -> RulesTrial | None:
    """The ``rules`` beside those of the source as it is stored; None where no items are. ``names``: labels by id."""
    rows = Item.objects.filter(source=source).order_by("-pk").values_list("told", flat=True)
    stored = list(rows[:TRIED_ITEMS])
    if not stored:
        return None
    counted: Counter[str] = Counter()
    differences = []
    for told in stored:
        before, after = judge(source.rules, told), judge(rules, told)
        counted.update(_counted(after))
        if before != after:
            title = str(told.get("title") or told.get("address") or "Untitled")
            differences.append(Difference(title, words(before, names), words(after, names)))
    return RulesTrial(
        len(stored), counted["kept"], counted["blocked"], counted["categorised"], counted["assigned"],
        tuple(differences[:SHOWN_DIFFERENCES]), max(len(differences) - SHOWN_DIFFERENCES, 0),
    )  # fmt: skip


def _counted(verdict: Verdict) -> list[str]:
    named = {"categorised": verdict.categories, "assigned": verdict.person}
    return ["blocked" if verdict.blocked else "kept", *(name for name, value in named.items() if value)]


def words(verdict: Verdict, names: Mapping[str, str]) -> str:
    """A verdict as people read it."""
    if verdict.blocked:
        return f"blocked ({verdict.blocked})"
    said = [f"in {names.get(key, key)}" for key in verdict.categories]
    if verdict.person:
        said.append(f"for {names.get(verdict.person, verdict.person)}")
    return ", ".join(["kept", *said])


@dataclass(frozen=True)
class Trial:
    """What is shown before a source is saved. ``seen`` names what was tried, and comes back with the form."""

    seen: str
    file: FileTrial | None
    rules: RulesTrial | None

    @property
    def refused(self) -> bool:
        """Whether the file is there and cannot be read so: that has to be mended, not saved."""
        return self.file is not None and bool(self.file.failed) and not self.file.down

    @property
    def button(self) -> str:
        """What the button that saves it says; empty where nothing may be saved."""
        if self.refused or not self.seen:
            return ""
        return "Save all the same" if self.file and self.file.failed else "Save it so"
