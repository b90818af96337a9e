"""Dates as people write them, in English."""

from edtf.span import APPROXIMATE, SEASONS, UNCERTAIN, WINTER, Precision, Span

# Not calendar.month_name, which follows the locale of the process.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SEASONS = dict(zip(SEASONS, ("spring", "summer", "autumn", "winter"), strict=True))


def in_words(start: Span, end: Span | None) -> str:
    """“10 March 2024”, “c. January 2026”, “10–11 March 2024”, “30 March – 2 April 2024”; never empty."""
    if end is None or start == end:
        return _qualified(start)
    if start.precision == end.precision and not start.qualifier and not end.qualifier:
        return _without_repetition(_words(start), _words(end))
    return f"{_qualified(start)} – {_qualified(end)}"


def _without_repetition(start: list[str], end: list[str]) -> str:
    """What both ends say last is said once. A dash between single words stands close, else it has spaces."""
    while start[-1] == end[len(start) - 1]:
        start = start[:-1]
    dash = "–" if len(start) == 1 else " – "
    return " ".join(start) + dash + " ".join(end)


def _qualified(span: Span) -> str:
    text = " ".join(_words(span))
    if span.qualifier == APPROXIMATE:
        return f"c. {text}"
    return f"{text} (uncertain)" if span.qualifier == UNCERTAIN else text


def _words(span: Span) -> list[str]:
    """From the smallest to the largest: ["10", "March", "2024"]."""
    year = str(span.year)
    if span.part is None:
        return [year]
    if span.part == WINTER:
        # Both years, for else nobody could tell which of a year's two winters is meant.
        return ["winter", f"{year}–{span.year + 1}"]
    match span.precision:
        case Precision.SEASON:
            return [_SEASONS[span.part], year]
        case Precision.QUARTER:
            return [f"Q{span.part - 32}", year]
    day = [] if span.day is None else [str(span.day)]
    return [*day, _MONTHS[span.part - 1], year]
