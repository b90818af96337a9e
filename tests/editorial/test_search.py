"""What is searched is found, in any script, and no text is too long to be published."""

from __future__ import annotations

import random

import pytest

from editorial.search import MAX_QUERY, normalise, query
from tests.editorial_steps import publish_entry
from timeline.models import Entry

TEXT = (
    "国家网信办 published the “Interim Measures” (生成式人工智能) for \uff27\uff30\uff34-4o, "
    "Café Zürich and Ⅳ, 深度求索."
)


def found(words: str) -> bool:
    return Entry.objects.search(words).exists()  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_words_are_found_however_they_are_written() -> None:
    publish_entry("a", body=TEXT)
    for words in ("网信", "网信办", "国家网信办", "网", "人工智能", "生成式 measures", "INTERIM", "interi", "gpt-4O",
                  "cafe", "CAFÉ", "zurich", "iv", "深度 求索", "办published"):  # fmt: skip
        assert found(words), words
    for words in ("信网", "国网", "人智", "terim", "measures missing", "—", "", "' | !qq", "café & !qq:*"):
        assert not found(words), words


@pytest.mark.django_db
def test_a_text_of_any_length_is_published_and_found_by_how_it_begins() -> None:
    rng = random.Random(7)
    chinese = "".join(chr(rng.randint(0x4E00, 0x9FFF)) for _ in range(100_000))
    sources = [{"publisher": chinese[n : n + 500], "title": chinese[-n - 500 : -n], "language": "zh"}
               for n in range(500, 60_000, 500)]  # fmt: skip
    publish_entry("a", title="网信办", body=chinese, sources=sources)
    assert found("网信办")
    assert found(chinese[:4])


@pytest.mark.django_db
def test_a_phrase_is_found_wherever_it_stands_and_nowhere_else() -> None:
    filler = "".join(chr(0x4E00 + n % 5_000) for n in range(20_000))
    publish_entry("a", body=f"{filler}。网信办发布。" + "人工智能。" * 400 + "人工制品")
    for words in ("网信办发布", "人工制品", "人工智能"):
        assert found(words), words
    assert not found("智能制品")
    publish_entry("b", body="信办。网信。", title="x")
    assert list(Entry.objects.search("网信办").values_list("slug", flat=True)) == ["a"]  # type: ignore[attr-defined]


def test_what_is_asked_is_normalised_as_what_is_stored() -> None:
    assert normalise("网信办") == "网信 信办 网 信 办"
    assert query("网信办 Rules") == "网信 & 信办 & rules:*"
    assert normalise("\uff26ull-Width Straße") == "full width strasse"
    assert len(query("x" * 5_000)) < MAX_QUERY + 10
