"""Any date that can be written, and texts that nearly are one."""

from hypothesis import strategies as st

import edtf

QUALIFIERS = st.sampled_from(["", "~", "?"])
YEARS = st.integers(1, 9998) | st.sampled_from([1, 1999, 2023, 2024])


PARTS = st.sampled_from([*range(1, 13), *range(21, 25), *range(33, 37)])


def spans(years: st.SearchStrategy[int] = YEARS) -> st.SearchStrategy[edtf.Span]:
    return st.one_of(
        st.builds(edtf.Span, years, qualifier=QUALIFIERS),
        st.builds(edtf.Span, years, PARTS, qualifier=QUALIFIERS),
        st.builds(edtf.Span, years, st.integers(1, 12), st.integers(1, 28), QUALIFIERS),
    )


def dates(years: st.SearchStrategy[int] = YEARS) -> st.SearchStrategy[edtf.Date]:
    return st.builds(edtf.Date, spans(years)) | st.builds(_interval, spans(years), spans(years))


def _interval(one: edtf.Span, other: edtf.Span) -> edtf.Date:
    return edtf.Date(*sorted((one, other), key=lambda span: span.earliest))


# Few years and few spans, so that two of them often meet.
CLOSE = dates(st.sampled_from([2023, 2024]))
NEARLY = st.text(alphabet="0123-/~?%.X\x00 ２٣\ud800", max_size=26) | st.from_regex(
    r"\A[0-9]{4}(-[0-9]{2}){0,2}[~?]?(/[0-9]{4}(-[0-9]{2}){0,2}[~?]?)?\Z"
)
