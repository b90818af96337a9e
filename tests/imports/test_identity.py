"""A source may edit, move, renumber and reorder what it tells: an item stays one item, and two stay two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.identity import (
    Known,
    Told,
    keys,
    match,
    normalised,
    reworded,
    same,
    shared,
    text_digest,
)

LONG = "A ministry in Beijing published draft rules for labelling text, sound and pictures that a model has made. "
OTHER = "Three chip makers reported their figures for the quarter, and all of them named export controls as a risk. "
PRINTED = LONG + OTHER


def item(guid: str = "", address: str = "", title: str = "", text: str = "", published: str = "") -> Told:
    return Told(guid, address, title, text, published)


def stored(told: Sequence[Told], first: int = 100) -> list[Known]:
    return [
        Known(first + n, keys(one), one.title, one.address, text_digest(one.text), one.published)
        for n, one in enumerate(told)
    ]


def indexes(told: Sequence[Told], before: Sequence[Told]) -> list[int | None]:
    """For each told item the place in ``before`` of the one that it is."""
    return match(told, stored(before, first=0))


# Addresses.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("HTTPS://WWW.Example.ORG/a", "https://example.org/a"),
        ("http://example.org:80/a", "https://example.org:443/a"),
        ("//example.org/a", "https://example.org./a"),
        (" https://example.org/a\n", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org/a/index.html", "https://example.org/a"),
        ("https://example.org/a?b=1&a=2", "https://example.org/a?a=2&b=1"),
        ("https://example.org/a?&a=2&", "https://example.org/a?a=2"),
        ("https://example.org/a?utm_source=rss&utm_medium=feed&id=3&fbclid=x", "https://example.org/a?id=3"),
        ("https://example.org/a?spm=1.2.3&gclid=x", "https://example.org/a"),
        ("https://example.org/a?from=timeline&isappinstalled=0", "https://example.org/a"),
        ("https://example.org/a?source=rss----d12c--food", "https://example.org/a"),
        ("https://example.org/%e6%96%87/%7eb", "https://example.org/文/~b"),
        ("https://example.org/s?q=%e6%96%87", "https://example.org/s?q=文"),
        ("https://example.org/a#rss", "https://example.org/a"),
        ("https://example.org/a#ref=home", "https://example.org/a"),
        ("https://example.org/a#", "https://example.org/a"),
    ],
)
def test_two_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/a", "https://example.com/a"),
        ("https://example.org/a", "https://example.org/A"),
        ("https://example.org/a", "https://example.org:8080/a"),
        ("https://www.com/a", "https://com/a"),
        ("https://example.org/a?id=1", "https://example.org/a?id=2"),
        ("https://example.org/a?from=2024-01", "https://example.org/a?from=2024-02"),
        ("https://example.org/25.html#a080631", "https://example.org/25.html#a100632"),
        ("https://example.org/a%2Fb", "https://example.org/a/b"),
        ("https://example.org/a", "ftp://example.org/a"),
    ],
)
def test_two_addresses_stay_two(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize("nothing", ["", "  \n", "http://", "//", "https://./"])
def test_no_address_is_empty(nothing: str) -> None:
    assert normalised(nothing) == ""


BITS = [
    "http:",
    "https://",
    "//",
    "www.",
    "a",
    "A",
    "文",
    ".",
    ":",
    "80",
    "443",
    "/",
    "index.html",
    "?",
    "&",
    "=",
]
BITS += ["#", "%", "%4", "1", "%e6", "utm_x", "ref=", "rss", "[", "]", "@", " ", "\t", "\x00", "\ud800"]
ADDRESSES = st.one_of(st.text(), st.lists(st.sampled_from(BITS), max_size=14).map("".join))


@given(ADDRESSES)
def test_what_is_normalised_is_normal_whatever_it_was(address: str) -> None:
    once = normalised(address)
    assert normalised(once) == once
    assert normalised(f"https://example.org/{address}").startswith("https://example.org")


# One source: pairs of a known and a told item, each alone in its batch.

POST = item("7", "https://old.example/posts/rules", "Draft rules for labels", LONG, "2024-05-01T08:00:00Z")
BARE = item("7", "", "Draft rules for labels", "", "")
PERMALINK = "https://old.example/posts/rules"
ONE = {
    "told again": (POST, POST),
    "an edited title": (POST, replace(POST, title="What the ministry wants to see labelled")),
    "an edited title, and a date of the edit": (
        POST,
        replace(POST, title="What the ministry wants", text=OTHER, published="2024-05-02T08:00:00Z"),
    ),
    "nothing but a GUID and another title": (BARE, replace(BARE, title="Something else")),
    "another domain": (POST, replace(POST, address="https://new.example/posts/rules")),
    "another domain and an edited title": (
        POST,
        replace(POST, address="https://new.example/posts/rules", title="Labels", text=OTHER, published=""),
    ),
    "another slug": (POST, replace(POST, address="https://old.example/posts/labels")),
    "another slug and title, at the same date": (
        POST,
        replace(POST, address="https://old.example/posts/labels", title="Label this", text=OTHER),
    ),
    "GUIDs lost": (POST, replace(POST, guid="")),
    "GUIDs lost, an edited title": (POST, replace(POST, guid="", title="What the ministry wants")),
    "GUIDs gained": (replace(POST, guid=""), POST),
    "GUIDs gained, no address": (replace(POST, guid="", address=""), replace(POST, address="")),
    "another GUID": (POST, replace(POST, guid="99")),
    "another GUID, an edited text": (POST, replace(POST, guid="99", text=OTHER)),
    "another GUID, an edited title": (POST, replace(POST, guid="99", title="Draft rules for all labels")),
    "another GUID, each date the moment of the fetch": (
        POST,
        replace(POST, guid="99", published="2024-05-03T00:00:00Z"),
    ),
    "another GUID, a text that nobody else has, no date, no address": (
        item("7", "", "Rules", LONG),
        item("99", "", "Rules", LONG),
    ),
    "another GUID, title and date alone": (
        item("7", "", "Daily brief", "", "2024-05-01"),
        item("99", "", "Daily brief", "", "2024-05-01"),
    ),
    "another domain, GUIDs lost": (POST, replace(POST, guid="", address="https://new.example/posts/rules")),
    "another domain, GUIDs lost, the text edited": (
        POST,
        replace(POST, guid="", address="https://new.example/posts/rules", text=OTHER),
    ),
    "another domain, GUIDs and date lost, a text edited": (
        POST,
        replace(POST, guid="", address="https://new.example/posts/rules", text=OTHER, published=""),
    ),
    "another domain and path, GUIDs lost": (
        POST,
        replace(POST, guid="", address="https://new.example/2024/1"),
    ),
    "another domain, and GUIDs that are addresses": (
        replace(POST, guid=PERMALINK),
        replace(POST, guid="https://new.example/posts/rules", address="https://new.example/posts/rules"),
    ),
    "an untitled post that moved": (
        item("", "https://old.example/25.html#a1", "", "Good morning", "2024-05-01T08:00:00Z"),
        item("", "https://new.example/25.html#a1", "", "Good morning", "2024-05-01T08:00:00Z"),
    ),
    "an untitled post, edited": (
        item("https://old.example/25.html#a1", "https://old.example/25.html#a1", "", "Good morning"),
        item("https://old.example/25.html#a1", "https://old.example/25.html#a1", "", "Good day"),
    ),
    "an address alone": (item("", PERMALINK), item("", PERMALINK)),
    "an address, and a title rewritten": (item("", PERMALINK, "Rules"), item("", PERMALINK, "Labels")),
    "an address, an updated date": (
        item("", PERMALINK, "Draft rules for labels", LONG, "2024-05-01"),
        item("", PERMALINK, "Draft rules for labels", OTHER, "2024-05-02"),
    ),
    "a link to a front page, its text edited": (
        item("", "https://old.example/", "A new site", "Look."),
        item("", "https://old.example/", "A new site", "Look here."),
    ),
    "a title alone": (item("", "", "Rules"), item("", "", " RULES ")),
    "a text lost": (POST, replace(POST, text="")),
    "https, and a tracking parameter": (
        item("", "http://www.old.example/a", "A"),
        item("", "https://old.example/a/?utm_source=rss", "B"),
    ),
}
TWO = {
    "a GUID that another item has, without address": (
        item("https://cdn.example/audio/", "", "Unboxing", "We open a box.", "2014-09-27"),
        item("https://cdn.example/audio/", "", "How to collect figures", "Is it a trap?", "2014-10-14"),
    ),
    "a GUID that another item has, and an address that repeats it": (
        item(
            "https://cdn.example/audio/", "https://cdn.example/audio/", "Unboxing", "We open.", "2014-09-27"
        ),
        item("https://cdn.example/audio/", "https://cdn.example/audio/", "Figures", "A trap?", "2014-10-14"),
    ),
    "untitled posts of one GUID": (
        item(
            "https://b.example/25.html#a",
            "https://b.example/25.html#a",
            "",
            "Morning.",
            "2017-06-25T12:27:31Z",
        ),
        item(
            "https://b.example/25.html#a",
            "https://b.example/25.html#a",
            "",
            "In 2015 …",
            "2017-06-25T12:32:31Z",
        ),
    ),
    "numbered episodes of one GUID": (
        item("https://cdn.example/audio/", "", "The weekly show, part 71", "Sound.", "2014-09-27"),
        item("https://cdn.example/audio/", "", "The weekly show, part 72", "Light.", "2014-10-14"),
    ),
    "a GUID that is a place in the list": (
        item("1", "https://old.example/a", "Draft rules for labels", LONG),
        item("1", "https://old.example/b", "Chip makers report", OTHER),
    ),
    "titles alike, other addresses": (
        item("", "https://old.example/a", "Daily brief"),
        item("", "https://old.example/b", "Daily brief"),
    ),
    "titles alike, other texts": (
        item("", "", "Daily brief", "On Monday"),
        item("", "", "Daily brief", "On Tuesday"),
    ),
    "one title, other GUIDs": (item("d1", "", "Daily brief"), item("d2", "", "Daily brief")),
    "one title and page, other GUIDs": (
        item("d1", "https://old.example/brief", "Daily brief", LONG, "2024-05-01"),
        item("d2", "https://old.example/brief", "Daily brief", OTHER, "2024-05-02"),
    ),
    "links to one page, other GUIDs": (
        item("k1", "https://other.example/page", "A page worth reading", "Why?", "2024-05-01"),
        item("k2", "https://other.example/page", "More on that", "Because.", "2024-05-03"),
    ),
    "links to one page on one day, other GUIDs": (
        item("k1", "https://other.example/page", "A page worth reading", "Why?", "2024-05-01"),
        item("k2", "https://other.example/page", "More on that", "Because.", "2024-05-01"),
    ),
    "a GUID on two front pages": (
        item("7", "https://one.example/", "Rules for labels", LONG),
        item("7", "https://two.example/", "Chips and figures", OTHER),
    ),
    "links to one front page": (
        item("", "https://other.example/", "A new site"),
        item("", "https://other.example/", "That site again"),
    ),
    "one living page, without GUIDs": (
        item("", "https://old.example/now", "Rules for labels", LONG, "2024-05-01"),
        item("", "https://old.example/now", "Chips and figures", OTHER, "2024-05-02"),
    ),
    "a text that returns each week": (
        item("w1", "https://old.example/w1", "Open thread", LONG, "2024-05-01"),
        item("w2", "https://old.example/w2", "Open thread", LONG, "2024-05-08"),
    ),
    "short texts alike, other addresses": (
        item("", "https://old.example/a", "Daily brief", "Read more"),
        item("", "https://old.example/b", "Daily brief", "Read more"),
    ),
}


@pytest.mark.parametrize(("before", "now"), ONE.values(), ids=ONE)
def test_it_is_the_item_that_was_told_before(before: Told, now: Told) -> None:
    assert indexes([now], [before]) == [0]


@pytest.mark.parametrize(("before", "now"), TWO.values(), ids=TWO)
def test_two_items_are_two_across_fetches_and_in_one(before: Told, now: Told) -> None:
    assert indexes([now], [before]) == [None]
    assert same([before, now]) == []
    assert indexes([now, before], [before]) == [None, 0]
    assert indexes([now, before], [before, now]) == [1, 0]


# Whole batches.


def posts(host: str = "old.example", guid: str = "g{}", address: str = "https://{}/posts/{}") -> list[Told]:
    """Five posts, of which two are named alike and one is short."""
    return [
        item(
            guid.format(n),
            address.format(host, n),
            title,
            f"{n} {LONG}" if n else "Short.",
            f"2024-05-0{n + 1}",
        )
        for n, title in enumerate(
            ["Hello", "Daily brief", "Daily brief", "国家网信办就标识办法征求意见", "Figures"]
        )
    ]


@pytest.mark.parametrize(
    "now",
    [
        posts(),
        posts("new.example"),
        posts(guid=""),
        posts(guid="{}-other"),
        posts("new.example", guid=""),
        posts("new.example", guid="https://new.example/{}"),
        posts(address=""),
        posts(guid="", address=""),
        posts(address="https://{}/2024/{}.html"),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_site_that_changed_its_ways_imports_nothing_again(now: list[Told], backwards: bool) -> None:
    step = -1 if backwards else 1
    assert indexes(now[::step], posts()) == list(range(5))[::step]


@pytest.mark.parametrize("lost", [{}, {"address": ""}, {"address": "", "published": ""}])
def test_guids_that_number_the_list_move_on_and_nothing_is_overwritten(lost: dict[str, str]) -> None:
    plain = [replace(post, title=f"{post.title}, told by us", **lost) for post in posts()]
    before = [replace(post, guid=str(n)) for n, post in enumerate(plain)]
    new = replace(item("0", "https://old.example/new", "Something new", OTHER, "2024-05-06"), **lost)
    now = [new, *(replace(post, guid=str(n + 1)) for n, post in enumerate(plain))]
    assert indexes(now, before) == [None, 0, 1, 2, 3, 4]


def test_of_many_links_to_one_page_a_new_one_is_not_the_one_that_left() -> None:
    links = [item("", "https://old.example/news", title) for title in ("Rules", "Chips", "Figures", "Labels")]
    assert indexes(links[1:], links[:3]) == [1, 2, None]
    assert indexes(links[3:], links[:3]) == [None]
    assert indexes([replace(link, text="More of it.") for link in links], links[:3]) == [0, 1, 2, None]


def test_of_links_to_one_page_each_is_found_by_its_date_or_its_text() -> None:
    links = [
        item(f"g{n}", "https://old.example/brief", "Daily brief", f"Day {n}.", f"2024-05-0{n}")
        for n in (1, 2)
    ]
    titled = [replace(link, title=f"Brief of {n}") for n, link in enumerate(links)]
    assert indexes([replace(link, guid="", title="Notes") for link in titled], titled) == [0, 1]
    assert indexes([replace(link, guid="", published="") for link in links], links) == [0, 1]
    renumbered = [replace(link, guid=f"new-{link.guid}", title="Our daily brief") for link in links]
    assert indexes(renumbered, links) == [0, 1]
    assert indexes(
        [replace(link, guid=f"new-{link.guid}", published="2024-05-03") for link in links], links
    ) == [0, 1]


def test_of_equal_texts_each_is_found_by_its_date() -> None:
    before = [item(f"g{n}", "", "Open thread", "All may speak.", f"2024-05-0{n}") for n in (1, 2)]
    assert indexes([replace(told, guid=f"new-{told.guid}") for told in before], before) == [0, 1]


def test_of_untitled_posts_that_share_a_guid_each_is_found_by_its_text() -> None:
    before = [item("s", f"https://old.example/{n}", "", f"Post {n}.") for n in (1, 2)]
    moved = [replace(post, address=f"https://new.example/2024/{n}") for n, post in enumerate(before)]
    assert indexes(moved, before) == [0, 1]


def test_of_untitled_posts_that_share_an_address_each_is_found_by_its_date_when_all_moved() -> None:
    before = [item("s", "https://old.example/25.html#a", "", f"Post {n}.", f"2024-05-0{n}") for n in (1, 2)]
    moved = [replace(post, guid="", address="https://new.example/25.html#a") for post in before]
    assert indexes(moved, before) == [0, 1]


def test_items_that_share_a_guid_are_told_apart_when_one_is_edited() -> None:
    before = [
        item("s", "", "Unboxing", "Box.", "2014-09-27"),
        item("s", "", "Figures", "Trap.", "2014-10-14"),
    ]
    by_date = replace(before[1], title="How to collect")
    by_title = replace(before[0], text="A box.", published="")
    third = item("s", "", "Something else", "New.", "2014-11-01")
    assert indexes([by_date, before[0], third], before) == [1, 0, None]
    assert indexes([third, before[1], by_title], before) == [None, 1, 0]


def test_of_exact_repetitions_the_first_is_kept() -> None:
    again = replace(
        POST,
        published="2024-06-01",
        address="http://www.old.example/posts/rules/",
        title=" draft RULES for labels",
    )
    assert same([POST, item(), again, BARE, POST, item()]) == [2, 4, 5]
    assert indexes([POST, again], [POST]) == [0, None]
    assert same([]) == match([], stored([POST])) == []
    assert indexes([POST], []) == [None]


def few(*values: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *values])


CROWDED = st.builds(
    Told,
    few("1", "2", "https://a.example/1"),
    few("https://a.example/", "https://a.example/1", "http://b.example/1", "https://a.example/2#x"),
    few("Daily brief", "Daily brief 2", "The rules for labels"),
    few("Short.", LONG, OTHER),
    few("2024-05-01", "2024-05-02"),
)
BATCHES = st.lists(CROWDED, max_size=8).map(
    lambda told: [t for n, t in enumerate(told) if n not in same(told)]
)


@given(BATCHES, st.randoms())
def test_a_batch_told_again_in_any_order_is_the_same_batch(batch: list[Told], random: object) -> None:
    again = list(enumerate(batch))
    random.shuffle(again)  # type: ignore[attr-defined]
    assert indexes([told for _, told in again], batch) == [n for n, _ in again]


@given(BATCHES, BATCHES)
def test_no_known_item_is_given_twice(now: list[Told], before: list[Told]) -> None:
    found = match(now, stored(before))
    assert len(found) == len(now)
    given_out = Counter(found)
    del given_out[None]
    assert set(given_out.values()) <= {1}
    assert set(given_out) <= {known.id for known in stored(before)}


ADDRESSED = BATCHES.map(lambda told: [t for t in told if t.address and t.guid])
NEW = item("fresh", "https://fresh.example/fresh", "A fresh one", "Fresh.", "2030-01-01")


@given(
    ADDRESSED,
    ADDRESSED,
    st.integers(0, 8),
    st.sampled_from([NEW, replace(NEW, title="Daily brief", text=LONG)]),
)
def test_a_new_item_changes_nothing_for_those_that_their_guid_or_address_tells(
    now: list[Told], before: list[Told], where: int, new: Told
) -> None:
    def told_by_keys(told: Sequence[Told], found: Sequence[int | None]) -> dict[Told, int]:
        pairs = {t: n for t, n in zip(told, found, strict=True) if n is not None and t is not new}
        return {
            t: n
            for t, n in pairs.items()
            if keys(t).guid == keys(before[n]).guid or keys(t).address == keys(before[n]).address
        }

    more = [*now[:where], new, *now[where:]]
    assert told_by_keys(more, indexes(more, before)) == told_by_keys(now, indexes(now, before))


@given(BATCHES, BATCHES)
def test_what_shares_no_key_is_new(now: list[Told], before: list[Told]) -> None:
    for told, index in zip(now, indexes(now, before), strict=True):
        if index is not None:
            ours, theirs = keys(told), keys(before[index])
            fields = ("guid", "address", "place", "content")
            assert ours == theirs or any(getattr(ours, f) == getattr(theirs, f) != "" for f in fields)


# Several sources.


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            replace(POST, guid="a"),
            replace(POST, guid="b", title="Rules, as we tell them", text="", published=""),
        ),
        (
            item("", "https://old.example/?p=3", "A"),
            item("", "http://www.old.example/?p=3&utm_source=x", "B"),
        ),
        (
            item("tag:old.example,2024:1", "", "A"),
            item("tag:old.example,2024:1", "https://front.example", "B"),
        ),
        (item("https://old.example/?p=3&a", "", "A", PRINTED), item("x", "", "a", PRINTED)),
        (item("https://old.example/3", "", "A"), item("https://old.example/3", "", "B")),
        (item("", "", "Rules", PRINTED), item("9", "https://front.example/", "Rules", PRINTED.upper())),
    ],
)
def test_items_of_two_sources_are_one_candidate(one: Told, other: Told) -> None:
    assert {*shared(one)} & {*shared(other)}


@pytest.mark.parametrize(
    "told",
    [item("7", "", "Daily brief", "Of today."), item("", "https://front.example/", "Daily brief"), item()],
)
def test_what_other_sources_may_have_by_chance_joins_nothing(told: Told) -> None:
    assert shared(told) == ()


# Words that changed.

ZH = "国家互联网信息办公室就人工智能生成合成内容标识办法公开征求意见。意见反馈截止时间为十月十四日。"
NOISE = {
    "nothing": (("Rules", LONG), ("Rules", LONG)),
    "spaces, case, punctuation": (
        ("Rules, drafted", LONG),
        ("RULES — drafted!", LONG.upper().replace(" ", "\n")),
    ),
    "entities": (("R&D at AT&T", "Labels & rules"), ("R&amp;D at AT&amp;amp;T", "Labels&nbsp;&amp; rules")),
    "wide digits": (("Rule \uff11\uff10", LONG), ("Rule 10", LONG)),
    "thousands": (("1,000 chips", LONG), ("1000 chips", LONG)),
    "an age": (("Rules", "Labels.\n3 minutes ago"), ("Rules", "Labels.\n2 hours ago")),
    "an age in the line": (("Rules", "Labels come. 3 minutes ago"), ("Rules", "Labels come.")),
    "a counter": (
        ("Rules", "Labels.\n1,204 views · 3 comments"),
        ("Rules", "Labels.\n15k views · 40 comments"),
    ),
    "dates at the end": (
        ("Rules", "Labels.\nUpdated: 12 June 2024, 10:30"),
        ("Rules", "Labels.\nMonday, 2024-06-17"),
    ),
    "a word": (("Rules", PRINTED), ("Rules", PRINTED.replace("Three", "Four"))),
    "a text that went": (("Rules", LONG), ("Rules", "")),
    "a text that came": (("Rules", "\n 3 minutes ago"), ("Rules", LONG)),
    "Chinese punctuation": (("标识办法", ZH), ("【标识办法】", ZH.replace("。", "\uff0c"))),
    "a Chinese age and counter": (
        ("标识办法", f"{ZH}\n3小时前 阅读 1204"),
        ("标识办法", f"{ZH}\n2天前　阅读量\uff1a3.5万　评论\uff0812\uff09"),
    ),
    "a Chinese date at the end": (
        ("标识办法", f"{ZH}\n发布时间\uff1a2024年6月12日"),
        ("标识办法", f"{ZH}\n更新于 2024-06-17 10:30"),
    ),
    "a Chinese word": (("标识办法", ZH), ("标识办法", ZH.replace("公开", ""))),
}
REAL = {
    "another text": (("Rules", LONG), ("Rules", OTHER)),
    "a text twice as long": (("Rules", LONG), ("Rules", PRINTED)),
    "a number in the title": (("Toll rises to 3", PRINTED), ("Toll rises to 5", PRINTED)),
    "a number gone from the title": (("Rule 10", PRINTED), ("Rule", PRINTED)),
    "a wide number": (("第３期", ZH), ("第4期", ZH)),
    "a title without text": (("Rules come", ""), ("Rules are withdrawn", "")),
    "a sentence": (("Rules", LONG), ("Rules", f"{LONG} The ministry has since withdrawn them.")),
    "a date within": (("Rules", "On 3 May, say 4.\nEnd."), ("Rules", "On 9 June, say 7.\nEnd.")),
    "a Chinese sentence": (("标识办法", ZH), ("标识办法", f"{ZH}该办法现已撤回。")),
    "a Chinese title": (("标识办法征求意见", ""), ("标识办法正式发布", "")),
}


@pytest.mark.parametrize(("before", "after"), NOISE.values(), ids=NOISE)
def test_noise_is_no_rewording(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert not reworded(*before, *after)
    assert not reworded(*after, *before)


@pytest.mark.parametrize(("before", "after"), REAL.values(), ids=REAL)
def test_other_words_are(before: tuple[str, str], after: tuple[str, str]) -> None:
    assert reworded(*before, *after)
    assert reworded(*after, *before)
