"""The name of a drawing, which says what was drawn, and how."""

from __future__ import annotations

import functools
import hashlib
from importlib.metadata import version
from pathlib import Path

from metrics.charts.shapes import Chart


def digest(chart: Chart) -> str:
    """Equal for equal charts, another one wherever a drawing might differ: in data, words, or how it is drawn."""
    return hashlib.sha256(f"{_style()}\n{chart!r}".encode()).hexdigest()


@functools.cache
def _style() -> str:
    """Names the code that draws, so that a change of it draws everything anew."""
    made = hashlib.sha256(version("vl-convert-python").encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        made.update(path.read_bytes())
    return made.hexdigest()
