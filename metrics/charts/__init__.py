"""Charts of data series: drawn from plain values, for a page, for a file, in light and in dark.

`draw` takes a fifth of a second and much memory: it belongs in a worker, and `digest` names what it drew.
"""

from metrics.charts.drawing import Drawn, digest, draw
from metrics.charts.layout import spec
from metrics.charts.shapes import Chart, Line, Point, Undrawable
from metrics.charts.svg import dark, inline

__all__ = ["Chart", "Drawn", "Line", "Point", "Undrawable", "dark", "digest", "draw", "inline", "spec"]
