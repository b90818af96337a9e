"""Candidates and published entries that are likely to tell of the same event: found by PostgreSQL, ranked here.

Three queries, however much there is. How common a term is, is counted for the terms that are asked for alone; rows are
found by those of them that few rows have, and by commoner ones where the dates are near.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from editorial import search
from imports.matching.likeness import LIKELY, Comparison, Told, compare, rarity
from imports.matching.recognition import public_names
from imports.matching.terms import terms, terms_of

CANDIDATE, ENTRY = "candidate", "entry"

_ASKED = 60
# Rows that may be looked at for terms of any date, and for terms of near dates; and those that are compared.
_RARE_ROWS, _NEAR_ROWS, _COMPARED = 150, 2_500, 20
# Which of them: those that have the rarest terms, and are near.
_RANKED, _NEARER = 20, 4.0
_NEAR = timedelta(days=10)
_PREFIX = 4

# Of terms that many candidates have, the share is known to the planner already; the others are quickly counted.
_COUNTS = """
    WITH total AS MATERIALIZED (SELECT (SELECT count(*) FROM imports_candidate) AS candidates,
        (SELECT count(*) FROM timeline_entry WHERE valid_to IS NULL) AS entries),
    common AS (SELECT listed.term, listed.share
        FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS listed (term, share)
        WHERE schemaname = current_schema() AND tablename = 'imports_candidate' AND attname = 'terms')
    SELECT asked.term,
        coalesce((common.share * candidates)::int,
            (SELECT count(*) FROM imports_candidate WHERE terms @> ARRAY[asked.term]))
        + (SELECT count(*) FROM timeline_entry
            WHERE search @@ asked.question::tsquery AND valid_to IS NULL AND NOT withdrawn),
        candidates + entries
    FROM total, unnest(%(terms)s::text[], %(questions)s::text[]) AS asked (term, question)
        LEFT JOIN common USING (term)
"""
_FOUND = """
    (SELECT 'candidate', id::text, title, summary, left(published, 10), actors::text[], state, '[]'
    FROM imports_candidate
    WHERE id IN (
            SELECT id FROM imports_candidate WHERE terms && %(rare)s::text[]
            UNION SELECT id FROM imports_candidate
            WHERE terms && %(near)s::text[] AND left(published, 10) BETWEEN %(first)s AND %(last)s)
        AND id IS DISTINCT FROM %(exclude)s AND state <> 'merged'
    ORDER BY (SELECT sum(asked.weight) FROM unnest(%(ranked)s::text[], %(weights)s::float[]) AS asked (term, weight)
            WHERE asked.term = ANY (terms))
        * CASE WHEN left(published, 10) BETWEEN %(first)s AND %(last)s THEN %(nearer)s ELSE 1 END DESC NULLS LAST,
        imports_candidate.id DESC
    LIMIT %(compared)s)
    UNION ALL
    (SELECT 'entry', document::text, title, summary, date,
        ARRAY(SELECT jsonb_array_elements(actors) ->> 'id'), 'published', sources::text
    FROM timeline_entry
    WHERE valid_to IS NULL AND NOT withdrawn
        AND (search @@ %(rare_question)s::tsquery
            OR search @@ %(near_question)s::tsquery AND latest >= %(first)s::date AND earliest <= %(last)s::date)
    ORDER BY ts_rank(search, %(question)s::tsquery)
        * CASE WHEN latest >= %(first)s::date AND earliest <= %(last)s::date THEN %(nearer)s ELSE 1 END DESC, document
    LIMIT %(compared)s)
"""


@dataclass(frozen=True, slots=True)
class Likeness:
    """A candidate or an entry (its document) beside what was asked about. ``score``: 0 to 100.

    ``shared``: words that both have, what tells most first; ``remarks``: what else raised or lowered the score.
    """

    kind: str
    id: str
    title: str
    score: int
    shared: tuple[str, ...]
    remarks: tuple[str, ...]
    date: str
    state: str


def likely(
    title: str,
    text: str,
    date: str = "",
    actors: Collection[str] = (),
    *,
    exclude_candidate: int | None = None,
    limit: int = 8,
) -> list[Likeness]:
    """What is likely to tell of the same event, the likeliest first. ``date`` as in ``Told``; ``actors``: ids."""
    told = Told(title, text, date, frozenset(map(str, actors)))
    called = public_names().called
    names = {key: [terms_of(name) for name in called.get(key, ())] for key in told.actors}
    asked = _asked(told, names)
    counts, documents = _counts(asked)
    if not counts:
        return []
    weights = _Weights(counts, documents, names)
    found = (
        (row, max((compare(told, other, weights) for other in _tellings(row)), key=_score))
        for row in _found(told, counts, weights, exclude_candidate)
    )
    best = sorted(
        ((row, seen) for row, seen in found if seen.score >= LIKELY), key=lambda pair: -pair[1].score
    )
    return [_likeness(row, seen) for row, seen in best[:limit]]


class _Weights:
    """The weight of a term, or of an actor by how common its names are."""

    def __init__(
        self, counts: Mapping[str, int], documents: int, names: Mapping[str, Sequence[Iterable[str]]]
    ) -> None:
        self._counts = dict(counts)
        self._documents = documents
        for key, called in names.items():
            common = [min((counts.get(term, 0) for term in name), default=0) for name in called]
            self._counts[f"@{key}"] = max(common, default=0)

    def __call__(self, term: str) -> float:
        return rarity(self._counts.get(term, 0), self._documents)


def _asked(told: Told, names: Mapping[str, Sequence[Iterable[str]]]) -> list[str]:
    """Terms to find by: those of the text, and of what its actors are called in other scripts."""
    of_names = [term for called in names.values() for name in called for term in name]
    return list(dict.fromkeys([*terms(told.title, told.text)[:_ASKED], *of_names]))


def _counts(asked: Sequence[str]) -> tuple[dict[str, int], int]:
    """In how many candidates and entries each term stands; and how many there are."""
    questions = {term: _question(term) for term in asked if _question(term)}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"terms": list(questions), "questions": list(questions.values())})
        rows = cursor.fetchall()
    return {term: count for term, count, _ in rows}, rows[0][2] if rows else 0


def _found(
    told: Told, counts: Mapping[str, int], weights: _Weights, exclude: int | None
) -> list[tuple[Any, ...]]:
    standing = sorted((term for term in counts if counts[term]), key=lambda term: counts[term])
    rare = _within(standing, counts, _RARE_ROWS)
    near = _within(standing[len(rare) :], counts, _NEAR_ROWS) if told.days else []
    first, last = (told.days[0] - _NEAR, told.days[1] + _NEAR) if told.days else (date.min, date.min)
    with connection.cursor() as cursor:
        cursor.execute(
            _FOUND,
            {
                "ranked": standing[:_RANKED],
                "weights": [weights(term) for term in standing[:_RANKED]],
                "rare": rare,
                "near": near,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "nearer": _NEARER,
                "exclude": exclude,
                "rare_question": _any_of(rare),
                "near_question": _any_of(near),
                "question": _any_of([*rare, *near]),
                "compared": _COMPARED,
            },
        )
        return cursor.fetchall()


def _within(standing: Sequence[str], counts: Mapping[str, int], rows: int) -> list[str]:
    """The first terms, as many as stand in so many rows together; one at least."""
    taken: list[str] = []
    for term in standing:
        rows -= counts[term]
        if taken and rows < 0:
            break
        taken.append(term)
    return taken


def _question(term: str) -> str:
    """A tsquery for the term: what was stemmed is the beginning of a word."""
    words = [word for word in search.normalise(term).split() if len(word) > 1 or word.isdigit()]
    if len(words) == 1 and words[0].isascii() and len(words[0]) >= _PREFIX:
        return f"{words[0]}:*"
    return " & ".join(words)


def _any_of(asked: Iterable[str]) -> str:
    return " | ".join(f"({_question(term)})" for term in asked)


def _tellings(row: tuple[Any, ...]) -> Iterator[Told]:
    """The row's own words; and of an entry the headlines of its sources, which may be in another language."""
    _, _, title, text, day, actors, _, sources = row
    named = frozenset(actors)
    yield Told(title, text, day or "", named)
    for source in json.loads(sources):
        if source.get("title"):
            yield Told(source["title"], "", source.get("date") or day or "", named)


def _score(seen: Comparison) -> float:
    return seen.score


def _likeness(row: tuple[Any, ...], seen: Comparison) -> Likeness:
    kind, key, title, _, day, _, state, _ = row
    return Likeness(kind, key, title, round(seen.score), seen.shared, seen.remarks, day or "", state)
