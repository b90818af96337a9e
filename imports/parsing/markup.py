"""HTML and XML made harmless before anything is read of them: trees without network, documents without declarations."""

from __future__ import annotations

import re
from bisect import bisect
from html import escape, unescape
from html.entities import html5
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from outbound.sandbox import Unreadable

MAX_HTML = 1_000_000
MAX_PART = 4_000_000

# What is inside of these is no text.
_NO_TEXT = frozenset((
    "script", "style", "svg", "math", "template", "iframe", "noscript", "object", "embed", "applet", "select",
    "textarea", "head", "title", "audio", "video", "canvas", "button", "datalist", "frameset", "noframes", "noembed",
    "map",
))  # fmt: skip
_BLOCKS = frozenset((
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "section", "article", "header", "footer", "main",
    "aside", "nav", "figure", "figcaption", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "form",
    "fieldset", "address", "details", "summary", "center",
))  # fmt: skip
_CELLS = frozenset(("td", "th"))
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:#(?:x0*([0-9a-f]*)|0*([0-9]*));?|([a-z][a-z0-9]{0,31});)?", re.IGNORECASE)
_DATA = ("<![CDATA[", "]]>")
_OF_XML = ("lt", "gt", "amp", "quot", "apos")
_DOCTYPE_END = re.compile(r"[>\[]|\"[^\"]*\"|'[^']*'")
_SUBSET_END = re.compile(r"\]\s*>")
_OPENING = re.compile(r"<!\[CDATA\[|<!--|<(?:[\w.-]{1,20}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_CLOSING = re.compile(r"</(?:[\w.-]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)


def plain(html: str) -> str:
    """The text of HTML: blocks are paragraphs; scripts, styles, drawings and formulas are left out."""
    html = html[:MAX_HTML]
    if "<" not in html:
        return unescape(html)
    tree = _parsed(f"<html><body>{html}</body></html>")
    return "" if tree is None else text_of(tree)


def tree(text: str) -> Any:
    """The tree of a web page. Raises Unreadable where there is no element."""
    found = _parsed(text)
    if found is None:
        raise Unreadable("The page is empty; there is nothing to read.")
    return found


def _parsed(text: str) -> Any:
    # Bytes, because a text with a declaration of its encoding is refused.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        return lxml_html.document_fromstring(_NOT_XML.sub("", text).encode(), parser=parser)
    except etree.ParserError:
        return None


def text_of(element: Any) -> str:
    """The text of a tree of HTML, without what follows the element."""
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, found in walk:
        if event == "start":
            if found.tag in _NO_TEXT and found is not element:
                walk.skip_subtree()
                continue
            pieces += (_break(found.tag), _single_spaced(found.text))
        else:
            pieces.append("" if found.tag == "br" or found.tag in _NO_TEXT else _break(found.tag))
            if found is not element:
                pieces.append(_single_spaced(found.tail))
    return re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(pieces)).strip()


def _break(name: str) -> str:
    if name == "br":
        return "\n"
    return "\n\n" if name in _BLOCKS else " " if name in _CELLS else ""


def _single_spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def document(text: str) -> tuple[str, bool]:
    """The XML from its first element on, and whether it declared entities, which are gone with all that stood before.

    Characters and references that XML does not have are mended. Raises Unreadable.
    """
    text = _NOT_XML.sub("", text)
    at, declared = _root(text)
    if at < 0:
        raise Unreadable("There is no element in the document; it is empty or no XML.")
    first, *rest = text[at:].split(_DATA[0])
    pieces = [_AMPERSAND.sub(_mended, first)]
    for piece in rest:
        data, closing, after = piece.partition(_DATA[1])
        pieces += (_DATA[0], data, closing, _AMPERSAND.sub(_mended, after))
    return "".join(pieces), declared


def _mended(match: re.Match[str]) -> str:
    """The reference, if XML has it; else the character that HTML means by it; else its text."""
    hexadecimal, decimal, name = match.groups()
    if name in _OF_XML:
        return match[0]
    if name:
        return escape(html5.get(f"{name};", match[0]), quote=False)
    if hexadecimal is None and decimal is None:
        return "&amp;"
    digits, base = (decimal, 10) if hexadecimal is None else (hexadecimal, 16)
    number = int(digits, base) if digits and len(digits) <= 7 else 0
    return f"&#{number};" if 0 < number <= 0x10FFFF and not _NOT_XML.match(chr(number)) else "\ufffd"


def _root(text: str) -> tuple[int, bool]:
    """Where the first element begins (-1: there is none), and whether declarations stand before it."""
    at, declared = 0, False
    while (at := text.find("<", at)) >= 0:
        if text.startswith("<?", at):
            at = _after(text, "?>", at)
        elif text.startswith("<!--", at):
            at = _after(text, "-->", at)
        elif text.startswith("<!", at):
            at, subset = _after_doctype(text, at)
            declared = declared or subset
        elif text[at + 1 : at + 2].isalpha():
            return at, declared
        else:
            at += 1
    return -1, declared


def _after(text: str, closing: str, at: int) -> int:
    end = text.find(closing, at)
    return len(text) if end < 0 else end + len(closing)


def _after_doctype(text: str, at: int) -> tuple[int, bool]:
    for found in _DOCTYPE_END.finditer(text, at):
        if found[0] == "[":
            end = _SUBSET_END.search(text, found.end())
            return (end.end() if end else len(text)), True
        if found[0] == ">":
            return found.end(), False
    return len(text), False


def part(text: str, start: int, most: int) -> tuple[str, int, int]:
    """The feed with those of its items alone that begin with the one numbered ``start``.

    With it the number of the first that is left for later, and how many there are in all. A feed of no more than
    ``most`` items and ``MAX_PART`` characters is left as it is.
    """
    places = _places(text)
    total = len(places)
    if total <= most and len(text) <= MAX_PART:
        return text, total, total
    if start >= total:
        return text[: places[0]] if places else text, total, total
    closed = max((found.end() for found in _CLOSING.finditer(text, places[-1])), default=len(text))
    ends = [*places[1:], closed]
    stop = min(start + most, max(start + 1, bisect(ends, places[start] + MAX_PART)))
    return text[: places[0]] + text[places[start] : ends[stop - 1]] + text[closed:], stop, total


def _places(text: str) -> list[int]:
    found, at = [], 0
    while opening := _OPENING.search(text, at):
        at = opening.end()
        if opening[0].startswith("<!"):
            at = _after(text, "-->" if opening[0] == "<!--" else "]]>", at)
        else:
            found.append(opening.start())
    return found
