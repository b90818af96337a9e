"""Likely duplicates: precision and recall on pairs that were labelled by reading, and what a search costs."""

from __future__ import annotations

import difflib
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from benchmarks.documents import FOLDER
from benchmarks.report import Finding, Section
from benchmarks.rounds import Contender, interleave
from benchmarks.servers import fresh
from imports.matching.likeness import LIKELY, Comparison, Told, Weight, compare, rarity

PAIRS = Path(__file__).resolve().parent / "pairs.yaml"
GROUPS = {(False, False): "English", (True, True): "Chinese", (False, True): "across both"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of PAIRS. ``same``: whether they tell of one event; ``why``: what it is, or what parts them."""

    names: tuple[str, str]
    one: Told
    other: Told
    same: bool
    why: str

    @property
    def group(self) -> str:
        """The languages of the two titles."""
        return GROUPS[min(self.one.chinese, self.other.chinese), max(self.one.chinese, self.other.chinese)]


@dataclass(frozen=True, slots=True)
class Judged:
    """Of all pairs that were called one event the part that is, and of all that are one the part that was found."""

    precision: float
    recall: float
    pairs: int

    @property
    def balance(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.2f}, recall {self.recall:.2f} ({self.pairs} pairs)"


@cache
def labelled() -> tuple[Pair, ...]:
    """All pairs; actors are those that the texts name, and those that an entry lists."""
    from imports.matching.recognition import Names

    given = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))
    actors = yaml.safe_load((FOLDER / "actors.yaml").read_text(encoding="utf-8"))
    names = Names((actor["key"], _called(actor)) for actor in actors)
    told = {name: _told(text, names.find) for name, text in given["texts"].items()}
    return tuple(
        Pair((one, other), told[one], told[other], same, why) for one, other, same, why in given["pairs"]
    )


def _called(actor: dict) -> list[str]:
    named = [actor["title"], actor.get("name_zh"), actor.get("pinyin"), *actor.get("aliases", [])]
    return [name for name in named if name]


def _told(text: dict, find: Callable) -> Told:
    summary = text.get("summary", "")
    named = {found.id for found in find(f"{text['title']}\n{summary}")}
    return Told(text["title"], summary, text.get("date", ""), frozenset(named | set(text.get("actors", []))))


@cache
def weight() -> Weight:
    """The rarity of terms and actors among the texts of all pairs."""
    told = _texts()
    counts = Counter(
        term for text in told for term in {*text.head, *text.body, *(f"@{key}" for key in text.actors)}
    )
    return lambda term: rarity(counts[term], len(told))


def _texts() -> list[Told]:
    return list({id(told): told for pair in labelled() for told in (pair.one, pair.other)}.values())


def ours(pair: Pair) -> Comparison:
    return compare(pair.one, pair.other, weight())


def judged(scores: Iterable[tuple[Pair, float]], threshold: float) -> Judged:
    """What calling a pair one event from this score on would be worth."""
    scored = list(scores)
    called = [pair.same for pair, score in scored if score >= threshold]
    same = sum(pair.same for pair, _ in scored)
    return Judged(sum(called) / (len(called) or 1), sum(called) / (same or 1), len(scored))


def matching(*, rounds: int, candidates: int) -> Section:
    """``candidates`` are in the table that is searched."""
    scores = [(pair, ours(pair).score) for pair in labelled()]
    return Section(
        f"likely duplicates, {len(scores)} labelled pairs, threshold {LIKELY:g}; "
        f"and a search among {candidates:,} candidates",
        _times(rounds, candidates),
        says=[*_quality(scores), *_peer(), *_misses(scores)],
    )


def _quality(scores: Sequence[tuple[Pair, float]]) -> Iterator[str]:
    yield f"all: {judged(scores, LIKELY)}"
    for group in GROUPS.values():
        yield f"{group}: {judged([item for item in scores if item[0].group == group], LIKELY)}"


def _peer() -> Iterator[str]:
    """At the threshold that suits it best on these very pairs, which ours was not given."""
    scores = [(pair, _difflib(pair)) for pair in labelled()]
    best = max((judged(scores, n) for n in range(1, 100)), key=lambda found: found.balance)
    yield f"difflib, titles, at the threshold that suits it best: {best}"


def _difflib(pair: Pair) -> float:
    titles = (pair.one.title.lower(), pair.other.title.lower())
    return 100 * difflib.SequenceMatcher(None, *titles).ratio()


def _misses(scores: Sequence[tuple[Pair, float]]) -> Iterator[str]:
    for pair, score in sorted(scores, key=lambda item: item[1]):
        if (score >= LIKELY) != pair.same:
            what = "not found" if pair.same else "wrongly found"
            yield f"{what} ({score:.0f}): {' and '.join(pair.names)}: {pair.why}"


def _times(rounds: int, candidates: int) -> list[Finding]:
    from imports.matching.duplicates import likely

    pairs = labelled()
    compared = [
        Contender("", lambda: [ours(pair) for pair in pairs], len(pairs)),
        Contender("difflib", lambda: [_difflib(pair) for pair in pairs], len(pairs)),
    ]
    with fresh():
        _fill(candidates)
        asked = [pair.one for pair in pairs[::25]]
        search = Contender(
            "", lambda: [likely(told.title, told.text, told.day) for told in asked], len(asked)
        )
        (searched,) = interleave([search], rounds)
    return [Finding("one pair", *interleave(compared, rounds)), Finding("one search", searched)]


def _fill(count: int) -> None:
    """Candidates of words that are as common as words are, in both languages; every fiftieth has a real title.

    What few of the labelled texts have is not common, and stands in none of the others: those have rare words of
    their own.
    """
    from django.db import connections

    from imports.matching.terms import terms
    from imports.models import Candidate, Source

    source = Source.objects.create(name="Generated", address="https://example.org/feed")
    chance, titles = random.Random(5), [told.title for told in _texts()]
    english = _common(word for title in titles for word in title.split() if word.isascii())
    english += [f"{word[:3]}{chance.choice(english)[-4:]}{n}" for n in "abcdefgh" for word in english * 6]
    characters = sorted({character for title in titles for character in title if "一" <= character <= "龥"})
    chinese = _common(
        title[n : n + 2] for title in titles for n in range(len(title)) if "一" <= title[n] <= "龥"
    )
    chinese += ["".join(chance.choices(characters, k=2)) for _ in range(8_000)]
    rows = []
    for number in range(count):
        words, between = (english, " ") if number % 2 else (chinese, "")
        text = [words[min(int(chance.paretovariate(0.35)), len(words)) - 1] for _ in range(60)]
        title = titles[number % len(titles)] if number % 50 == 0 else between.join(text[:10])
        day = f"{chance.randint(2023, 2026)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        summary = between.join(text)
        rows.append(
            Candidate(title=title, summary=summary, published=day, terms=terms(title, summary), source=source)
        )
    Candidate.objects.bulk_create(rows, batch_size=1_000)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE imports_candidate")


def _common(words: Iterable[str]) -> list[str]:
    return [word for word, times in Counter(words).most_common() if times > 2]
