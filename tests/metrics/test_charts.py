"""Charts, as readers see them: in a page, as a file, in light and dark. Drawn for real; no database is asked."""

from __future__ import annotations

import itertools
import json
import re
import struct
import time
import xml.etree.ElementTree as ET
import zlib
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from metrics.charts import Chart, Line, Point, Undrawable, dark, digest, inline
from metrics.charts.drawing import Drawn, draw
from metrics.charts.layout import spec
from metrics.charts.palette import PALETTE

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "g", "path", "line", "rect", "circle", "text", "tspan", "title", "desc"}
HOSTILE = """</title><script>alert(1)</script>]]> "quoted" 'too' ${datum.x} {{x}} <style></style>\x00\x0b\ud800&amp;"""
CSS = Path(__file__).parents[2] / "static" / "website" / "tracker.css"


def year(number: int, value: str | None, status: str = "final") -> Point:
    known = None if value is None else Decimal(value)
    text = str(number)
    return Point(text, text, date(number, 1, 1), date(number, 12, 31), known, status, status != "final")


def month(text: str, value: str, shown: str = "") -> Point:
    first = date(int(text[:4]), int(text[5:7]), 1)
    last = (first + timedelta(31)).replace(day=1) - timedelta(1)
    return Point(text, shown or text, first, last, Decimal(value), "final", False)


def line(*values: str | None, first: int = 2016, title: str = "Robots installed") -> Line:
    return Line(title, tuple(year(first + place, value) for place, value in enumerate(values)))


def days(count: int) -> tuple[Point, ...]:
    dates = [date(2015, 1, 1) + timedelta(place) for place in range(count)]
    return tuple(
        Point(f"{day}", f"{day}", day, day, Decimal(place % 97), "final", False)
        for place, day in enumerate(dates)
    )


def chart(kind: Any, *lines: Line, title: str = "Industrial robots in China", unit: str = "units") -> Chart:
    return Chart(kind, title, unit, "Source: International Federation of Robotics (EN)", lines)


ROBOTS = chart("line", line("87000", "156000", None, "140000", "168400"))
PROVISIONAL = Line("Robots", (year(2023, "276288"), year(2024, "295000", "provisional")))
CUSTOMERS = chart("share", line("28", title="Electronics"), line("19", title="Automotive"), unit="percent")


def tree(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    """All the text that is drawn, in the drawing's order."""
    return ["".join(element.itertext()) for element in tree(svg).iter(f"{SVG}text")]


def strokes(svg: str) -> list[ET.Element]:
    """The lines that join points: paths in a series' colour that are not filled."""
    return [
        path
        for path in tree(svg).iter(f"{SVG}path")
        if path.get("stroke") == PALETTE["1"].light and path.get("fill", "none") in ("none", "transparent")
    ]


def pixels(png: bytes) -> bytes:
    """The picture's data, unpacked."""
    assert png.startswith(b"\x89PNG")
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def assert_fit_for_a_page(svg: str) -> None:
    """What the Content-Security-Policy and good sense forbid is not there."""
    for element in tree(svg).iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in ("style", "href", "class", "src")
            assert not re.search(r"url\(|javascript:|data:|https?:", value)


@pytest.mark.parametrize("kind", ["line", "bar", "share"])
def test_hostile_text_stays_text(kind: str) -> None:
    """An editor's title that is full of markup is read as it was written, in the page and in the files."""
    point = replace(year(2024, "40"), period=HOSTILE, shown=HOSTILE)
    drawn = draw(
        Chart(kind, HOSTILE, HOSTILE, HOSTILE, (Line(HOSTILE, (point,)), Line(f"{HOSTILE}2", (point,))))
    )  # type: ignore[arg-type]
    for svg in (drawn.svg, dark(drawn.svg), inline(drawn.svg, "robots")):
        assert_fit_for_a_page(svg)
        assert "<script" not in svg
        assert "<style" not in svg
        assert "\x00" not in svg
        assert "${datum.x}" in " ".join(words(svg))
        title = tree(svg).findtext(f"{SVG}title")
        assert title is not None
        assert title.startswith("</title><script>alert(1)</script>]]> \"quoted\" 'too' ${datum.x} {{x}}")


def test_a_drawing_asks_for_nothing_from_elsewhere() -> None:
    for one in (ROBOTS, CUSTOMERS, chart("bar", PROVISIONAL)):
        assert "://" not in json.dumps(spec(one))
        assert '"url"' not in json.dumps(spec(one))


def test_a_drawing_in_a_page() -> None:
    """It has the page's colours and its own names, and says what it shows to those who do not see it."""
    drawn = draw(ROBOTS)
    svg = inline(drawn.svg, "robots 1")
    root = tree(svg)
    assert_fit_for_a_page(svg)
    assert not re.search(r"#[0-9a-f]{6}", svg)
    assert set(re.findall(r"var\(--chart-(\w+)\)", svg)) <= set(PALETTE)
    assert "width" not in root.attrib or root.get("width") == "100%"
    assert "height" not in root.attrib
    assert root.get("viewBox", "").startswith("0 0 600 ")
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    title, description = (named[ident] for ident in root.get("aria-labelledby", "").split())
    assert title == "Industrial robots in China"
    assert description == "Line chart (units); the table with it says the same."
    assert all(ident and ident.startswith("robots-1") for ident in named)
    assert 'height="100%"' not in svg


def test_two_drawings_in_a_page_have_no_name_in_common() -> None:
    svg = draw(ROBOTS).svg
    one, other = (set(re.findall(r' id="([^"]*)"', inline(svg, ident))) for ident in ("a", "b"))
    assert one
    assert not one & other


def test_light_and_dark_files() -> None:
    """The same drawing on white paper and on black."""
    light = draw(ROBOTS).svg
    black = dark(light)
    assert PALETTE["paper"].light in light
    assert PALETTE["paper"].dark in black
    assert not any(colour.light in black for colour in PALETTE.values())
    assert words(light) == words(black)


def test_a_picture_is_twice_as_large_and_on_paper() -> None:
    drawn = draw(ROBOTS)
    height = float(tree(drawn.svg).get("viewBox", "").split()[3])
    assert size(drawn.png) == (1200, round(height * 2))
    assert pixels(drawn.png)[1:5] == bytes.fromhex(PALETTE["paper"].light[1:]) + b"\xff"


def test_what_a_drawing_says() -> None:
    """Title, unit, source, years and numbers with their separators."""
    said = words(draw(chart("bar", line("87000", "1156000"))).svg)
    for text in ("Industrial robots in China", "units", "2016", "2017", "500,000", "87,000", "1,156,000"):
        assert text in said
    assert "Source: International Federation of Robotics (EN)" in " ".join(said)


def test_long_titles_and_sources_are_wrapped() -> None:
    svg = draw(replace(ROBOTS, title="Robots " * 30, source="中国国家统计局" * 40)).svg
    assert max(len(text) for text in words(svg)) < 80
    assert tree(svg).findtext(f"{SVG}title") == ("Robots " * 30).strip()
    assert any(text.endswith("…") for text in words(svg))


def test_a_line_is_not_joined_over_a_missing_value() -> None:
    """Five years of which the third is missing: two pieces of line, though the years around it are known."""
    paths = [path.get("d", "") for path in strokes(draw(ROBOTS).svg)]
    assert [path.count("L") for path in paths if "L" in path and "Z" not in path] == [1, 1]


def test_a_year_that_is_not_listed_is_a_gap_too() -> None:
    points = tuple(year(number, "5") for number in (2018, 2020, 2021, 2022))
    paths = [path.get("d", "") for path in strokes(draw(chart("line", Line("Robots", points))).svg)]
    assert [path.count("L") for path in paths if "Z" not in path] == [2]


def test_irregular_periods_are_joined_and_named() -> None:
    """Models appear when they do: no gap; and an approximate month is called so."""
    points = (
        month("2022-08~", "130", "approximately August 2022"),
        month("2023-06", "7"),
        month("2023-11", "34"),
        month("2024-12", "671"),
    )
    svg = draw(chart("line", Line("Models", points))).svg
    assert [path.get("d", "").count("L") for path in strokes(svg) if "Z" not in path.get("d", "")] == [3]
    assert {"c. Aug", "2022", "Jun", "2023", "Dec", "671"} <= set(words(svg))


@pytest.mark.parametrize("kind", ["line", "bar", "share"])
def test_provisional_values_look_so(kind: str) -> None:
    """Dashes, and a word that explains them; none of it where all is final."""
    points = (year(2023, "40"), year(2024, "50", "provisional"))
    final = tuple(replace(point, provisional=False) for point in points)
    unsure, sure = (draw(chart(kind, Line("Robots", some))).svg for some in (points, final))
    assert "provisional or estimated" in words(unsure)
    assert "provisional or estimated" not in words(sure)
    assert any(element.get("stroke-dasharray") for element in tree(unsure).iter())
    assert not any(element.get("stroke-dasharray") for element in tree(sure).iter())


def test_forecasts_are_named() -> None:
    svg = draw(chart("bar", Line("Robots", (year(2026, "4", "forecast"),)))).svg
    assert "provisional, estimated or forecast" in words(svg)


def test_several_lines_are_told_apart_without_colour() -> None:
    """Each has a shape of its own, in its line and in the legend, and its name."""
    lines = [line(*"12345", title=f"Series {place}") for place in range(6)]
    svg = draw(chart("line", *lines)).svg
    shapes = {}
    for path in tree(svg).iter(f"{SVG}path"):
        if path.get("fill") in {PALETTE[name].light for name in "123456"}:
            shapes.setdefault(path.get("fill"), path.get("d"))
    assert len(set(shapes.values())) == 6
    assert {f"Series {place}" for place in range(6)} <= set(words(svg))


def test_shares_leave_the_rest_to_others() -> None:
    said = words(draw(CUSTOMERS).svg)
    assert {"Electronics", "Automotive", "28%", "19%", "Other", "53%"} <= set(said)


def test_an_unknown_share_is_not_called_other() -> None:
    said = words(draw(chart("share", line("28", "30"), line("10", None, title="Metals"))).svg)
    assert "Other or not known" in said


def test_shares_of_more_than_the_whole_are_not_drawn() -> None:
    with pytest.raises(Undrawable, match="The shares of 2016 together exceed 100 percent"):
        draw(chart("share", line("70"), line("40")))
    with pytest.raises(ValueError, match="below zero in 2016"):
        draw(chart("share", line("-1")))


def test_shares_that_rounding_raises_are_drawn() -> None:
    said = words(draw(chart("share", line("33.5"), line("33.5"), line("33.5"))).svg)
    assert "Other" not in said


def test_nothing_to_draw() -> None:
    for nothing in (chart("line"), chart("bar", Line("Robots", ())), chart("share", line(None))):
        with pytest.raises(Undrawable, match="No value is known"):
            draw(nothing)
    for number in ("NaN", "Infinity", "1e999"):
        with pytest.raises(Undrawable, match="too large or too small"):
            spec(chart("line", line(number)))


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize(
    ("values", "seen"),
    [
        (["12800"], {"2016", "12,800"}),
        (["12345678901234", "40000000000000"], {"units, trillions"}),
        (["0.0000012", "-0.0000025"], {"units, millionths"}),
        (["-9", "57", "-1"], {"−20", "57", "−9"}),
        (["0", "0"], {"0"}),
        (["7", "7", "7"], {"7"}),
        (["1e40", "3e40"], {"units × 10^39"}),
        (["100000000000000000000000000000", "100000000000000000000000000001"], {"units × 10^27"}),
    ],
)
def test_values_of_every_size(kind: str, values: list[str], seen: set[str]) -> None:
    svg = draw(chart(kind, line(*values))).svg
    assert seen <= set(words(svg))
    assert "NaN" not in svg
    assert "Infinity" not in svg


def test_a_number_below_zero_does_not_stand_on_its_year() -> None:
    svg = draw(chart("bar", line("-20", "-7"))).svg
    assert _height(svg, "2016") - _height(svg, "−20") >= 17


def _height(svg: str, words: str) -> float:
    """Where the words' last line stands, downwards."""
    places = [text.get("transform", "") for text in tree(svg).iter(f"{SVG}text") if text.text == words]
    return max(float(re.split(r"[,)]", place)[1]) for place in places)


def test_bars_have_their_values_written_up_to_a_dozen() -> None:
    twelve, thirteen = (words(draw(chart("bar", line(*["7"] * count))).svg) for count in (12, 13))
    assert twelve.count("7") == 12
    assert "7" not in thirteen


def test_values_without_room_are_written_in_thousands() -> None:
    """Eleven columns are too narrow for 290,144; “290” and a unit that says so have room."""
    said = words(draw(chart("bar", line(*["290144"] * 11))).svg)
    assert said.count("290") == 11
    assert "units, thousands" in said


def test_ten_years_of_days_are_drawn_in_no_time() -> None:
    long = chart("line", Line("Price", days(3650)))
    draw(ROBOTS)  # the first drawing of a process starts the machinery
    start = time.perf_counter()
    drawn = draw(long)
    assert time.perf_counter() - start < 2  # a busy machine is slower; alone it takes a fifth of a second
    assert {"2015", "2024"} <= set(words(drawn.svg))
    assert len(drawn.svg) < 150_000


def test_very_thin_columns_and_parts_are_not_covered_by_their_edges() -> None:
    columns = draw(chart("bar", Line("Price", days(3650)))).svg
    parts = draw(chart("share", line("99.7"), line("0.2"))).svg
    for svg, ink in ((columns, PALETTE["1"].light), (parts, PALETTE["2"].light)):
        edges = {path.get("stroke") for path in tree(svg).iter(f"{SVG}path") if path.get("fill") == ink}
        assert None in edges


def test_time_is_the_same_in_every_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    here = draw(ROBOTS).svg
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    try:
        assert draw(ROBOTS).svg == here
    finally:
        monkeypatch.undo()
        time.tzset()


def test_equal_charts_have_one_name_and_others_another() -> None:
    assert digest(ROBOTS) == digest(replace(ROBOTS))
    assert re.fullmatch("[0-9a-f]{64}", digest(ROBOTS))
    others = [
        replace(ROBOTS, kind="bar"),
        replace(ROBOTS, title="Robots"),
        replace(ROBOTS, title="Robots " * 100),
        replace(ROBOTS, title="Robots " * 101),
        replace(ROBOTS, unit="CNY"),
        replace(ROBOTS, source="Source wanted"),
        chart("line", line("87001", "156000", None, "140000", "168400")),
    ]
    assert len({digest(other) for other in [ROBOTS, *others]}) == 1 + len(others)


def test_a_drawing_is_the_same_each_time() -> None:
    assert draw(ROBOTS) == draw(ROBOTS)
    assert isinstance(draw(ROBOTS), Drawn)


def test_chinese_is_drawn_as_chinese() -> None:
    """Each character of a title has a shape of its own, which no empty box has; the SVG holds the characters."""
    pictures = {}
    for text in ("人形机器人", "网信办公室", "體驗機構聯", "\ue000" * 5):
        drawn = draw(replace(ROBOTS, title=text))
        assert text in words(drawn.svg)
        pictures[text] = pixels(drawn.png)
    row = len(pictures["人形机器人"]) // size(drawn.png)[1]
    for one, other in itertools.combinations(pictures.values(), 2):
        assert one != other
        differ = [
            place // row
            for place in range(0, len(one), row)
            if one[place : place + row] != other[place : place + row]
        ]
        assert max(differ) < 90  # in the title alone, at the drawing's top


def test_a_quarter_and_a_day_are_named_on_the_axis() -> None:
    quarter = Point(
        "2025-33", "first quarter of 2025", date(2025, 1, 1), date(2025, 3, 31), Decimal(1), "final", False
    )
    day = Point("2025-03-06", "6 March 2025", date(2025, 3, 6), date(2025, 3, 6), Decimal(2), "final", False)
    assert {"Q1", "6 Mar", "2025"} <= set(words(draw(chart("bar", Line("Funds", (quarter, day)))).svg))


def test_text_is_large_enough_on_a_telephone() -> None:
    """A drawing 600 wide stands in 328 pixels of a telephone's 360: nothing is smaller than nine there."""
    sizes = [text.get("font-size", "") for text in tree(draw(CUSTOMERS).svg).iter(f"{SVG}text")]
    assert min(float(each.removesuffix("px")) for each in sizes) * 328 / 600 >= 9


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_stand_out_from_the_paper(mode: str) -> None:
    """Text and the series, in whose colour text is written too, by 4.5 at least."""
    paper = _luminance(getattr(PALETTE["paper"], mode))
    for name in ("ink", "soft", *"123456"):
        low, high = sorted((paper, _luminance(getattr(PALETTE[name], mode))))
        assert (high + 0.05) / (low + 0.05) >= 4.5, name


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_pages_have_the_same_colours() -> None:
    css = CSS.read_text()
    for name, colour in PALETTE.items():
        assert re.findall(rf"--chart-{name}: (#[0-9a-f]{{6}})", css) == [colour.light, colour.dark]


def test_the_pages_fonts_are_there() -> None:
    urls = re.findall(r'url\("(fonts/[^"]+)"\)', CSS.read_text())
    assert len(urls) == 3
    assert all((CSS.parent / url).read_bytes().startswith(b"wOF2") for url in urls)
