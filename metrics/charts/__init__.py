"""Charts of data series: drawn from plain values, for a page, for a file, in light and in dark.

``digest`` names a drawing. The drawing itself, ``metrics.charts.drawing``, belongs in a worker.
"""

from metrics.charts.naming import digest
from metrics.charts.shapes import Chart, Line, Point, Undrawable
from metrics.charts.svg import dark, inline

__all__ = ["Chart", "Line", "Point", "Undrawable", "dark", "digest", "inline"]
