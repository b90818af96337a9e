"""Data series and their observations. Doors out import ``metrics.models.edition`` alone."""

from metrics.models.document import SeriesDocument
from metrics.models.drawing import Drawing
from metrics.models.edition import Series, VintageObservation

__all__ = ["Drawing", "Series", "SeriesDocument", "VintageObservation"]
