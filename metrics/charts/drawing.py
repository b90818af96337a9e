"""The drawing itself, by Vega-Lite."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import vl_convert

from metrics.charts.layout import spec
from metrics.charts.shapes import Chart
from metrics.charts.svg import plain
from metrics.charts.words import clean

# Raise it with every change after which an equal specification looks different: fonts, colours, the SVG's reduction.
STYLE = 1
VEGA_LITE = "6.4"
FONTS = Path(__file__).resolve().parent.parent / "fonts"
_KINDS = {"line": "Line chart", "bar": "Bar chart", "share": "Chart of shares"}


@dataclass(frozen=True, slots=True)
class Drawn:
    svg: str
    png: bytes


def digest(chart: Chart) -> str:
    """The drawing's name: equal for charts that look equal, another one wherever a drawing might differ."""
    what = {
        "spec": spec(chart),
        "style": STYLE,
        "vega_lite": VEGA_LITE,
        "vl_convert": version("vl-convert-python"),
    }
    text = json.dumps(what, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
