"""The public pages, as readers see them."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.editorial_steps import SOURCE, Doc, draft_entry, publish_category, publish_entry
from tests.keeping import forget

pytestmark = pytest.mark.django_db


def see(path: str, status: int = 200) -> str:
    """What the page says, without its tags."""
    answer = Client().get(path)
    assert answer.status_code == status, answer.status_code
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def position() -> int:
    found: int = Client().get("/api/v1/entries/").json()["as_of"]["position"]
    return found


def test_an_empty_tracker_has_pages() -> None:
    for path, words in (("/", "Nothing is recorded."), ("/timeline/", "Nothing was found.")):
        assert words in see(path)


def test_the_timeline_shows_entries_by_year_newest_first() -> None:
    publish_entry("a", date="2022-05", title="Older")
    publish_entry("b", date="2024-03-10/2024-03-11", title="Newer")
    page = see("/timeline/")
    assert re.search(r"2024 10–11 March 2024 .*Newer.* 2022 May 2022 .*Older", page)
    page = see("/timeline/?order=oldest")
    assert page.index("Older") < page.index("Newer")


def test_the_timeline_is_narrowed_by_kind_category_period_and_words() -> None:
    category = publish_category("rules", "Rules")
    publish_entry("a", date="2022-05", title="Older 网信办", kind="milestone", categories=[str(category.id)])
    publish_entry("b", date="2024", title="Newer", kind="update")
    for query, shown, absent in (
        ("kind=milestone", "Older", "Newer"), ("category=rules", "Older", "Newer"),
        ("date_from=2023", "Newer", "Older"), ("date_to=2022-05-20", "Older", "Newer"), ("q=网信", "Older", "Newer"),
    ):  # fmt: skip
        page = see(f"/timeline/?{query}")
        assert shown in page
        assert absent not in page
        assert "1 entry" in page


@pytest.mark.parametrize(
    "query",
    ["kind=x", "category=x", "date_from=2024-13", "date_to=x", "order=x", "page=0", "as_of=x", "as_of=2999", "other=1",
     "q=" + "x" * 201, "q=%00", "kind=%00", "as_of=%00", "page=%D9%A3x", "category=%ff"],
)  # fmt: skip
def test_a_bad_address_is_a_sentence(query: str) -> None:
    publish_entry("a")
    assert "asks for something that there is not" in see(f"/timeline/?{query}", 400)


def test_pages_follow_each_other_at_one_position() -> None:
    for number in range(52):
        publish_entry(f"e-{number}", date=f"20{number:02}", title=f"Entry number {number}.")
    first = Client().get("/timeline/").content.decode()
    publish_entry("newest", date="2099", title="Just now")
    link = html.unescape(re.search(r'rel="next" href="([^"]*)"', first).group(1))  # type: ignore[union-attr]
    second = see(link)
    assert "Entry number 1." in second
    assert "Entry number 0." in second
    assert "Just now" not in second
    assert "Entry number 2." not in second


def test_an_entry_shows_text_sources_and_what_is_lacking() -> None:
    publish_entry("a", body="It is **bold**.", basis="The month is not certain.", date="2024~", sources=[
        SOURCE, {"publisher": "A paper", "language": "en"}])  # fmt: skip
    page = see("/timeline/a/")
    for words in ("c. 2024", "It is bold .", "The month is not certain.", "Xinhua (CN): 人工智能", "title not recorded",
                  "date not recorded", "address not recorded"):  # fmt: skip
        assert words in page


def test_a_correction_says_what_was_wrong_and_a_minor_change_does_not_move_the_date() -> None:
    doc = publish_entry("a")
    doc.revise(summary="Better words.").publish("minor", "A comma.")
    doc.correct("The figure was 5, not 6.", summary="It is 5.")
    page = see("/timeline/a/")
    assert re.search(r"Correction, \d+ \w+ 20\d\d: The figure was 5, not 6\.", page)
    assert "minor: A comma." in page


def test_the_past_is_shown_as_it_was() -> None:
    doc = publish_entry("a", title="Old title")
    before = position()
    doc.correct(title="New title")
    between = position()
    doc.withdraw("Forged.", hide_past=False)
    assert "Old title" in see(f"/timeline/a/?as_of={before}")
    assert "New title" in see(f"/timeline/a/?as_of={between}")
    assert "Forged." in see("/timeline/a/", 410)
    assert "You see the tracker as of" in see(f"/timeline/?as_of={before}")
    assert see("/timeline/a/?as_of=0", 404)


def test_a_withdrawn_entry_keeps_its_address_with_notice_and_date_and_hides_its_past() -> None:
    doc = publish_entry("a", title="A title", summary="A summary", body="A body")
    before = position()
    doc.withdraw("It rested on a forged document.")
    for path, status in (
        ("/timeline/a/", 410),
        (f"/timeline/a/?as_of={before}", 200),
        (f"/timeline/?as_of={before}", 200),
    ):
        page = see(path, status)
        assert "A title" in page
        assert "It rested on a forged document." in page
        assert "Withdrawn on" in page
        assert "A summary" not in page
        assert "A body" not in page
    assert "A title" not in see("/timeline/")
    doc.reinstate()
    assert "A body" in see("/timeline/a/")
    # A new edition begins; what a withdrawal hid in the past stays hidden there.
    assert "A body" not in see(f"/timeline/a/?as_of={before}")


def test_a_renamed_entry_redirects() -> None:
    publish_entry("old").rename("new")
    answer = Client().get("/timeline/old/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/timeline/new/")


def test_links_of_a_page_of_the_past_stay_in_the_past() -> None:
    category = publish_category("rules")
    doc = publish_entry("a", categories=[str(category.id)])
    before = position()
    doc.correct(title="New title")
    page = Client().get(f"/timeline/?as_of={before}").content.decode()
    assert f'href="/timeline/a/?as_of={before}"' in page
    page = Client().get(f"/timeline/a/?as_of={before}").content.decode()
    assert f'href="/timeline/?category=rules&amp;as_of={before}"' in page


def test_to_cite_or_to_return_keeps_what_was_chosen() -> None:
    publish_entry("a")
    page = Client().get("/timeline/?kind=milestone&q=&date_from=2020").content.decode()
    assert f'href="/timeline/?kind=milestone&amp;date_from=2020&amp;as_of={position()}"' in page
    page = Client().get(f"/timeline/?kind=milestone&as_of={position()}").content.decode()
    assert '<a href="/timeline/?kind=milestone">Back to the present</a>' in page


HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](data:text/html,x)",
    "<svg onload=alert(1)>", '"><b onclick=alert(1)>', "<math><mtext><style><img src=x onerror=alert(1)></style>",
    "![x](https://example.org/x.png)", "<https://example.org/\"onclick=alert(1)>",
)  # fmt: skip


class Tags(HTMLParser):
    """The elements and attributes of a page, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_inert_in_every_field(words: str) -> None:
    publish_category("rules", words)
    source = {"publisher": words, "title": words, "language": "en"}
    doc = publish_entry("a", title=words, summary=words, body=words, basis=words, sources=[source])
    doc.correct(words, summary=words + ".")
    for path in ("/timeline/a/", "/timeline/", "/"):
        tags = Tags(Client().get(path).content.decode())
        assert not {"script", "img", "svg", "math", "style", "iframe", "b"} & tags.names
        assert not [name for name, _ in tags.attributes if name.startswith("on")]
        assert not [
            value
            for name, value in tags.attributes
            if name == "href" and re.match(r"\s*(javascript|data):", value)
        ]


@pytest.mark.parametrize("number", [1, 12])
def test_pages_take_the_same_queries_for_one_entry_and_for_many(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for n in range(number):
        publish_category(f"c-{n}")
    entries = [publish_entry(f"e-{n}") for n in range(number)]
    publish_entry("a", related=[str(doc.id) for doc in entries])
    for path, queries in (("/timeline/", 7), ("/timeline/a/", 9)):
        forget()
        with django_assert_num_queries(queries):
            Client().get(path)


def test_an_unchanged_page_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish_entry("a")
    for path in ("/", "/timeline/", "/timeline/a/", "/timeline/?kind=update"):
        validator = Client().get(path).headers["ETag"]
        with django_assert_num_queries(1):
            assert Client().get(path, headers={"If-None-Match": validator}).status_code == 304


def test_drafts_and_what_is_related_to_drafts_are_not_shown() -> None:
    other = draft_entry("other", title="Not yet public")
    publish_entry("a", related=[str(other.id)])
    Doc().draft({"title": "Another draft"}, "b")
    for path in ("/", "/timeline/", "/timeline/a/"):
        page = see(path)
        assert "Not yet public" not in page
        assert "Another draft" not in page
    see("/timeline/b/", 404)


def test_a_page_that_cannot_be_posted_to_says_so_whoever_posts() -> None:
    answer = Client(enforce_csrf_checks=True).post("/timeline/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_withdrawal_stays_in_the_story_of_a_reinstated_entry() -> None:
    publish_entry("a").withdraw("It was thought forged.").reinstate("It was genuine.")
    page = see("/timeline/a/")
    assert "withdrawn: It was thought forged." in page
    assert "reinstated: It was genuine." in page


def test_a_category_that_was_renamed_leads_to_its_new_name() -> None:
    category = publish_category("rules")
    publish_entry("a", categories=[str(category.id)])
    category.rename("regulation")
    answer = Client().get("/timeline/?category=rules&kind=milestone")
    assert answer.headers["Location"] == "/timeline/?category=regulation&kind=milestone"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_redirects_are_asked_about_again() -> None:
    doc = publish_entry("a").rename("b")
    for path in ("/timeline/a/", "/api/v1/entries/a/"):
        assert Client().get(path).headers["Cache-Control"] == "no-cache"
    doc.rename("a")
    assert Client().get("/timeline/b/").headers["Location"] == "/timeline/a/"
