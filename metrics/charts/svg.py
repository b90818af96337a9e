"""The drawing's SVG: reduced to shapes and text, and put into a page or into the dark.

The pages' Content-Security-Policy forbids styles within them, so colours are presentation attributes.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from metrics.charts.palette import PALETTE, PAPER

NAMESPACE = "http://www.w3.org/2000/svg"
_Q = f"{{{NAMESPACE}}}"
FAMILY = "Tracker Sans, Tracker Han, sans-serif"
_ELEMENTS = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "desc"}
_PRESENTATION = {
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "font-size", "font-weight", "text-anchor",
}  # fmt: skip
_GEOMETRY = {
    "d",
    "x",
    "y",
    "x1",
    "y1",
    "x2",
    "y2",
    "dx",
    "dy",
    "cx",
    "cy",
    "r",
    "width",
    "height",
    "transform",
    "viewBox",
}
# Words, colours, numbers, paths and transformations; no reference has these characters alone: it needs a colon or #id.
_VALUE = re.compile(r"#[0-9a-f]{3,8}|(?!url)[\w\s.,()%+-]*", re.IGNORECASE)
_LONG = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
# These are Vega's way to say nothing.
_IDLE = {("stroke-miterlimit", "10"), ("font-weight", "400"), ("fill-opacity", "1"), ("opacity", "1")}
_LIGHT = {colour.light: name for name, colour in PALETTE.items()}

ET.register_namespace("", NAMESPACE)


def plain(svg: str, title: str, description: str) -> str:
    """Vega's SVG reduced to what it draws, on paper, with its title and description in words."""
    root = _read(svg)
    root.attrib |= {"role": "img", "font-family": FAMILY}
    for place, (name, words) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(_Q + name)
        element.text = words
        root.insert(place, element)
    root.insert(2, ET.Element(_Q + "rect", {"width": "100%", "height": "100%", "fill": PAPER}))
    return _write(root)


def inline(svg: str, ident: str) -> str:
    """The drawing within a page: the page's paper, the page's colours, as wide as the page lets it be.

    ``ident`` is the drawing's own within the page; its title and description are ``ident``-title and ``ident``-desc.
    """
    ident = re.sub(r"[^\w-]", "-", ident)
    root = _read(svg)
    paper = root.find(_Q + "rect")
    if paper is not None and paper.get("height") == "100%":
        root.remove(paper)
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    names = [f"{ident}-{name}" for name in ("title", "desc")]
    for element, name in zip((root.find(_Q + "title"), root.find(_Q + "desc")), names, strict=True):
        if element is not None:
            element.set("id", name)
    root.attrib |= {
        "id": ident,
        "width": "100%",
        "role": "img",
        "font-family": FAMILY,
        "aria-labelledby": " ".join(names),
    }
    _recolour(root, {light: f"var(--chart-{name})" for light, name in _LIGHT.items()})
    return _write(root)


def dark(svg: str) -> str:
    """The same file in the colours for the dark."""
    root = _read(svg)
    root.attrib |= {"role": "img", "font-family": FAMILY}
    _recolour(root, {colour.light: colour.dark for colour in PALETTE.values()})
    return _write(root)


def _recolour(root: ET.Element, colours: dict[str, str]) -> None:
    for element in root.iter():
        for name in ("fill", "stroke"):
            if (value := element.get(name)) in colours:
                element.set(name, colours[value])


def _read(svg: str) -> ET.Element:
    """The drawing's tree, with elements and attributes of the lists above alone."""
    root = ET.fromstring(svg)  # noqa: S314 our own drawing: Vega wrote it, and text in it is escaped
    _reduce(root)
    return root


def _reduce(element: ET.Element) -> None:
    _reduce_attributes(element)
    for child in list(element):
        name = child.tag.removeprefix(_Q) if isinstance(child.tag, str) else ""
        if name not in _ELEMENTS:
            element.remove(child)
            continue
        _reduce(child)
        if (name == "g" and not len(child)) or (name == "path" and not child.get("d")):
            element.remove(child)
    if element.tag in (f"{_Q}g", f"{_Q}svg"):
        element.text = None


def _reduce_attributes(element: ET.Element) -> None:
    """Attributes that draw; a style's properties become such attributes."""
    style = [part.partition(":") for part in element.attrib.pop("style", "").split(";")]
    found = {name.strip(): value.strip() for name, _, value in style if name.strip() in _PRESENTATION}
    found |= {name: value for name, value in element.attrib.items() if name in _PRESENTATION | _GEOMETRY}
    element.attrib.clear()
    for name, value in found.items():
        if (name, value) not in _IDLE and _VALUE.fullmatch(value):
            element.set(name, _LONG.sub(lambda match: f"{float(match[0]):.2f}", value))


def _write(root: ET.Element) -> str:
    return ET.tostring(root, encoding="unicode")
