"""The drawing itself, by Vega-Lite. It takes a fifth of a second and 200 MB, so no request may come here."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import vl_convert

from metrics.charts.layout import spec
from metrics.charts.shapes import Chart
from metrics.charts.svg import plain
from metrics.charts.words import clean

VEGA_LITE = "6.4"
FONTS = Path(__file__).resolve().parent.parent / "fonts"
_KINDS = {"line": "Line chart", "bar": "Bar chart", "share": "Chart of shares"}


@dataclass(frozen=True, slots=True)
class Drawn:
    svg: str
    png: bytes


def draw(chart: Chart) -> Drawn:
    """The chart as SVG and, twice as large, as PNG; both on light paper. `Undrawable` as for its specification."""
    _register_fonts()
    raw = vl_convert.vegalite_to_svg(spec(chart), vl_version=VEGA_LITE, allowed_base_urls=[])
    unit = clean(chart.unit)
    description = f"{_KINDS[chart.kind]}{f' ({unit})' if unit else ''}; the table with it says the same."
    svg = plain(raw, clean(chart.title), description)
    return Drawn(svg, vl_convert.svg_to_png(svg, scale=2))


@functools.cache
def _register_fonts() -> None:
    """Once in a process, and before the first drawing: text in an unknown font is left out without a word."""
    missing = [
        name for name in ("TrackerSans-Regular.otf", "TrackerSans-Bold.otf") if not (FONTS / name).is_file()
    ]
    if missing:
        raise FileNotFoundError(f"The charts' fonts are not at {FONTS}: {', '.join(missing)}")
    vl_convert.register_font_directory(str(FONTS))
