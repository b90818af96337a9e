"""Sources in a real browser: added by the address of a page, fetched, watched, with a rule tried before it is saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from imports import fetching
from imports.models import Candidate, Fetch, Outcome, Source
from tests.browser.test_three_people import Desk, send, violations
from tests.editorial_steps import make_people, publish_category
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import fetch, source

pytestmark = pytest.mark.browser
LIST = "/admin/imports/source/"


@pytest.fixture
def paper(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web server that both this process and the site may fetch from; it is there before the site is."""
    with serving() as found:
        settings.OUTBOUND_ALLOWED = [found.host]
        monkeypatch.setenv("OUTBOUND_ALLOWED", found.host)
        found.put("/feed", rss([Told("Chips are sold", guid="1"), Told("An advert", guid="2")]))
        link = "<link rel='alternate' type='application/rss+xml' title='All news' href='/feed'>"
        found.put(
            "/", f"<html lang=en><head><title>The paper</title>{link}</head></html>", content_type="text/html"
        )
        yield found


def test_from_the_address_of_a_page_to_its_items(paper: Site, site: str, page: Any) -> None:
    make_people()
    publish_category("chips", "Chips")
    Desk(page, site).as_("reviewer")
    page.goto(f"{site}{LIST}")
    send(page, "text=Add by address")
    page.fill("#look", paper.address("/"))
    send(page, ".look button")
    assert "names no feed" not in page.inner_text("#content")
    send(page, ".option a.button")
    assert page.input_value("[name=name]") == "All news"
    assert not page.locator(".field-selector").is_visible()
    page.fill("[name=publisher]", "The Paper")
    page.check("text=Chips")
    send(page, "#content-form .submit-row [type=submit]")
    assert "Chips are sold" in page.inner_text(".trial")
    send(page, "#save-so")
    assert page.locator(".messagelist .success").is_visible()

    added = Source.objects.get()
    send(page, "#fetch-now")
    assert "waits for a worker" in page.inner_text(".progress")
    with page.expect_navigation():  # the page follows the fetch by itself
        assert fetching.fetch(added.pk) is not None
    assert page.locator(".progress").count() == 0
    assert "2 items: 2 new, 0 changed." in page.inner_text(".log")
    assert "Read 2 items" in page.inner_text(".log")
    assert page.locator(".health-chart svg[role=img] .mark.new").count() == 1
    assert Candidate.objects.count() == 2

    page.goto(f"{site}{LIST}{added.pk}/change/")
    page.fill("[name=rules-0-word]", "advert")
    page.select_option("[name=rules-0-verdict]", "block")
    page.keyboard.press("Enter")
    page.wait_for_selector(".trial")
    assert "An advert" in page.inner_text(".trial")
    send(page, "#save-so")
    assert [str(rule) for rule in Source.objects.get().rules] == ["Block it with “advert” in: title or text"]


def test_it_works_without_javascript_on_a_phone(paper: Site, site: str, page: Any) -> None:
    make_people()
    long = source(
        paper.address("/feed"), name="A name with a very-long-word-" + "x" * 90, health_why="y" * 200
    )
    fetch(long)
    Desk(page, site).as_("reviewer")
    phone = page.context.browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    phone.add_cookies(page.context.cookies())
    tab = phone.new_page()
    for path in ("add/", f"{long.pk}/change/", f"{long.pk}/fetches/", "opml/"):
        tab.goto(f"{site}{LIST}{path}")
        assert tab.locator("h1").first.is_visible()
        assert tab.locator("#content").evaluate("e => e.scrollWidth - e.clientWidth") <= 0, path
    tab.goto(f"{site}{LIST}{long.pk}/change/")
    assert tab.locator(".field-selector").is_visible()
    send(tab, "#fetch-now")
    fetching.fetch(long.pk)
    send(tab, "text=Reload")
    assert "Nothing new" in tab.inner_text(".log")
    phone.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.torture)])
def test_no_rule_of_accessibility_is_broken(paper: Site, site: str, page: Any, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    make_people()
    feed = source(paper.address("/feed"), health="quiet", health_why="Nothing new for 9 days.")
    fetch(feed)
    for number, outcome in enumerate(Outcome):
        Fetch.objects.create(source=feed, lease=feed.pk, outcome=outcome, new=number)
    source(paper.address("/other"), name="Another", health="failing", health_why="It is down. (failed once)")
    page.emulate_media(color_scheme=scheme)
    Desk(page, site).as_("reviewer")
    paths = ["", "add/", "add/?address=", f"{feed.pk}/change/", f"{feed.pk}/fetches/", "opml/"]
    told = [f"{path}: {rule}" for path in paths for rule in violations(Axe(), page, site, LIST + path)]
    assert told == [], "\n".join(told)
