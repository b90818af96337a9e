"""Dates as precise as they are known: a small, strict subset of EDTF (ISO 8601-2, levels 0 and 1).

    2024-03-10   2024-03   2024       a day, a month, a year
    2024-21 … 24   2024-33 … 36       a season, a quarter
    2026-01~   2026-01?               approximate, uncertain
    2024-03-10/2024-03-11             an interval of two of the above

The model field is in ``edtf.fields``; nothing else here needs Django.
"""

from edtf.dates import Date
from edtf.grammar import MAX_LENGTH, parse
from edtf.span import InvalidDate, Precision, Span

__all__ = ["MAX_LENGTH", "Date", "InvalidDate", "Precision", "Span", "parse"]
