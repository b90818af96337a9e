"""Two profiles turn out to be one, and then not, in a real browser; what is shown can be rebuilt after each step."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command

from tests.browser.test_three_people import Desk, public, violations
from tests.editorial_steps import make_people, publish_actor, publish_entry

pytestmark = pytest.mark.browser


def test_two_actors_are_merged_and_unmerged(site: str, page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    make_people()
    loser = publish_actor("zhipu", title="Zhipu AI", name_zh="智谱")
    publish_actor("z-ai", title="Z.ai", name_zh="北京智谱华章")
    publish_entry("listing", title="It lists its shares", actors=[{"id": str(loser.id), "role": "acted"}])
    desk = Desk(page, site)
    desk.document = f"{site}/admin/actors/actordocument/{loser.id}/change/"
    desk.as_("publisher").press("Merge", into="Z.ai 北京智谱华章", note="It took another name.")
    assert "merged into Z.ai 北京智谱华章" in page.inner_text(".state")
    call_command("rebuild", check=True)

    shown = public(page, site, "/actors/zhipu/")
    assert page.url == f"{site}/actors/z-ai/"
    for words in ("Z.ai 北京智谱华章", "Merged into this profile", "Zhipu AI 智谱", "It took another name.",
                  "It lists its shares"):  # fmt: skip
        assert words in shown, words
    assert violations(Axe(), page, site, "/actors/z-ai/") == []
    assert "Z.ai 北京智谱华章 (acted)" in public(page, site, "/timeline/listing/")
    page.goto(f"{site}/actors/")
    page.fill("[name=q]", "zhipu ai")
    with page.expect_navigation():
        page.click("main button")
    assert "1 actor" in page.inner_text("main")
    page.click("main .index a")
    page.click("text=Zhipu AI")
    assert "Zhipu AI 智谱" in page.inner_text("h1")
    assert page.locator(".past").is_visible()

    page.goto(desk.document)
    desk.press("Unmerge", note="Two companies after all.")
    assert "merged" not in page.inner_text(".state")
    call_command("rebuild", check=True)
    assert "Zhipu AI 智谱" in public(page, site, "/actors/zhipu/")
    assert page.url == f"{site}/actors/zhipu/"
    assert "Merged into this profile" not in public(page, site, "/actors/z-ai/")
    assert "Zhipu AI 智谱 (acted)" in public(page, site, "/timeline/listing/")
