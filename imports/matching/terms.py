"""What a text is compared by: words of Latin scripts without their endings, numbers with their letters, and pairs of
Chinese characters. For Chinese words of the field there are the English ones as well, so that a headline and an entry
in two languages share more than names. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from editorial import search
from imports.matching.folding import fold
from imports.matching.glossary import FUNCTION_CHARACTERS, GLOSSARY, STOP_WORDS
from imports.matching.lookup import Lookup

# News says what it is about at its beginning.
MAX_TEXT = 600
MAX_TERMS = 200

_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
# v3.1, r1, 910c, h20, 4o, 2.5, 2026
_NUMBERED = re.compile(r"(?<![a-z0-9.])[a-z]{0,2}\d{1,4}(?:\.\d{1,2})?[a-z]{0,2}(?![a-z0-9%]|[.,]\d)")
# qwen3, “Qwen 2.5”, model1
_VERSION = re.compile(r"(?<![a-z0-9])([a-z]{3,20})[ -]?(\d{1,2}(?:\.\d{1,2})?)(?![a-z0-9%]|[.,]\d)")
_ENDINGS = {"ies": "y", "ings": "", "ing": "", "ed": "", "es": "", "s": ""}
_GLOSSARY = Lookup(GLOSSARY)


@dataclass(frozen=True, slots=True)
class Terms:
    """By term the word it came from: of Latin scripts; pairs of characters; English ones of Chinese words."""

    words: dict[str, str]
    pairs: dict[str, str]
    english: dict[str, str]

    def __iter__(self) -> Iterator[str]:
        yield from self.words
        yield from self.pairs
        yield from self.english


def terms(title: str, text: str = "") -> list[str]:
    """The terms of both, each once, those of the title first; of a long text those of its beginning."""
    return list(dict.fromkeys([*terms_of(title), *terms_of(text[:MAX_TEXT])]))[:MAX_TERMS]


@lru_cache(maxsize=4_096)
def terms_of(text: str) -> Terms:
    """The terms of a text, in its order."""
    folded = fold(text)
    numbers = dict(_numbers(folded))
    words, pairs = dict(numbers), {}
    for word in search.normalise(folded).split():
        if _CHINESE.match(word):
            if len(word) == 2 and not FUNCTION_CHARACTERS & set(word):
                pairs[word] = word
        elif len(word) > 1 and word not in STOP_WORDS and not any(map(str.isdigit, word)):
            words.setdefault(_stem(word), word)
    glossed = _GLOSSARY.find(folded) if pairs else ()
    return Terms(
        words, pairs, {_stem(word): stand.word for stand in glossed for word in GLOSSARY[stand.word]}
    )


def _numbers(folded: str) -> Iterator[tuple[str, str]]:
    for found in _NUMBERED.finditer(folded):
        if not found[0].isdigit() or (len(found[0]) == 4 and found[0][:2] in ("19", "20")):
            yield found[0], found[0]
    for found in _VERSION.finditer(folded):
        if found[1] not in STOP_WORDS:
            yield _stem(found[1]), found[1]
            yield found[1] + found[2], found[0]


def _stem(word: str) -> str:
    if not word.isalpha() or word.endswith("ss"):
        return word
    for ending, instead in _ENDINGS.items():
        if word.endswith(ending) and len(word) - len(ending) >= (3 if ending == "s" else 4):
            word = word.removesuffix(ending) + instead
            break
    return word.removesuffix("e") if len(word) > 4 else word
