"""The inbox in a real browser: ten items are triaged with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from editorial.dispatch import load
from imports.admin.deciding import REASONS
from imports.models import Candidate, State
from tests.browser.test_three_people import sign_in, violations
from tests.editorial_steps import make_people, publish_actor, publish_category, publish_entry
from tests.imports.triaging import candidate, paper
from timeline.models import EntryDocument

pytestmark = pytest.mark.browser
INBOX = "/admin/imports/candidate/"


class Keys:
    """An editor who never touches the mouse."""

    def __init__(self, page: Any, site: str) -> None:
        self.page = page
        page.goto(site + INBOX)

    @property
    def title(self) -> str:
        return str(self.page.inner_text("#title"))

    def go(self, *keys: str) -> Keys:
        """Press keys, of which the last leads to another page."""
        for key in keys[:-1]:
            self.page.keyboard.press(key)
        with self.page.expect_navigation():
            self.page.keyboard.press(keys[-1])
        return self


def test_ten_items_are_triaged_with_the_keyboard_alone(site: str, page: Any) -> None:
    people = make_people()
    rules, zhipu = publish_category("rules", "Rules"), publish_actor("zhipu", name_zh="智谱")
    entry = publish_entry("labels", title="China issues rules on labels of texts", date="2026-03-05")
    wire = paper(name="新华社", publisher="新华社", language="zh")
    titles = [
        "智谱发布大模型", "Football is played", "Rules on labels of texts are issued in China", "Robots run a marathon",
        "Robots have run a marathon in Beijing", "Chips are counted", "An opinion", "A rumour", "A visit", "The last",
    ]  # fmt: skip
    made = {}
    for score, title in enumerate(reversed(titles)):
        about = {"actors": [zhipu.id], "categories": [rules.id]} if score == 9 else {}
        made[title] = candidate(title, wire if score == 9 else paper(), score=score, **about)

    sign_in(page, site, "author")
    keys = Keys(page, site)
    assert keys.title == titles[0]
    keys.go("j").go("j").go("k").go("k")
    assert keys.title == titles[0]
    keys.go("a")
    assert "Drafted: 智谱发布大模型" in page.inner_text(".messagelist")
    assert keys.title == titles[1]
    keys.go("d", "1")
    assert keys.title == titles[2]
    keys.go("t")
    assert "Attached to China issues rules on labels of texts" in page.inner_text(".messagelist")
    keys.go("m")
    assert "Merged into Robots have run a marathon" in page.inner_text(".messagelist")
    keys.go("s", "2")
    assert keys.title == titles[5]
    keys.go("g", "1")
    page.keyboard.press("d")
    page.keyboard.press("Tab")  # past the first reason, and so on, to the field for words
    page.locator("#why").focus()
    page.keyboard.type("Just a jest, and adman’s talk")
    keys.go("Enter")
    assert keys.title == titles[7]
    keys.go("d", "5").go("s", "1").go("d", "4")

    found = {one.title: one for one in Candidate.objects.all()}
    assert [found[title].state for title in titles] == [
        "accepted", "dismissed", "attached", "merged", "snoozed", "new", "dismissed", "dismissed", "snoozed",
        "dismissed",
    ]  # fmt: skip
    assert found[titles[1]].reason == REASONS[0]
    assert found[titles[5]].assignee == people["Author"]
    assert found[titles[6]].reason == "Just a jest, and adman’s talk"
    assert found[titles[3]].merged_into == found[titles[4]]
    assert load(EntryDocument, entry.id).content["sources"][-1]["url"] == made[titles[2]].address
    draft = load(EntryDocument, found[titles[0]].document).content
    assert draft["date"] == "2026-03-05"
    assert draft["actors"] == [{"id": str(zhipu.id), "role": "mentioned"}]
    assert draft["categories"] == [str(rules.id)]
    [source] = draft["sources"]
    assert (source["publisher"], source["language"], source["date"]) == ("新华社", "zh", "2026-03-05")
    assert source["url"] == made[titles[0]].address

    page.goto(f"{site}{INBOX}?state=dismissed")
    keys.go("u")
    assert Candidate.objects.filter(state=State.DISMISSED).count() == 3


def test_keys_do_nothing_while_somebody_types_and_esc_leaves_the_field(site: str, page: Any) -> None:
    make_people()
    for title in ("One", "Two"):
        candidate(title)
    sign_in(page, site, "author")
    keys = Keys(page, site)
    page.focus("#draft [name=title]")
    page.keyboard.type("jkatmdsgu?1")
    assert page.input_value("#draft [name=title]").count("jkatmdsgu?1") == 1
    assert not page.locator("details[open]").count()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "title"
    page.keyboard.press("?")
    assert page.locator(".keys dl").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".keys dl").is_visible()
    page.keyboard.press("t")
    assert "No entry is marked" in page.inner_text("#said")
    page.keyboard.press("Control+d")
    assert not page.locator("details[open]").count()
    assert keys.title == "Two"
    assert Candidate.objects.filter(state=State.NEW).count() == 2


def test_marks_move_a_search_finds_and_the_source_opens_apart(site: str, page: Any) -> None:
    make_people()
    for number in range(2):
        publish_entry(
            f"labels-{number}", title=f"China issues rules on labels, part {number}", date="2026-03-05"
        )
    entry = publish_entry("chips", title="Chips are counted")
    for title in ("Football is played", "A robot runs"):
        candidate(title)
    one = candidate("China issues rules on labels", address=f"{site}/timeline/chips/")
    sign_in(page, site, "author")
    keys = Keys(page, site)
    first = page.get_attribute("[data-mark=t] > .marked button", "value")
    page.keyboard.press("x")
    assert page.get_attribute("[data-mark=t] > .marked button", "value") != first
    assert page.inner_text("#said").startswith("Marked: China issues rules on labels, part")
    with page.expect_popup() as opened:
        page.keyboard.press("o")
    opened.value.wait_for_load_state()
    assert "Chips are counted" in opened.value.inner_text("main")
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    page.keyboard.press("/")
    page.keyboard.type("chips")
    keys.go("Enter")
    assert keys.title == "China issues rules on labels"
    keys.go("t")
    assert load(EntryDocument, entry.id).content["sources"][-1]["url"] == one.address


def test_a_draft_that_was_typed_in_is_not_left_by_a_slip_of_the_finger(site: str, page: Any) -> None:
    make_people()
    for title in ("One", "Two"):
        candidate(title)
    sign_in(page, site, "author")
    Keys(page, site)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.fill("#draft [name=summary]", "Typed for long.")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.input_value("#draft [name=summary]") == "Typed for long."


def test_a_refusal_of_any_decision_brings_back_the_draft_as_it_was_typed(site: str, page: Any) -> None:
    make_people()
    one = candidate("One")
    sign_in(page, site, "author")
    keys = Keys(page, site)
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#draft [name=summary]", "Typed for long.")
    page.keyboard.press("Escape")
    Candidate.objects.filter(pk=one.pk).update(version=7)
    keys.go("g", "1")
    assert "It changed after you opened it" in page.inner_text(".errornote")
    assert page.evaluate("document.activeElement.className") == "errornote"
    assert page.input_value("#draft [name=summary]") == "Typed for long."


def test_all_is_there_without_javascript_and_on_a_phone(site: str, page: Any) -> None:
    make_people()
    entry = publish_entry("labels", title="China issues rules on labels", date="2026-03-05")
    long = "A title with a very-long-word-" + "x" * 90
    for title in ("Another", "China issues rules on labels again", long):
        candidate(title, address=f"https://paper.example/{'y' * 120}")
    sign_in(page, site, "author")
    phone = page.context.browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    phone.add_cookies(page.context.cookies())
    tab = phone.new_page()

    def press(selector: str) -> None:
        with tab.expect_navigation():
            tab.click(selector)

    tab.goto(site + INBOX)
    assert tab.inner_text("#title") == long
    assert tab.locator("html").evaluate("e => e.scrollWidth") <= 360
    tab.click("summary:has-text('Dismiss')")
    press(f"button:has-text('{REASONS[3]}')")
    press(f"button[value='{entry.id}']")
    tab.fill("#draft [name=title]", "Typed by thumb")
    press("#draft .submit button")
    assert [draft.title for draft in EntryDocument.objects.exclude(pk=entry.id)] == ["Typed by thumb"]
    assert "The inbox is empty." in tab.inner_text("#inbox")
    phone.close()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.torture)])
def test_no_rule_of_accessibility_is_broken(site: str, page: Any, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    make_people()
    publish_entry("labels", title="China issues rules on labels", date="2026-03-05")
    edit = {"at": "2026-03-05", "field": "title", "before": "It mulls", "after": "It decides"}
    one = candidate(
        "China issues rules on labels", edits=[edit], remark="It is back.", reasons=["keyword labels"]
    )
    candidate("China issues rules on labels of texts")
    gone = candidate("Gone", state=State.DISMISSED, reason="No.")
    page.emulate_media(color_scheme=scheme)
    sign_in(page, site, "author")
    paths = ["", f"?at={one.pk}&find=labels", f"?at={gone.pk}", "?q=nothing"]
    told = [rule for path in paths for rule in violations(Axe(), page, site, INBOX + path)]
    page.goto(site + INBOX)
    opened: Callable[[str], None] = page.keyboard.press
    for key in "dsg?":
        opened(key)
        found = Axe().run(page).response["violations"]
        told += [f"{key}: {rule['id']}: {rule['nodes'][0]['html'][:150]}" for rule in found]
    assert told == [], "\n".join(told)
