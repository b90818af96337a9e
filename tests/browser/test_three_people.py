"""Three people bring an entry from an idea to a withdrawal, in a real browser, and readers see each step."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from editorial import commands as c
from tests.editorial_steps import make_people, publish_category

pytestmark = pytest.mark.browser


def send(page: Any, button: str) -> None:
    """Click what sends a form, and wait for the page that answers: a click by itself returns before it."""
    with page.expect_navigation():
        page.click(button)


def sign_in(page: Any, site: str, name: str) -> None:
    page.goto(f"{site}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", name)
    send(page, "[type=submit]")
    assert page.locator("#user-tools").is_visible()


class Desk:
    """A browser that several people sit down at, one after the other."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.site, self.document = page, site, ""

    def as_(self, name: str) -> Desk:
        self.page.context.clear_cookies()
        sign_in(self.page, self.site, name)
        if self.document:
            self.page.goto(self.document)
        return self

    def press(self, name: str, **fields: str) -> Desk:
        selector = f"#command-{name}"
        form = self.page.locator(selector)
        form.locator("xpath=..").locator("summary").click()
        for field, text in fields.items():
            widget = form.locator(f"[name={field}]")
            widget.select_option(text) if field in ("change", "into") else widget.fill(text)
        send(self.page, f"{selector} button")
        assert self.page.locator(".messagelist .success").is_visible(), self.page.locator(
            ".errornote"
        ).all_inner_texts()
        return self

    def type(self, **fields: str) -> Desk:
        for field, text in fields.items():
            self.page.fill(f"#content-form [name='{field}']", text)
        send(self.page, "#content-form .submit-row [type=submit]")
        assert self.page.locator(".messagelist .success").is_visible()
        return self


def public(page: Any, site: str, path: str) -> str:
    page.goto(site + path)
    text: str = page.locator("main").inner_text()
    return text


def last_position(site: str) -> int:
    with urllib.request.urlopen(f"{site}/api/v1/entries/") as answer:
        position: int = json.load(answer)["as_of"]["position"]
    return position


def test_from_an_idea_to_a_withdrawal(site: str, page: Any) -> None:
    make_people()
    publish_category("rules", "Rules")
    desk = Desk(page, site).as_("author")
    page.goto(f"{site}/admin/timeline/entrydocument/add/")
    page.check("text=Rules")
    page.fill("[name='sources-0-publisher']", "Cyberspace Administration")
    page.fill("[name='sources-0-language']", "zh")
    desk.type(
        title="Labels become compulsory", summary="Texts made by machines are labelled.", date="2025-09-01"
    )
    desk.document = page.url
    desk.press("Submit")
    desk.as_("reviewer").press("RequestChanges", note="Since which day?")
    desk.as_("author")
    assert "Since which day?" in (
        page.goto(page.url.replace("/change/", "/history/")) and page.inner_text("#content")
    )
    page.goto(desk.document)
    desk.type(summary="Since 1 September, texts made by machines are labelled.").press("Submit")
    desk.as_("reviewer").press("Approve")
    assert "Labels" not in public(page, site, "/timeline/")
    desk.as_("publisher").press("Publish", change="major")
    entry = "/timeline/labels-become-compulsory/"
    assert "Since 1 September" in public(page, site, entry)
    published = last_position(site)

    page.goto(desk.document)
    desk.as_("author").type(summary="Since 1 September, most texts made by machines are labelled.").press(
        "Submit"
    )
    desk.as_("reviewer").press("Approve")
    desk.as_("publisher").press("Publish", change="correction", note="Not all texts are meant.")
    shown = public(page, site, entry)
    assert "most texts" in shown
    assert "Not all texts are meant." in shown
    corrected = last_position(site)

    desk.as_("publisher").press("Withdraw", notice="The rule was misread.")
    shown = public(page, site, entry)
    assert "The rule was misread." in shown
    assert "most texts" not in shown

    assert "There is nothing" in public(page, site, f"{entry}?as_of={published - 1}")
    for position in (published, corrected):
        shown = public(page, site, f"{entry}?as_of={position}")
        assert "Labels become compulsory" in shown
        assert "The rule was misread." in shown  # the withdrawal hides the past, which is its default
    assert "Labels become compulsory" in public(page, site, f"/timeline/?as_of={corrected}")
    assert "Labels become compulsory" not in public(page, site, "/timeline/")


def test_the_past_is_readable_where_a_withdrawal_leaves_it(site: str, page: Any) -> None:
    from tests.editorial_steps import publish_entry

    doc = publish_entry("an-entry", summary="As first written.")
    first = last_position(site)
    doc.correct("It was worse.", summary="As corrected.")
    second = last_position(site)
    doc.withdraw("All wrong.", hide_past=False)
    path = "/timeline/an-entry/"
    assert "nothing at this address" in public(page, site, f"{path}?as_of={first - 1}")
    assert "As first written." in public(page, site, f"{path}?as_of={first}")
    shown = public(page, site, f"{path}?as_of={second}")
    assert "As corrected." in shown
    assert "It was worse." in shown
    assert "All wrong." in public(page, site, path)


def test_hostile_text_breaks_no_policy_in_a_browser(site: str, page: Any) -> None:
    from tests.editorial_steps import publish_entry
    from tests.website.test_pages import HOSTILE

    make_people()
    words = "\n\n".join(HOSTILE)
    source = {"publisher": HOSTILE[0], "title": HOSTILE[1], "language": "en"}
    doc = publish_entry("a", title=HOSTILE[0], summary=words, body=words, basis=words, sources=[source])
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    for path in ("/", "/timeline/", "/timeline/a/"):
        page.goto(site + path)
    Desk(page, site).as_("chief-editor")
    for path in ("", f"{doc.id}/change/", f"{doc.id}/history/?from=1&to=1"):
        page.goto(f"{site}/admin/timeline/entrydocument/{path}")
    assert alerts == []


def test_the_pages_work_on_a_phone_and_without_javascript(site: str, page: Any) -> None:
    from metrics.draw import redraw
    from tests.editorial_steps import publish_actor, publish_entry, publish_series

    make_people()
    long = "A title with a very-long-word-" + "x" * 60
    actor = publish_actor(
        "zhipu", title=long, name_zh="智" * 60, aliases=[long], web=f"https://example.org/{'x' * 90}"
    )
    publish_actor("lab", title=long, relations=[{"type": "partner_of", "target": str(actor.id)}])
    redraw(publish_series("robots", title=long, unit="x" * 40).id)
    for number in range(3):
        publish_entry(f"a-{number}", title=long, actors=[{"id": str(actor.id), "role": "acted"}])
    Desk(page, site).as_("chief-editor")
    cookies = page.context.cookies()
    phone = page.context.browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    phone.add_cookies(cookies)
    tab = phone.new_page()
    public_pages = (
        "/",
        "/timeline/",
        "/timeline/a-1/",
        "/actors/",
        "/actors/zhipu/",
        "/series/",
        "/series/robots/",
    )
    for path in (*public_pages, "/admin/timeline/entrydocument/add/"):
        tab.goto(site + path)
        assert tab.locator("h1").first.is_visible()
        if not path.startswith("/admin"):
            assert tab.locator("html").evaluate("e => e.scrollWidth") <= 360, path
    tab.goto(f"{site}/timeline/")
    tab.fill("[name=q]", "no such words")
    send(tab, "main button")
    assert "Nothing was found." in tab.inner_text("main")
    phone.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(site: str, page: Any, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    from metrics.draw import redraw
    from tests.editorial_steps import publish_actor, publish_entry, publish_series

    make_people()
    category = publish_category("rules", "Rules")
    doc = publish_entry(
        "a", categories=[str(category.id)], body="One.\n\n- Two\n- Three\n\n[a link](https://example.org)"
    )
    doc.correct("It was five.", basis="A report.")
    zhipu = publish_actor("zhipu", name_zh="智谱", aliases=["Z.ai"], founded="2019", web="https://z.ai")
    publish_actor("lab", title="A lab", relations=[{"type": "partner_of", "target": str(zhipu.id)}])
    publish_entry("b", actors=[{"id": str(zhipu.id), "role": "acted"}])
    series = publish_series("robots", text="Many.").correct("Counted anew.", definition="A count.")
    redraw(series.id)
    gone = publish_entry("gone").withdraw()
    gone.do(c.Comment("Why?"))
    page.emulate_media(color_scheme=scheme)
    admin = "/admin/timeline/entrydocument/"
    public_pages = ["/", "/timeline/?q=nothing", "/timeline/a/", "/timeline/a/?as_of=8", "/timeline/gone/", "/none/",
                    "/timeline/?x=1", "/actors/", "/actors/zhipu/", "/timeline/b/",
                    "/series/", "/series/robots/?compare=1", "/admin/login/"]  # fmt: skip
    profile = f"/admin/actors/actordocument/{zhipu.id}/change/"
    pages = [
        profile,
        f"/admin/metrics/seriesdocument/{series.id}/change/",
        admin,
        f"{admin}add/",
        f"{admin}{gone.id}/change/",
        f"{admin}{doc.id}/history/?from=1&to=5",
        "/admin/",
    ]
    broken = {path: violations(Axe(), page, site, path) for path in public_pages}
    Desk(page, site).as_("chief-editor")
    broken |= {path: violations(Axe(), page, site, path) for path in pages}
    told = [f"{path}: {rule}" for path, rules in broken.items() for rule in rules]
    assert told == [], "\n".join(told)


def violations(axe: Any, page: Any, site: str, path: str) -> list[str]:
    """The rules that the page breaks, each with the first element that does."""
    page.goto(site + path)
    found = axe.run(page).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:150]} ({len(rule['nodes'])} times)" for rule in found]
