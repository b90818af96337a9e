"""The canonical text of an event: what is stored, and what its commitment covers.

RFC 8785 (JSON Canonicalization Scheme) over a subset of JSON in which it is one call of ``json.dumps``: no floats,
integers that every reader of JSON can hold, keys in ASCII.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat
from typing import Any

MAX_INTEGER = 2**53 - 1
MAX_BYTES = 1_000_000
MAX_DEPTH = 30
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


class NotStorable(ValueError):
    """``path`` names the value that cannot be stored (“content.sources[2].title”), ``reason`` says why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def canonical(value: Any) -> str:
    """The text of a JSON value; equal values have equal texts. Raises NotStorable."""
    if not _sound(value, 0):
        _refuse(value)
    text = _ENCODER.encode(value)
    if not _encodable(text):
        _refuse(value)
    # No character takes more than four bytes.
    if len(text) * 4 > MAX_BYTES and len(text.encode()) > MAX_BYTES:
        raise NotStorable("", f"This is longer than {MAX_BYTES:,} bytes.")
    return text


def _refuse(value: Any) -> None:
    """Name the first fault; there may be none, since ``_sound`` errs on the side of doubt."""
    for path, reason in _faults(value, "", 0):
        raise NotStorable(path, reason)


def _sound(value: Any, depth: int) -> bool:
    """Whether there is surely no fault but a surrogate: the quick look, which has no words for what it doubts."""
    kind = type(value)
    if kind is str:
        return "\x00" not in value
    if kind is dict:
        return all(map(_sound_name, value)) and _all_sound(value.values(), depth)
    if kind is list or kind is tuple:
        return _all_sound(value, depth)
    return value is None or kind is bool or (kind is int and abs(value) <= MAX_INTEGER)


def _sound_name(key: Any) -> bool:
    return type(key) is str and key.isascii() and "\x00" not in key


def _all_sound(values: Iterable[Any], depth: int) -> bool:
    return depth < MAX_DEPTH and all(map(_sound, values, repeat(depth + 1)))


def _faults(value: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        yield path, f"This is nested more than {MAX_DEPTH} levels deep."
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not (isinstance(key, str) and key.isascii() and "\x00" not in key):
                yield path, "A name is not a text in ASCII."
            yield from _faults(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _faults(item, f"{path}[{number}]", depth + 1)
    elif reason := _fault(value):
        yield path, reason


def _fault(value: Any) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) <= MAX_INTEGER else f"{value} is beyond ±(2⁵³−1); write it as a text."
    if isinstance(value, float):
        return f"{value} is a floating-point number; write it as a text, so that it stays exact."
    if not isinstance(value, str):
        return f"A {type(value).__name__} cannot be stored."
    if "\x00" in value:
        return "The text holds a NUL character."
    return None if _encodable(value) else "The text holds half of a surrogate pair."


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
