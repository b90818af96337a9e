"""Which characters bytes are: what they prove themselves to be comes before what anybody says of them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from metrics.tables.rows import BadTable
from metrics.tables.text import decoded as guessed

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# Where the NULs are among the first four bytes of a text that begins with two characters of ASCII.
_NULS = {"x0x0": "utf-16-le", "0x0x": "utf-16-be", "x000": "utf-32-le", "000x": "utf-32-be"}
_LOOKED_AT = 8_192
_IN_DOCUMENT = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Names say less than what is written under them: the larger sets hold the smaller ones.
_WIDER = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "hz"), ("gb18030",)),
    **dict.fromkeys(("big5", "cp950", "big5hkscs"), ("cp950", "big5hkscs", "big5")),
    **dict.fromkeys(("iso8859-1", "ascii", "cp1252"), ("cp1252",)),
    "shift_jis": ("cp932",),
    "euc_kr": ("cp949",),
}
# Of all that Python calls a codec; UTF-7 is left out, for it hides markup.
_KNOWN = re.compile(r"(ascii|iso8859|iso2022|cp\d|koi8|mac|big5|gb|hz|euc|shift|johab|tis|ptcp|kz)")
# Of good characters for each spoilt one, in what is still taken for UTF-8.
_SPOILT = 10


def decoded(content: bytes, content_type: str = "") -> str:
    """The text of a page, a feed or a table. What cannot be decoded becomes U+FFFD.

    ``content_type``: the header of that name, as it came.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    wide = _NULS.get("".join("0" if byte == 0 else "x" for byte in content[:4]))
    if wide:
        return content.decode(wide, "replace")
    names = list(_declared(content, content_type))
    if content.isascii():
        return content.decode(
            next((name for name in names if name.startswith("iso2022")), "ascii"), "replace"
        )
    text = content.decode("utf-8", "replace")
    spoilt = text.count("\ufffd")
    if not spoilt or (sum(map(len, re.findall("[^\x00-\x7f\ufffd]+", text))) > _SPOILT * spoilt):
        return text
    return _legacy(content, names)


def _legacy(content: bytes, names: list[str]) -> str:
    for name in names:
        try:
            return content.decode(name)
        except UnicodeDecodeError:
            continue
    if names:
        return content.decode(names[0], "replace")
    try:
        return guessed("", content)
    except BadTable:
        return content.decode("cp1252", "replace")


def _declared(content: bytes, content_type: str) -> Iterator[str]:
    """The encodings to try, best first. Latin is what servers say that were told nothing: it comes last."""
    said = [match[1] for match in [_IN_HEADER.search(content_type)] if match]
    inside = _IN_DOCUMENT.search(content[:_LOOKED_AT])
    if inside:
        said.append((inside[1] or inside[2]).decode("ascii", "replace"))
    found = [wider for name in said for wider in _codecs(name)]
    yield from sorted(dict.fromkeys(found), key=lambda name: name == "cp1252")


def _codecs(name: str) -> tuple[str, ...]:
    try:
        known = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ()
    return _WIDER.get(known, (known,)) if _KNOWN.match(known) else ()
