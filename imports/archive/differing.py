"""Two texts side by side, with what differs marked word by word, within bounds."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from itertools import takewhile
from typing import NamedTuple

# Of each side so many words are compared and shown, and so many of those before and after that are the same.
MOST, AROUND = 2_000, 40
_WORD = re.compile(r"\s+|[^\W㐀-鿿]+|.", re.DOTALL)


class Piece(NamedTuple):
    text: str
    differs: bool


def sides(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """The pieces of both. What both begin and end with is cut short, with an ellipsis; so is what is too long."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _same(old, new)
    end = _same(old[start:][::-1], new[start:][::-1])
    first = max(start - AROUND, 0)
    left, right = (words[first : max(len(words) - end, start) + AROUND] for words in (old, new))
    matcher = SequenceMatcher(None, left[:MOST], right[:MOST])
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for what, i, j, k, m in matcher.get_opcodes():
        for side, words in zip(pieces, (left[i:j], right[k:m]), strict=True):
            if words:
                side.append(Piece("".join(words), what != "equal"))
    for side, words, shown in zip(pieces, (old, new), (left, right), strict=True):
        if first:
            side.insert(0, Piece("… ", differs=False))
        if first + len(shown[:MOST]) < len(words):
            side.append(Piece(" …", differs=False))
    return pieces


def _same(one: list[str], other: list[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
