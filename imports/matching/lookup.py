"""Words and names found in a text in one pass: the longest that stands there, bounded where the script has words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from imports.matching.folding import fold, fold_with_places

_SHORT = 4
_ACRONYM = 6
# Of its own, or the end of an adjective: 美的 is a company, 完美的 is none.
_PARTICLE = "的"
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_END = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """A word at ``text[start:end]``, as it was given and as it stands there."""

    word: str
    written: str
    start: int
    end: int


class Lookup:
    """Finds any of these words. A short one, or one in capitals, is found only where it is written alike.

    The time is that of the text, times the longest word at most.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._tree: dict[str, Any] = {}
        for word in words:
            folded = fold(word.strip())
            if len(folded) < 2:
                continue
            node = self._tree
            for character in folded:
                node = node.setdefault(character, {})
            node.setdefault(_END, []).append(word.strip())

    def find(self, text: str) -> Iterator[Stand]:
        """What stands in the text, from its beginning, without overlaps; one for each of the words written alike."""
        folded, places = fold_with_places(text)
        position = 0
        while position < len(folded):
            stands, length = self._longest(text, folded, places, position)
            yield from stands
            position += length or 1

    def _longest(self, text: str, folded: str, places: list[int], first: int) -> tuple[list[Stand], int]:
        node, found, length = self._tree, [], 0
        for last in range(first, len(folded)):
            if folded[last] not in node:
                break
            node = node[folded[last]]
            if _END in node and _bounded(folded, first, last):
                end = places[last + 1] if last + 1 < len(folded) else len(text)
                written = text[places[first] : end].rstrip()
                alike = [word for word in node[_END] if _written_alike(word, written)]
                if alike and _whole(places, first, last):
                    start = places[first]
                    found = [Stand(word, written, start, start + len(written)) for word in alike]
                    length = last + 1 - first
        return found, length


def _whole(places: list[int], first: int, last: int) -> bool:
    """Whether the match cuts no character of the original in two, as in the middle of ㏒."""
    before = first == 0 or places[first - 1] != places[first]
    return before and (last + 1 == len(places) or places[last + 1] != places[last])


def _bounded(folded: str, first: int, last: int) -> bool:
    """A word in an alphabet ends where its letters do; a number may follow, as in Qwen3."""
    before = folded[first - 1] if first else " "
    after = folded[last + 1] if last + 1 < len(folded) else " "
    if _in_words(folded[first]) and _in_words(before):
        return False
    if folded[last] == _PARTICLE and last - first == 1 and _UNSPACED.match(before):
        return False
    numbered = after.isdigit() and not folded[last].isdigit()
    return not (_in_words(folded[last]) and _in_words(after)) or numbered


def _in_words(character: str) -> bool:
    return character.isalnum() and not _UNSPACED.match(character)


def _written_alike(word: str, written: str) -> bool:
    """MOST is a ministry, most is none; META may be Meta, meta is not."""
    if _UNSPACED.search(word):
        return True
    written = unicodedata.normalize("NFKC", written)
    acronym = word.isupper() and len(word) <= _ACRONYM
    if acronym or len(word) <= _SHORT:
        return written == word or (not acronym and written == word.upper())
    return True
