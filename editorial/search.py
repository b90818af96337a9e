"""The one normaliser of search text: what is stored and what is asked go through it alike.

Compatibility forms, case and accents are folded; runs of Chinese, Japanese and Korean become overlapping pairs of
characters, since PostgreSQL's parser finds no words in them: 网信办 is stored as “网信 信办”.
"""

from __future__ import annotations

import re
import unicodedata

MAX_QUERY = 200
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_CJK_RUN = re.compile(f"[{_CJK}]+")
MAX_WORD = 200
# A tsvector holds 1 MB, in which no text of this size takes more than three quarters; the rest of one is not searched.
MAX_BYTES = 600_000
_FIRST_COMBINING = "\u0300"


def normalise(text: str) -> str:
    """The text's search words, separated by spaces."""
    words = " ".join(word for run in _RUNS.findall(_fold(text)) for word in _words(run))
    if len(words) * 4 <= MAX_BYTES or len(words.encode()) <= MAX_BYTES:
        return words
    return words.encode()[:MAX_BYTES].decode(errors="ignore").rpartition(" ")[0]


def query(text: str) -> str:
    """A tsquery (configuration ``simple``) that asks for all words of the text; words in Latin script by prefix.

    Empty where the text has no word: then nothing is found.
    """
    terms = []
    for run in _RUNS.findall(_fold(text[:MAX_QUERY])):
        if not _CJK_RUN.fullmatch(run):
            terms.append(f"{run[:MAX_WORD]}:*")
        else:
            # One character alone begins a pair, or ends one: the stored single characters cover both.
            terms += _pairs(run) or [run]
    return " & ".join(terms)


def phrases(text: str) -> list[str]:
    """For each longer run of Chinese how it stands in a stored text: its pairs side by side.

    Not a tsquery's phrase, since a tsvector knows no places beyond the first 16,383, nor beyond 256 of one word.
    """
    runs = _CJK_RUN.findall(_fold(text[:MAX_QUERY]))
    return [" ".join(_pairs(run)) for run in runs if len(run) > 2]


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join([c for c in decomposed if c < _FIRST_COMBINING or not unicodedata.combining(c)])
    return unicodedata.normalize("NFKC", bare).casefold()


def _words(run: str) -> list[str]:
    if run.isascii() or not _CJK_RUN.fullmatch(run):
        return [run[:MAX_WORD]]
    # Single characters follow the pairs, so that the pairs of one run stay neighbours.
    return [*_pairs(run), *run] if len(run) > 1 else [run]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]
