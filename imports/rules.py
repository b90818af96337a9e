"""An editor's rules for the items of a source: pure. The first that keeps or blocks one is the last."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from editorial.sources import Fault, Item, reference_faults

KEEP, BLOCK, CATEGORY, PERSON = "keep", "block", "category", "person"
VERDICTS = [
    (KEEP, "Keep it"),
    (BLOCK, "Block it"),
    (CATEGORY, "Propose a category"),
    (PERSON, "Assign it to a person"),
]
PLACES = [
    ("anywhere", "Title or text"),
    ("title", "Title"),
    ("author", "Author"),
    ("address", "Address"),
    ("label", "The source’s own categories"),
]
_FIELDS: Mapping[str, Sequence[str]] = {"anywhere": ("title", "text"), "label": ("categories",)}
MAX_WORD = 100


@dataclass(frozen=True, slots=True)
class Rule(Item):
    """Where a word stands, what is done with the item. An empty word stands everywhere; “tele*” is the start of one."""

    place: str = field(default="anywhere", metadata={"choices": PLACES})
    word: str = field(default="", metadata={"help": "empty: every item; compute*: how a word begins"})
    verdict: str = field(default="", metadata={"choices": VERDICTS})
    category: str = field(default="", metadata={"refers": "category"})
    person: str = field(default="", metadata={"refers": "person"})

    def faults(self) -> Iterator[Fault]:
        if self.verdict not in dict(VERDICTS):
            yield "verdict", "Choose what is done with the item."
        if self.place not in dict(PLACES):
            yield "place", "Choose where the word stands."
        if len(self.word) > MAX_WORD:
            yield "word", f"At most {MAX_WORD} characters."
        if self.verdict == CATEGORY:
            yield from reference_faults("category", self.category, "Choose a category.")
        if self.verdict == PERSON:
            yield from reference_faults("person", self.person, "Choose a person.")

    def __str__(self) -> str:
        word = f"“{self.word}”" if self.word else "anything"
        return f"{dict(VERDICTS)[self.verdict]} with {word} in: {dict(PLACES)[self.place].lower()}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules make of an item. ``blocked``: the rule that blocked it, in words; empty where none did."""

    blocked: str = ""
    categories: tuple[str, ...] = ()
    person: str = ""


def judge(rules: Iterable[Rule], told: Mapping[str, Any]) -> Verdict:
    """Read the rules in order, for an item as imports.parsing gives them."""
    categories: list[str] = []
    person = ""
    for rule in rules:
        if not _stands(rule, told):
            continue
        if rule.verdict == CATEGORY:
            categories.append(rule.category)
        elif rule.verdict == PERSON:
            person = person or rule.person
        else:
            blocked = str(rule) if rule.verdict == BLOCK else ""
            return Verdict(blocked, tuple(dict.fromkeys(categories)), person)
    return Verdict("", tuple(dict.fromkeys(categories)), person)


def _stands(rule: Rule, told: Mapping[str, Any]) -> bool:
    if not rule.word:
        return True
    values = [told.get(name) or "" for name in _FIELDS.get(rule.place, (rule.place,))]
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    found = _pattern(rule.word)
    return any(found.search(folded(text)) for text in texts)


def folded(text: str) -> str:
    """As words are compared: compatibility forms and case make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=1_000)
def _pattern(word: str) -> re.Pattern[str]:
    """Whole words in scripts that have words; Chinese has none, and is found wherever it stands."""
    start = folded(word.removesuffix("*"))
    before = r"(?<![a-z0-9])" if start[:1].isascii() and start[:1].isalnum() else ""
    ends = not word.endswith("*") and start[-1:].isascii() and start[-1:].isalnum()
    return re.compile(before + re.escape(start) + (r"(?![a-z0-9])" if ends else ""))
