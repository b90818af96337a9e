"""Only what survives is stored."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ledger import log
from ledger.canonical import MAX_INTEGER, NotStorable, canonical
from ledger.store import NewEvent, append
from tests.ledger.steps import ACTOR

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=40)
keys = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=10)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(value=values)
def test_equal_values_have_one_text_that_gives_them_back(value: Any) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.django_db
@given(data=st.dictionaries(keys, values, max_size=5))
def test_stored_values_come_back_with_the_same_bytes(data: dict[str, Any]) -> None:
    stream = uuid4()
    with transaction.atomic():
        append("default", stream=stream, expected_version=0, actor=ACTOR, events=[NewEvent("noted", data)])
    (read,) = log.stream(stream)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM ledger_event_data WHERE position = %s", [read.position])
        text = cursor.fetchone()[0]
    assert read.data == data
    assert text == canonical({"data": data, "metadata": {}})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\x00b", "NUL"),
        ("\ud800", "surrogate"),
        ("ok\udfff", "surrogate"),
        (float("nan"), "floating-point"),
        (float("inf"), "floating-point"),
        (1e16, "floating-point"),
        (1.5, "floating-point"),
        (2**53, "beyond"),
        (2**53 + 1, "beyond"),
        (-(2**53), "beyond"),
        (b"bytes", "bytes"),
        ({"clé": 1}, "ASCII"),
        ({1: 1}, "ASCII"),
    ],
)
def test_what_would_not_survive_is_refused_by_its_place(value: Any, words: str) -> None:
    with pytest.raises(NotStorable, match=words) as refused:
        canonical({"content": {"sources": [{}, {"title": value}]}})
    assert refused.value.path.startswith("content.sources[1].title")


def test_a_text_that_is_too_long_or_too_deep_is_refused() -> None:
    with pytest.raises(NotStorable, match="longer"):
        canonical("x" * 1_000_001)
    deep: Any = []
    for _ in range(50):
        deep = [deep]
    with pytest.raises(NotStorable, match="nested"):
        canonical(deep)
