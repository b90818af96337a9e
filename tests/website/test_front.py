"""The tracker page: what the front page's choice shows, in which order, as of any moment."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from metrics.draw import redraw
from tests.editorial_steps import (
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)
from tests.keeping import forget
from tests.website.test_pages import position, see

pytestmark = pytest.mark.django_db
SECTIONS = (
    "Overview", "Graphics dashboard", "Timeline of crucial events", "Latest updates", "Profiling the actors",
    "Publications",
)  # fmt: skip


def section(name: str, query: str = "") -> str:
    """One section of the page, as text between its tags."""
    page = Client().get(f"/{query}").content.decode()
    found = re.search(rf'<section id="{name}">(.*?)</section>', page, re.DOTALL)
    assert found
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(1)))


def order(text: str, *names: str) -> list[str]:
    return sorted((name for name in names if name in text), key=text.index)


def test_an_empty_tracker_has_all_sections() -> None:
    page = see("/")
    assert order(page, *SECTIONS) == list(SECTIONS)


def test_headline_figures_have_year_source_and_change() -> None:
    publish_series(
        "produced", title="Robots produced",
        observations=[{"period": "2023", "value": "430000"}, {"period": "2024", "value": "556000"}],
    )  # fmt: skip
    publish_series(
        "share", title="Share", unit="percent",
        observations=[{"period": "2023", "value": "51"}, {"period": "2024", "value": "54"}],
    )  # fmt: skip
    publish_series(
        "humanoids", title="Humanoids", sources=[], source_wanted=True,
        observations=[{"period": "2025", "value": "12800"}, {"period": "2026", "value": "1", "status": "forecast"}],
    )  # fmt: skip
    dashboard = section("dashboard")
    assert (
        "556,000 units 2024 · +29.3 percent on 2023 Source (EN): International Federation of Robotics"
        in dashboard
    )
    assert "54 percent 2024 · +3 points on 2023" in dashboard
    assert "12,800 units 2025 · no earlier figure Source wanted" in dashboard


def test_the_choice_says_which_series_and_milestones_in_which_order() -> None:
    a, b = publish_series("a", title="Series A"), publish_series("b", title="Series B")
    first, second = publish_entry("first", title="First event"), publish_entry("second", title="Second event")
    choice = publish_front(
        figures=[{"id": str(b.id)}, {"id": str(a.id)}],
        charts=[{"id": str(a.id)}],
        milestones=[{"id": str(second.id)}, {"id": str(first.id)}],
    )
    before = position()
    assert order(section("dashboard"), "Series A", "Series B") == ["Series B", "Series A"]
    assert order(section("timeline"), "First event", "Second event") == ["Second event", "First event"]
    choice.revise(figures=[{"id": str(a.id)}], milestones=[{"id": str(first.id)}]).publish(note="Fewer.")
    assert "Second event" not in section("timeline")
    assert "Second event" in section("timeline", f"?as_of={before}")
    assert "Series B" not in section("dashboard")


def test_where_nothing_is_chosen_all_milestones_and_updates_are_shown() -> None:
    publish_front()
    for number in range(3):
        publish_entry(f"m{number}", title=f"Milestone {number}", date=f"202{number}")
        publish_entry(f"u{number}", title=f"Update {number}", kind="update", date=f"202{number}")
    assert order(section("timeline"), *(f"Milestone {n}" for n in range(3))) == [
        f"Milestone {n}" for n in (2, 1, 0)
    ]
    assert order(section("updates"), *(f"Update {n}" for n in range(3))) == [f"Update {n}" for n in (2, 1, 0)]
    assert "Source (CN): Xinhua" in section("updates")


def test_the_latest_updates_are_as_many_as_was_chosen() -> None:
    publish_front(updates=1)
    for number in range(3):
        publish_entry(f"u{number}", title=f"Update {number}", kind="update", date=f"202{number}")
    assert order(section("updates"), "Update 0", "Update 1", "Update 2") == ["Update 2"]


def test_a_chart_stands_on_the_page_once_it_is_drawn_and_no_cache_hides_it() -> None:
    doc = publish_series("robots")
    publish_front(charts=[{"id": str(doc.id)}])
    waiting = Client().get("/")
    assert "is being drawn" in waiting.content.decode()
    later = Client().get("/series/robots/chart.svg")
    assert (later.status_code, later.headers["Cache-Control"]) == (503, "no-store")
    assert later.headers["Retry-After"]
    redraw(doc.id)
    drawn = Client().get("/", headers={"If-None-Match": waiting.headers["ETag"]})
    assert drawn.status_code == 200
    page = drawn.content.decode()
    assert 'role="img"' in page
    assert "is being drawn" not in page
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert "style" not in svg.replace("font-style", "")
    assert Client().get("/", headers={"If-None-Match": drawn.headers["ETag"]}).status_code == 304


def test_an_unknown_parameter_is_named() -> None:
    assert Client().get("/?kind=milestone").status_code == 400


def test_the_page_costs_the_same_at_one_and_at_three_of_everything() -> None:
    category = publish_category("rules")
    publish_page("overview")
    choice = publish_front()

    def fill(number: int) -> str:
        doc = publish_series(f"s{number}", title=f"Series {number}")
        redraw(doc.id)
        for kind in ("milestone", "update", "publication"):
            publish_entry(f"{kind}{number}", kind=kind, categories=[str(category.id)])
        publish_actor(f"a{number}", title=f"Actor {number}")
        return str(doc.id)

    def cost() -> int:
        forget()
        with CaptureQueriesContext(connection) as queries:
            assert Client().get("/").status_code == 200
        return len(queries)

    ids = [fill(0)]
    choice.revise(figures=[{"id": key} for key in ids], charts=[{"id": key} for key in ids]).publish(
        note="More."
    )
    one = cost()
    ids += [fill(1), fill(2)]
    choice.revise(figures=[{"id": key} for key in ids], charts=[{"id": key} for key in ids]).publish(
        note="More."
    )
    assert cost() == one
