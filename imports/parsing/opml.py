"""OPML, as readers of feeds give their subscriptions to one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from lxml import etree

from imports.parsing import markup
from imports.parsing.charset import decoded
from imports.parsing.item import MAX_TITLE, line, web_address
from imports.parsing.language import tag
from imports.parsing.listing import Refusal
from outbound.sandbox import Unreadable

MAX_OUTLINES = 10_000
_NO_ADDRESS = "It has no web address."


class Outline(TypedDict):
    """One subscription. ``site``: the feed's page, or nothing. ``language``: as the list's maker says it, or
    nothing. ``folders``: what it lies in, from outside."""

    title: str
    address: str
    site: str
    language: str
    folders: list[str]


def read(content: bytes) -> dict[str, Any]:
    """``kind``: opml, ``title``, ``outlines`` and ``refused``. Raises Unreadable."""
    document, _ = markup.document(decoded(content))
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(document.encode(), parser)
    if root is None or not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise Unreadable("The file is no OPML; export the subscriptions as OPML, and try again.")
    outlines, refused, number = list[Outline](), list[Refusal](), 0
    for element in root.iter("outline"):
        if not (said := _attribute(element, "xmlurl")):
            continue
        number += 1
        if number > MAX_OUTLINES:
            raise Unreadable(f"There are more than {MAX_OUTLINES:,} subscriptions in the file; split it.")
        outline = _outline(element, said)
        if outline["address"]:
            outlines.append(outline)
        else:
            refused.append(
                Refusal(number=number, why=f"{outline['title'] or 'A subscription'}: {_NO_ADDRESS}")
            )
    title = line(root.findtext("head/title") or "", MAX_TITLE)
    return {"kind": "opml", "title": title, "outlines": outlines, "refused": refused}


def _outline(element: Any, address: str) -> Outline:
    above = [folder for folder in element.iterancestors("outline") if not _attribute(folder, "xmlurl")]
    return Outline(
        title=_title(element),
        address=web_address(address),
        site=web_address(_attribute(element, "htmlurl")),
        language=tag(_attribute(element, "language")),
        folders=[title for folder in reversed(above) if (title := _title(folder))],
    )


def _title(element: Any) -> str:
    return line(_attribute(element, "title") or _attribute(element, "text"), MAX_TITLE)


def _attribute(element: Any, name: str) -> str:
    """The attribute's text; programs differ in how they write the names."""
    return next((value for key, value in element.attrib.items() if key.lower() == name), "")


def write(title: str, outlines: Iterable[Mapping[str, Any]]) -> bytes:
    """OPML 2.0 of ``Outline`` mappings, in their folders, as ``read`` reads it back."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = line(title, MAX_TITLE)
    folders: dict[tuple[str, ...], Any] = {(): etree.SubElement(root, "body")}
    for outline in outlines:
        inside: tuple[str, ...] = ()
        for name in outline["folders"]:
            above, inside = inside, (*inside, line(name, MAX_TITLE))
            if inside not in folders:
                folders[inside] = etree.SubElement(
                    folders[above], "outline", text=inside[-1], title=inside[-1]
                )
        shown = line(outline["title"], MAX_TITLE)
        said = {
            "type": "rss",
            "text": shown,
            "title": shown,
            "xmlUrl": outline["address"],
            "htmlUrl": outline["site"],
            "language": outline["language"],
        }
        etree.SubElement(folders[inside], "outline", {key: value for key, value in said.items() if value})
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written
