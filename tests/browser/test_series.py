"""A series in a real browser: pasted, looked at, published, drawn, corrected, and both vintages side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from metrics.tasks import draw
from tests.browser.test_three_people import Desk, last_position, public, send
from tests.editorial_steps import make_people, publish_front

pytestmark = pytest.mark.browser
PASTED = "period\tvalue\tstatus\tnote\n2023\t276,288\t\t\n2024\t295000\tprovisional\t人形机器人\n"
SAVE = "#content-form .submit-row [type=submit]"


def look_and_save(desk: Desk, **fields: str) -> str:
    """Save twice: the first shows what becomes of the observations. Returns what it showed."""
    for field, text in fields.items():
        desk.page.fill(f"#content-form [name='{field}']", text)
    send(desk.page, SAVE)
    shown: str = desk.page.locator(".revisions").first.inner_text()
    send(desk.page, ".revisions button")
    assert desk.page.locator(".messagelist .success").is_visible()
    return shown


def test_a_figure_is_corrected_and_both_vintages_stay(site: str, page: Any, tmp_path: Path) -> None:
    make_people()
    desk = Desk(page, site).as_("author")
    page.goto(f"{site}/admin/metrics/seriesdocument/add/")
    page.fill("[name='sources-0-publisher']", "International Federation of Robotics")
    page.fill("[name='sources-0-language']", "en")
    shown = look_and_save(
        desk,
        title="Robots installed",
        slug="robots",
        unit="units",
        definition="A count.",
        observations=PASTED,
    )
    assert shown.count("added") == 2
    desk.document = page.url
    desk.press("Submit").as_("reviewer").press("Approve").as_("publisher").press("Publish")
    assert "being drawn" in public(page, site, "/series/robots/")
    assert draw() > 0
    assert "人形机器人" in public(page, site, "/series/robots/")
    chart = page.locator("figure.chart svg[role=img]")
    assert chart.is_visible()
    assert "295,000" in chart.text_content()
    first = last_position(site)

    desk.as_("author")
    table = tmp_path / "robots.csv"
    table.write_text("period,value\n2023,276288\n2024,302549\n")
    page.set_input_files("[name=file]", table)
    assert "+7,549" in look_and_save(desk)
    desk.press("Submit").as_("reviewer").press("Approve")
    desk.as_("publisher").press("Publish", change="correction", note="December was missing.")
    draw()
    assert "December was missing." in public(page, site, "/series/robots/")
    assert "302,549" in page.locator("figure.chart svg").text_content()
    page.select_option("#compare", "1")
    send(page, "main form button")
    assert "+7,549" in page.locator("#compared").inner_text()
    assert "295,000" in public(page, site, f"/series/robots/?as_of={first}")
    assert "295,000" in page.locator("figure.chart svg").text_content()


def test_an_editor_puts_the_front_page_in_another_order(site: str, page: Any) -> None:
    from tests.editorial_steps import publish_series

    make_people()
    a, b = publish_series("a", title="Series A"), publish_series("b", title="Series B")
    choice = publish_front(figures=[{"id": str(a.id)}, {"id": str(b.id)}])
    desk = Desk(page, site)
    desk.document = f"{site}/admin/pages/frontdocument/{choice.id}/change/"
    desk.as_("author").type(**{"figures-0-ORDER": "3"})
    desk.press("Submit").as_("reviewer").press("Approve")
    desk.as_("publisher").press("Publish", note="B first.")
    shown = public(page, site, "/")
    assert shown.index("Series B") < shown.index("Series A")
