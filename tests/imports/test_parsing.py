"""Foreign bytes become plain texts: each format, encoding and fault, and what hostile sources send."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.parsing import discovery, feed, links, opml, page, table
from imports.parsing.charset import decoded
from imports.parsing.dates import when
from imports.parsing.item import MAX_TEXT, MAX_TITLE, build, web_address
from imports.parsing.language import settled
from imports.parsing.listing import AT_ONCE, MAX_ITEMS
from imports.parsing.markup import plain
from outbound.sandbox import Unreadable

# Of processor time; more is cut off.
CHILD_SECONDS = 5
HOME = "https://news.example/"
CHINESE = "工信部发布人工智能标准"
TRADITIONAL = "數位發展部公布人工智慧指引"
RUSSIAN = "Стандарты искусственного интеллекта"


def rss(items: str, *, declaration: str = '<?xml version="1.0" encoding="utf-8"?>', channel: str = "") -> str:
    return (
        f'{declaration}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Policy news</title>'
        f"<link>{HOME}</link>{channel}{items}</channel></rss>"
    )


def item(title: str, rest: str = "") -> str:
    return f"<item><title>{title}</title><link>{HOME}a</link>{rest}</item>"


def atom(entries: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Notes</title>{entries}</feed>'


def read(text: str | bytes, **arguments: Any) -> dict[str, Any]:
    return feed.read(text.encode() if isinstance(text, str) else text, **arguments)


def only(text: str | bytes, **arguments: Any) -> dict[str, Any]:
    (found,) = read(text, **arguments)["items"]
    return dict(found)


# Formats.


def test_rss_2_with_all_that_it_has() -> None:
    found = read(
        rss(
            item(
                "Draft rules for models",
                '<guid isPermaLink="false">n-1</guid><pubDate>Mon, 09 Apr 2018 18:55:38 +0800</pubDate>'
                "<dc:creator>Li Wei</dc:creator><category>policy</category><category>law</category>"
                "<description>short</description><content:encoded><![CDATA[<p>One.</p><p>Two &amp; three.</p>]]>"
                '</content:encoded><enclosure url="/talk.mp3" type="audio/mpeg" length="1"/>',
            ),
            channel="<language>en-gb</language>",
        ),
        address=f"{HOME}feed.xml",
    )
    assert (found["kind"], found["title"], found["site"], found["language"]) == (
        "feed",
        "Policy news",
        HOME,
        "en-GB",
    )
    assert found["notes"] == []
    assert found["refused"] == []
    assert found["items"] == [
        {
            "guid": "n-1", "address": f"{HOME}a", "title": "Draft rules for models", "text": "One.\n\nTwo & three.",
            "author": "Li Wei", "published": "2018-04-09T10:55:38Z", "updated": "", "language": "en-GB",
            "categories": ["policy", "law"], "enclosures": [{"address": f"{HOME}talk.mp3", "type": "audio/mpeg"}],
        }
    ]  # fmt: skip


def test_rss_091_and_an_unversioned_one() -> None:
    for version in (' version="0.91"', ""):
        assert only(f"<rss{version}><channel><title>T</title>{item('Old')}</channel></rss>")["title"] == "Old"


def test_rss_1_has_its_items_beside_the_channel_and_a_date_of_a_day() -> None:
    found = only(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="c"><title>Papers</title></channel>'
        f'<item rdf:about="urn:paper:1"><title>A paper</title><link>{HOME}p</link><dc:date>2019-08-27</dc:date></item>'
        "</rdf:RDF>"
    )
    assert (found["guid"], found["address"], found["published"]) == ("urn:paper:1", f"{HOME}p", "2019-08-27")


def test_atom_with_relative_links_and_an_empty_base() -> None:
    found = read(
        atom(
            f'<link rel="self" href="{HOME}feeds/all"/><entry><id>tag:x,2020:1</id>'
            '<title type="html">A &amp;lt; B</title>'
            '<link href="/piece/1"/><published>2020-02-29T23:30:00.5-05:00</published>'
            "<updated>2020-03-02T00:00:00Z</updated><author><name>Ann</name></author><author><name>Bo</name></author>"
            '<category term="t" label="Talks"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
            "<p>Kept.</p></div></content></entry>",
            'xml:base=""',
        ),
        address="http://mirror.example/copy.atom",
    )
    entry = found["items"][0]
    assert (found["address"], entry["address"]) == (f"{HOME}feeds/all", f"{HOME}piece/1")
    assert (entry["published"], entry["updated"]) == ("2020-03-01T04:30:00Z", "2020-03-02T00:00:00Z")
    assert (entry["title"], entry["author"], entry["categories"]) == ("A < B", "Ann, Bo", ["Talks"])
    assert entry["text"] == "Kept."


def test_what_atom_calls_text_is_text() -> None:
    found = only(atom("<entry><id>1</id><title>Option&lt;T&gt; &amp;amp; you</title></entry>"))
    assert found["title"] == "Option<T> &amp; you"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_feed_in_every_encoding(encoding: str) -> None:
    feed_of_one = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Notes", "feed_url": f"{HOME}feed.json",
        "home_page_url": HOME, "items": [
            {
                "id": 7, "url": "/seven", "title": CHINESE, "content_html": "<p>一</p><script>x</script><p>二</p>",
                "date_published": "2017-06-02T22:05:47-07:00", "authors": [{"name": "Li"}, {"name": "Wu"}],
                "tags": ["a", 1], "attachments": [{"url": "f.pdf", "mime_type": "application/pdf"}, "no"],
            }
        ],
    }  # fmt: skip
    found = only(json.dumps(feed_of_one, ensure_ascii=False).encode(encoding))
    assert (found["guid"], found["address"], found["title"]) == ("7", f"{HOME}seven", CHINESE)
    assert (found["text"], found["author"], found["categories"]) == ("一\n\n二", "Li, Wu", ["a", "1"])
    assert (found["published"], found["language"]) == ("2017-06-03T05:05:47Z", "zh-Hans")
    assert found["enclosures"] == [{"address": f"{HOME}f.pdf", "type": "application/pdf"}]


def test_a_json_feed_whose_fields_hold_anything() -> None:
    items = [
        None,
        3,
        [],
        {"id": {}, "title": [1], "tags": "x", "authors": {}, "url": 5},
        {"id": "a", "author": "me"},
    ]
    found = read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": items}))
    assert [one["guid"] for one in found["items"]] == ["a"]
    assert [refusal["number"] for refusal in found["refused"]] == [1, 2, 3, 4]


# Encodings.


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        (CHINESE, "gb2312", "gb2312"), (CHINESE + "镕", "gb18030", "gb2312"), (TRADITIONAL, "big5", "Big5"),
        (RUSSIAN, "cp1251", "windows-1251"), (CHINESE, "utf-16", "utf-16"), (CHINESE, "utf-16-le", "utf-16"),
        ("Őrült ötlet", "iso-8859-2", "ISO-8859-2"), ("“Quoted”", "cp1252", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "koi8-r"),
    ],
)  # fmt: skip
def test_declared_encodings(text: str, encoding: str, declared: str) -> None:
    document = rss(item(text), declaration=f'<?xml version="1.0" encoding="{declared}"?>')
    assert only(document.encode(encoding))["title"] == text


@pytest.mark.parametrize(
    "lie", ["gb2312", "iso-8859-1", "windows-1251", "us-ascii", "utf-7", "zlib", "no-such", "utf-16"]
)
@pytest.mark.parametrize("place", ["document", "header"])
def test_bytes_that_are_utf_8_are_read_so_whatever_is_said_of_them(lie: str, place: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{lie}"?>' if place == "document" else ""
    header = f"text/xml; charset={lie}" if place == "header" else "text/xml"
    assert only(rss(item(CHINESE), declaration=declaration), content_type=header)["title"] == CHINESE


def test_bytes_of_no_declared_encoding_are_guessed() -> None:
    assert (
        only(rss(item("simulações de 2º turno"), declaration="").encode("latin-1"))["title"]
        == "simulações de 2º turno"
    )
    assert only(rss(item(CHINESE), declaration="").encode("gb18030"))["title"] == CHINESE


def test_one_spoilt_byte_spoils_one_character() -> None:
    content = rss(item(CHINESE * 5 + "!")).encode().replace(b"!", b"\xff")
    assert only(content)["title"] == CHINESE * 5 + "\ufffd"


def test_a_server_that_says_latin_of_everything_is_not_believed_before_the_page() -> None:
    content = f'<html><meta charset="gbk"><p>{CHINESE}</p>'.encode("gbk")
    assert CHINESE in decoded(content, "text/html; charset=ISO-8859-1")


# Faults.


@pytest.mark.parametrize(
    "document",
    [
        "\n\n " + rss(item("Ready")),
        rss(item("Ready")).replace("</channel></rss>", ""),
        rss(item("Ready", "<description>a & b &nosuch; &laquo;c&raquo; <br> d</description>")),
        rss(item("Ready", "<description>cut in the mid&#2</description>")),
        rss(item("Ready\x00\x0b", "<description>&#0;&#xD800;&#99999999999;&#x110000;</description>")),
        '<!DOCTYPE rss PUBLIC "-//Netscape" "http://127.0.0.1:1/rss-0.91.dtd">' + rss(item("Ready"), declaration=""),
        "<?xml-stylesheet href='x'?><!-- <rss> -->" + rss(item("Ready"), declaration=""),
    ],
    ids=["newline", "cut", "entities", "reference", "controls", "doctype", "prolog"],
)  # fmt: skip
def test_broken_feeds_are_read_all_the_same(document: str) -> None:
    assert only(document)["title"] == "Ready"


def test_an_unescaped_ampersand_leaves_the_link_whole() -> None:
    found = read(rss(f"<item><title>T</title><link>{HOME}?a=1&Itemid=2&func=x&copy=y</link></item>"))
    assert found["items"][0]["address"] == f"{HOME}?a=1&Itemid=2&func=x&copy=y"


def test_a_feed_that_is_cut_off_says_so() -> None:
    assert "not well-formed" in read(rss(item("T")).replace("</rss>", ""))["notes"][0]


def test_html_entities_that_no_document_defines_become_characters() -> None:
    assert only(rss(item("&laquo;A&raquo;&nbsp;B &mdash; C")))["title"] == "«A» B — C"


def test_dates_that_cannot_be_read_are_none_and_are_noted() -> None:
    found = read(rss(item("T", "<pubDate>Pzt, 24 Eylül 2018 19:42:40 +0300</pubDate>")))
    assert found["items"][0]["published"] == ""
    assert found["notes"] == [
        "1 item has a date that cannot be read; the first is “Pzt, 24 Eylül 2018 19:42:40 +0300”."
    ]


def test_an_item_of_nothing_is_refused_by_number() -> None:
    found = read(rss(item("First") + "<item><pubDate>x</pubDate></item>"))
    assert [one["title"] for one in found["items"]] == ["First"]
    assert [refusal["number"] for refusal in found["refused"]] == [2]


def test_two_items_of_one_guid_are_two() -> None:
    twice = item("One", "<guid>g</guid>") + item("Two", "<guid>g</guid>")
    assert [one["title"] for one in read(rss(twice))["items"]] == ["One", "Two"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"), (b"   \n", "empty"), (b"<html><p>Hello", "web page"), (b"Just words", "no element"),
        (b"<note><to>x</to></note>", "no feed"), (b"{", "broken"), (b'{"items": []}', "no JSON Feed"),
        (b"{" * 100_000, "broken"), (b'{"a":' * 100_000, "nested"), (b'{"a":' + b"[" * 100_000, "nested"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_in_a_sentence(content: bytes, part: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(content)
    assert part in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_feed_without_items_is_one() -> None:
    assert read(rss(""))["items"] == []


# Many items.


def all_parts(content: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    parts = [feed.read(content)]
    while parts[-1]["next"]:
        parts.append(feed.read(content, start=parts[-1]["next"]))
    return [one for part in parts for one in part["items"]], parts


def test_a_feed_that_is_longer_than_one_part_is_read_in_parts() -> None:
    marked = "<!-- <item> --><description><![CDATA[<item>]]></description>"
    items = "".join(f"<item><title>Number {n}</title>{marked}</item>" for n in range(2 * AT_ONCE + 1))
    found, parts = all_parts((DECLARATIONS["outside"] + rss(items, declaration="")).encode())
    assert [one["title"] for one in found] == [f"Number {n}" for n in range(2 * AT_ONCE + 1)]
    assert [len(part["items"]) for part in parts] == [AT_ONCE, AT_ONCE, 1]
    assert [len(part["notes"]) for part in parts] == [1, 0, 0]


def test_parts_are_small_also_where_items_are_large() -> None:
    items = "".join(item(f"Number {n}", f"<description>{'long ' * 100_000}</description>") for n in range(20))
    found, parts = all_parts(rss(items).encode())
    assert [one["title"] for one in found] == [f"Number {n}" for n in range(20)]
    assert len(parts) > 2


def test_no_more_items_than_any_feed_has() -> None:
    content = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [{"id": str(n)} for n in range(MAX_ITEMS + 5)],
        }
    ).encode()
    last = feed.read(content, start=MAX_ITEMS - 2)
    assert (len(last["items"]), last["next"]) == (2, 0)
    assert "60,005 items" in feed.read(content)["notes"][0]


# Hostile documents.

BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DECLARATIONS = {
    "laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{BOMB}]>',
    "quadratic": f'<!DOCTYPE rss [<!ENTITY l9 "{"a" * 100_000}">]>',
    "outside": '<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "parameter": '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p; <!ENTITY l9 "x">]>',
    "markup within": '<!DOCTYPE rss [<!ENTITY a "]> <rss>"> <!ENTITY l9 "grown">]>',
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("declaration", DECLARATIONS.values(), ids=DECLARATIONS)
def test_entities_that_a_document_declares_are_never_written_out(declaration: str, encoding: str) -> None:
    document = declaration + rss(item("T", f"<description>{'&l9;' * 1_000}</description>"), declaration="")
    started = time.process_time()
    try:
        found = json.dumps(read(document.encode(encoding)))
    except Unreadable:
        found = ""
    assert not re.search("lollol|aaaa|root:|grown", found)
    assert len(found) < 20_000
    assert time.process_time() - started < CHILD_SECONDS


def test_a_declaration_of_entities_is_noted() -> None:
    found = read('<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>' + rss(item("A&nbsp;B"), declaration=""))
    assert (found["items"][0]["title"], found["notes"][0]) == (
        "A B",
        "The feed declares entities of its own; they were left out.",
    )


HOSTILE = [
    "<script>alert(1)</script>", "<svg onload=alert(1)><desc><p>alert(1)</p></desc></svg>",
    "<math><mtext><img src=x onerror=alert(1)></mtext></math>", "<style>*{alert(1)}</style>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<img src=x onerror=alert(1)>",
    "<scr<script>ipt>alert(1)</script>", "<svg><style><script>alert(1)</script></style></svg>",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_field_keeps_a_script(hostile: str) -> None:
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    fields = "".join(
        f"<{name}>{escaped}</{name}>"
        for name in ("description", "category", "dc:creator", "guid", "pubDate", "content:encoded")
    )
    found = read(rss(item(f"before {escaped} after", fields), channel=f"<language>{escaped}</language>"))
    first = found["items"][0]
    assert first["title"].startswith("before")
    for text in (
        first["title"],
        first["text"],
        found["title"],
        found["language"],
        first["language"],
        first["published"],
    ):
        assert not re.search(r"<\s*(script|svg|img|iframe|style|math)|onerror|onload", text)
    assert not re.search("alert", first["text"].replace("ipt>alert(1)", ""))


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x", "file:///etc/passwd", "ftp://h/x", "http://", "https:///x", "http://[::1", "http://h:99999999/",
        "tag:x,2020:1", "http://h/" + "a" * 3_000, "",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_dropped(address: str) -> None:
    assert web_address(address) == ""
    assert web_address(address, "") == ""


def test_a_link_that_is_none_is_noted() -> None:
    found = read(rss("<item><title>T</title><link>javascript:alert(1)</link></item>"))
    assert found["items"][0]["address"] == ""
    assert "link that is no web address" in found["notes"][0]


@pytest.mark.parametrize(
    ("address", "absolute"),
    [
        ("/a b", f"{HOME}a%20b"), ("//cdn.example/x", "https://cdn.example/x"), ("?q=1&amp=2", f"{HOME}?q=1&amp=2"),
        ('https://x.example/"><b>', "https://x.example/%22%3E%3Cb%3E"),
        ("https://例子.example/路", "https://例子.example/路"),
    ],
)  # fmt: skip
def test_addresses_become_absolute_and_hold_no_markup(address: str, absolute: str) -> None:
    assert web_address(address, HOME) == absolute


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("Mon, 09 Apr 2018 18:55:38 GMT", "2018-04-09T18:55:38Z"),
        ("9 April 2018 18:55 EST", "2018-04-09T23:55:00Z"),
        ("09 Apr 18 01:00 +0800", "2018-04-08T17:00:00Z"), ("2005-5-28 16:05:36", "2005-05-28T16:05:36"),
        ("2018-04-09T18:55:38.675Z", "2018-04-09T18:55:38Z"), ("2018-04-09 18:55:38+08", "2018-04-09T10:55:38Z"),
        ("2019-08-27", "2019-08-27"), ("2019/8/7", "2019-08-07"), ("2024年6月12日", "2024-06-12"),
        ("2024年6月12日07:17", "2024-06-12T07:17:00"), ("Mon, 9 Apr 2018", "2018-04-09"),
        # What is said in two places of the world is said of none.
        ("Mon, 09 Apr 2018 18:55:38 CST", "2018-04-09T18:55:38"),
        ("Mon, 09 Apr 2018 18:55:38 GMT+0800", "2018-04-09T10:55:38Z"),
        ("0001-01-01T00:00:00Z", ""), ("9999-12-31T23:59:59Z", ""), ("9999-12-31T23:59:59-12:00", ""),
        ("1989-12-31", ""),
        ("2018-02-30", ""), ("2018-04-09 07:00 PM", ""), ("2018-04-09T25:00:00Z", ""), ("yesterday", ""), ("", ""),
        ("2018-04-09T18:55:38+99:99", ""), ("1" * 100_000, ""), ("٢٠١٨-٠٤-٠٩", "2018-04-09"),
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40Z"), ("24 Eylül 2018", ""),
    ],
)  # fmt: skip
def test_dates_say_what_the_source_says(said: str, read_as: str) -> None:
    assert when(said) == read_as


@given(st.datetimes().map(str) | st.text(max_size=40))
def test_no_date_lies_outside_of_what_may_be(said: str) -> None:
    assert when(said) == "" or 1989 <= int(when(said)[:4]) <= 2101


@pytest.mark.parametrize("field", ["guid", "title", "text", "author", "language"])
def test_texts_hold_no_character_that_no_text_needs(field: str) -> None:
    found = build(**{field: "a\x00b\ud800c\u202ed\u2066e\x1bf\x85g\ufeffh"})  # type: ignore[arg-type]
    assert found[field] in ("abcdefgh", "")  # type: ignore[literal-required]
    json.dumps(found).encode()


def test_every_field_is_bounded() -> None:
    long = "long " * 30_000
    found = build(
        guid=long, address=HOME + "x" * 5_000, title=long, text=long, author=long, published=long,
        language="en-" * 1_000,
        categories=[str(n) + long[:500] for n in range(200)],
        enclosures=[(f"{HOME}{n}", long) for n in range(200)],
    )  # fmt: skip
    assert (len(found["title"]) <= MAX_TITLE, len(found["text"]) <= MAX_TEXT) == (True, True)
    assert len(json.dumps(found)) < MAX_TEXT + 10_000


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a &lt; b &amp;&nbsp;c", "a < b & c"), ("<p>One<br>line</p><p>Two", "One\nline\n\nTwo"),
        ("5 < 6 & 7 > 3", "5 < 6 & 7 > 3"),
        ("<div><h2>Head</h2>tail</div>", "Head\n\ntail"), ("a<!-- b -->c", "ac"), ("<b>bo</b>ld", "bold"),
        ("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n\n3"), ("<p>中文<b>粗</b>体</p>", "中文粗体"),
        ("x<script>y</script>z<svg><text>q</text></svg>!", "xz!"), ("&#20013;&#x6587;", "中文"),
    ],
)  # fmt: skip
def test_html_becomes_text(html: str, text: str) -> None:
    assert build(text=plain(html))["text"] == text


@pytest.mark.parametrize("element", ["<div>", "<b>", "<ul><li>", "<table>", "<svg>", "<font>"])
def test_html_that_is_nested_without_end_costs_little(element: str) -> None:
    html = f"<html><body><h1>Nested</h1>{element * 100_000}".encode()
    for reader in (
        lambda: plain(element * 100_000 + "text"),
        lambda: links.read(html, address=HOME, selector="a, div"),
        lambda: discovery.read(html, address=HOME),
        lambda: page.read(html, address=HOME),
    ):
        started = time.process_time()
        reader()
        assert time.process_time() - started < CHILD_SECONDS


def test_xml_that_is_nested_without_end_costs_little() -> None:
    deep = "<a>" * 100_000
    for document in (
        rss(deep),
        rss(item("T", f"<description>{deep}</description>")),
        atom(f"<entry><content type='xhtml'>{deep}"),
    ):
        started = time.process_time()
        try:
            read(document)
        except Unreadable:
            continue
        finally:
            assert time.process_time() - started < CHILD_SECONDS


# Languages.


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        ("en-us", CHINESE, "zh-Hans"), ("", TRADITIONAL, "zh-Hant"), ("zh-tw", TRADITIONAL, "zh-TW"),
        ("", RUSSIAN, "ru"),
        ("", "The rules of the ministry are now in force for all", "en"),
        ("zh_CN", "The rules of the state and the law", "en"),
        ("", "Não há uma lei do governo, são regras das empresas", "pt"), ("", "", ""), ("hu", "Az ember", "hu"),
        ("", "カタカナとひらがなの文章", "ja"), ("<b>", "", ""), ("", "인공지능 법안", "ko"),
        ("en", "Wu 发布 AI model rules", "en"),
    ],
)  # fmt: skip
def test_a_language_is_what_is_declared_unless_the_script_says_otherwise(
    declared: str, text: str, language: str
) -> None:
    assert settled(declared, text) == language


# Pages.

LIST = f"""<html lang="en"><head><title>The ministry</title><base href="/news/"></head><body>
<nav><a href="/">A long name of the home page</a></nav>
<article class="entry"><a href="/img"><img></a><h2><a href="1.html"> New   rules for models </a></h2>
<time datetime="2024-06-12T14:46:13+08:00">x</time></article>
<article class="entry"><h2><a href="2.html">Second notice on computing</a></h2>
<time datetime="2024-06-11">x</time></article>
<article class="entry"><a href="3.html"><h2>{CHINESE}</h2><p>More of it</p></a></article>
<article class="entry"><h2><a href="">Nowhere at all</a></h2></article>
<article class="entry"><h2><a href="#top">Up again</a></h2></article>
<article class="entry"><h2><a href="javascript:x()">Script</a></h2></article>
<article class="entry"><h2><a href="1.html">The first once more</a></h2></article>
<article class="entry">no link</article></body></html>"""


def test_a_list_of_links_by_its_containers() -> None:
    found = links.read(LIST.encode(), address="https://gov.example/", selector="article.entry")
    assert (found["kind"], found["title"], found["language"]) == ("list", "The ministry", "en")
    assert [(one["address"], one["title"], one["published"]) for one in found["items"]] == [
        ("https://gov.example/news/1.html", "New rules for models", "2024-06-12T06:46:13Z"),
        ("https://gov.example/news/2.html", "Second notice on computing", "2024-06-11"),
        ("https://gov.example/news/3.html", CHINESE, ""),
        ("", "Nowhere at all", ""),
    ]
    assert [(refusal["number"], refusal["why"].split(";")[0]) for refusal in found["refused"]] == [
        (5, "The link “Up again” leads to a place on the same page."),
        (6, "The link “Script” leads to no web address, but to “javascript:x()”."),
        (8, "There is no link in it."),
    ]
    assert "more than once" in found["notes"][0]


def test_a_list_of_links_by_the_links_or_their_headings() -> None:
    for selector in ("article h2 a, article > a", "h2"):
        titles = [one["title"] for one in links.read(LIST.encode(), address=HOME, selector=selector)["items"]]
        assert "New rules for models" in titles
        assert ("Second notice on computing" in titles, CHINESE in titles) == (True, True)


@pytest.mark.parametrize(
    "selector", ["h1[", "", ":nosuch", "a::before", "a" * 501, ":not(" * 60, "a:contains("]
)
def test_a_selector_that_is_none_is_refused_in_a_sentence(selector: str) -> None:
    with pytest.raises(Unreadable, match="selector"):
        links.read(LIST.encode(), address=HOME, selector=selector)


def test_a_selector_that_matches_nothing_is_noted() -> None:
    assert "matches nothing" in links.read(LIST.encode(), address=HOME, selector="h6")["notes"][0]


PARAGRAPHS = "".join(
    f"<p>第{n}段。人工智能系统的标准由主管部门公布。{'相关要求适用于所有模型。' * 5}</p>" for n in range(5)
)
ARTICLE = f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>{CHINESE}_科技_某网</title></head><body><div><a href="/">首页</a></div><h1>{CHINESE}</h1>
<span class="pubTime">发布于 2016年10月14日07:17</span>
<div class="content">{PARAGRAPHS}
<script>alert(1)</script></div></body></html>"""


def test_a_page_without_its_sites_name_and_with_the_encoding_of_its_bytes() -> None:
    for encoding in ("utf-8", "gb18030"):
        found = page.read(ARTICLE.encode(encoding), address="https://tech.example/a/1")
        (only_one,) = found["items"]
        assert (found["kind"], found["title"], found["language"]) == ("page", CHINESE, "zh-Hans")
        assert (only_one["address"], only_one["published"]) == (
            "https://tech.example/a/1",
            "2016-10-14T07:17:00",
        )
        assert len(only_one["text"].split("\n\n")) == 5
        assert "alert" not in only_one["text"]


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2024-06-12T14:46:13+08:00">', "2024-06-12T06:46:13Z"),
        ('<script type="application/ld+json">{"datePublished": "2024-06-12"}</script>', "2024-06-12"),
        ('<time datetime="2019-11-21">x</time>', "2019-11-21"), ('<meta name="date" content="0001-01-01">', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_pages_date_is_what_it_says_itself(head: str, published: str) -> None:
    text = "The rules are in force. " * 20
    html = f"<html><head>{head}</head><body><h1>Rules for models</h1><p>{text}</p></body></html>"
    assert page.read(html.encode(), address=HOME)["items"][0]["published"] == published


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"\x00", b"<html><script>draw()</script></html>"])
def test_a_page_of_nothing_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        page.read(content, address=HOME)


# Discovery.


def test_a_page_names_its_feeds_and_selectors_of_its_lists() -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" title="All" href="/rss"><link rel="stylesheet" href="/x.css">'
        '<link rel="alternate" type="application/feed+json" href="f.json">'
        '<link rel="alternate" hreflang="zh" href="/zh">'
        '<link rel="alternate" type="application/rss+xml" href="javascript:x">'
    )
    html = LIST.replace("<base", head + "<base").replace(
        "</body>", '<a href="/other/feed.xml">Feed</a></body>'
    )
    found = discovery.read(html.encode(), address="https://gov.example/news/")
    assert (found["kind"], found["title"], found["language"]) == ("page", "The ministry", "en")
    assert [(one["address"], one["title"], one["type"]) for one in found["feeds"]] == [
        ("https://gov.example/rss", "All", "application/rss+xml"),
        ("https://gov.example/news/f.json", "", "application/feed+json"),
        ("https://gov.example/other/feed.xml", "Feed", ""),
    ]
    assert {"selector": "article.entry", "count": 4, "example": "New rules for models"} in found[
        "suggested_selectors"
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (rss(item("T")).encode(), "feed"), (atom("").encode("utf-16"), "feed"), (b"\n<!-- x --><rss/>", "feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "jsonfeed"), (b'[{"year": 2020}]', "table"),
        (b"year;value\n2020;1\n", "table"), (b"PK\x03\x04x", "table"), (b"<opml/>", "opml"),
        (b"<!DOCTYPE html><p>Hi", "page"),
        (b"", "unknown"), (b"\x89PNG\x00\x01,\n,\n", "unknown"), (b"{", "unknown"), (b"words alone", "unknown"),
    ],
)  # fmt: skip
def test_what_an_address_leads_to(content: bytes, kind: str) -> None:
    found = discovery.read(content, address=HOME)
    assert found["kind"] == kind
    assert set(found) == {"kind", "title", "language", "feeds", "suggested_selectors"}


# Tables.

COLUMNS = {"period": "Year", "value": "Amount", "note": "Remark"}


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"Region,year,Amount,Remark\nA,2020,1.50,first\nA,2021,,\n\nB,2022,3,\n",
        "\ufeffRegion;Year;Amount;Remark\r\nA;2020;1.50;first\r\nA;2021;;\r\n\r\nB;2022;3;\r\n".encode(),
        "Region\tYear\tAmount\tRemark\nA\t2020\t1.50\tfirst\nA\t2021\t\t\n\nB\t2022\t3\t".encode("utf-16"),
        workbook(["Region", "Year", "Amount", "Remark"], ["A", 2020, "1.50", "first"], ["A", 2021], [], ["B", 2022, 3]),
    ],
    ids=["csv", "semicolons", "utf-16", "workbook"],
)  # fmt: skip
def test_a_table_by_the_columns_that_were_named(content: bytes) -> None:
    found = table.read(content, columns=COLUMNS)
    assert found["rows"] == [
        {"period": "2020", "value": "1.50", "note": "first"}, {"period": "2022", "value": "3", "note": ""},
    ]  # fmt: skip
    assert found["refused"] == [{"number": 3, "why": "Row 3, column “Amount”: the cell is empty."}]


def test_a_table_in_json_keeps_numbers_as_they_are_written() -> None:
    content = json.dumps(
        {"result": {"rows": [{"Year": "2020", "Amount": 0}, {"Year": "2021"}], "n": [1]}}
    ).replace(": 0", ": 1.50")
    found = table.read(content.encode(), columns=COLUMNS | {"note": ""}, path="result.rows")
    assert found["rows"] == [{"period": "2020", "value": "1.50", "note": ""}]
    assert (found["headings"], found["paths"]) == (["Year", "Amount"], ["result.rows"])
    assert [refusal["number"] for refusal in found["refused"]] == [2]


def test_a_table_without_columns_shows_its_first_rows() -> None:
    content = "年份,金额\n" + "".join(f"{2000 + n},{n}\n" for n in range(30))
    found = table.read(content.encode("gb18030"))
    assert (found["headings"], len(found["rows"]), found["rows"][0]) == (["年份", "金额"], 20, ["2000", "0"])


@pytest.mark.parametrize(
    ("content", "arguments", "part"),
    [
        (b"", {}, "empty"), (b"a,b\n1,2\n", {"columns": COLUMNS}, "There is no column “Year”"),
        (b"PK\x03\x04broken", {}, "damaged"),
        (b'{"a": 1}', {}, "no list of objects"), (b'{"a": [{"x": 1}], "b": [{"x": 1}]}', {}, "Say which list"),
        (b"x\n" * 30_000, {"columns": {"period": "x"}}, "more than 20,000 rows"),
        (b"a," * 60 + b"\n", {}, "more than 50 columns"),
        (b'a,b\n"' + b"x" * 200_000, {"columns": {"period": "a"}}, "quotation mark"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_a_sentence(
    content: bytes, arguments: dict[str, Any], part: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        table.read(content, **arguments)
    assert part in str(refused.value)


# OPML.


def test_opml_is_read_in_its_folders_and_written_likewise() -> None:
    outlines = [
        {"title": "One & two", "address": f"{HOME}1.xml", "site": HOME, "language": "", "folders": []},
        {
            "title": CHINESE,
            "address": f"{HOME}2.xml",
            "site": "",
            "language": "zh-Hant",
            "folders": ["Policy", "中国"],
        },
        {
            "title": "Three\x00",
            "address": f"{HOME}3.xml",
            "site": "",
            "language": "en",
            "folders": ["Policy"],
        },
    ]
    found = opml.read(opml.write("All <of> them", outlines))
    assert (found["title"], found["refused"]) == ("All <of> them", [])
    assert sorted(found["outlines"], key=lambda one: one["address"]) == [
        *outlines[:2],
        {**outlines[2], "title": "Three"},
    ]


def test_opml_refuses_what_has_no_address_and_knows_no_entities() -> None:
    found = opml.read(
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body>'
        b'<outline text="A&x;" xmlUrl="javascript:x"/>'
        b'<outline text="F"><outline text="B" Language="ZH_hans" XMLURL="https://b.example/f"/></outline></body></opml>'
    )
    assert found["outlines"] == [
        {"title": "B", "address": "https://b.example/f", "site": "", "language": "zh-Hans", "folders": ["F"]}
    ]
    assert [refusal["number"] for refusal in found["refused"]] == [1]


@pytest.mark.parametrize("content", [b"", b"<rss/>", b"words", b"<a>" * 100_000])
def test_what_is_no_opml_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        opml.read(content)


# Anything at all.

READERS: list[Callable[[bytes], dict[str, Any]]] = [
    lambda content: feed.read(content, address=HOME),
    lambda content: links.read(content, address=HOME, selector="a, p"),
    lambda content: page.read(content, address=HOME), lambda content: discovery.read(content, address=HOME),
    lambda content: table.read(content, columns={"period": "a"}), lambda content: table.read(content), opml.read,
]  # fmt: skip
PIECES = st.sampled_from(
    [
        b"<rss>", b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"<!--", b"<!DOCTYPE", b"[", b"<?xml", b"?>",
        b"<title>", b"&#",
        b"&amp", b";", b"<a href='", b"'>", b"\x00", b"\xff\xfe", b"<feed xmlns='http://www.w3.org/2005/Atom'>",
        b"<entry>", b"{",
        b'"version":"https://jsonfeed.org/version/1"', b'"items":', b"}", b",", b'"', b"<content type='xhtml'>",
        b"<opml>",
        b"<outline xmlUrl='", b"PK\x03\x04", b"a;b\n", b"<html><body>", b"<svg>", b"<link>", b"/>",
        b"<pubDate>2020-1-1",
    ]
)  # fmt: skip


ODD = st.text("a1 \x00\x1b\ud800\u202e", min_size=1, max_size=4)
KEYS = st.sampled_from(["version", "title", "items", "id", "url", "authors", "name", "tags", "a"]) | ODD
JSONS = st.recursive(
    ODD | st.none() | st.integers(),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(KEYS, inside, max_size=4),
    max_leaves=12,
)
WRITTEN = {
    "a feed in JSON": '{"version":"https://jsonfeed.org/version/1","items":[{"id":%1s,"title":%1s,"x":%1s}]}',
    "a table in JSON": '{%1s:[{%1s:%1s,"a":[%1s]}],"b":{%1s:[{"a":1}]}}',
    "RSS": "<rss><channel><title>%2s</title><item><guid>%2s</guid><title>%2s</title><link>/%2s</link>"
    "<category>%2s</category></item></channel></rss>",
    "a page": "<html lang='%2s'><title>a%2s</title><h1>a%2s</h1><p><a href='/%2s'>a%2s</a>%2s</p></html>",
    "OPML": "<opml><body><outline text='%2s'><outline text='%2s' xmlUrl='http://a/%2s'/></outline></body></opml>",
    "CSV": "a;%3s;b\n1;%3s;2\n",
}


def _written(shape: str, texts: list[str]) -> bytes:
    """The shape with texts in its places, each as it is written there: in JSON, by numbers in markup, or as it is."""
    for text in texts:
        shape = shape.replace("%1s", json.dumps(text), 1)
        shape = shape.replace("%2s", "".join(f"&#{ord(char)};" for char in text), 1)
        shape = shape.replace("%3s", text, 1)
    return re.sub("%[123]s", "1", shape).encode(errors="replace")


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_of([*value, *value.values()])
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=200, deadline=None)
@given(
    content=st.builds(_written, st.sampled_from(list(WRITTEN.values())), st.lists(ODD, max_size=20))
    | JSONS.map(lambda value: json.dumps(value).encode())
)
def test_no_text_that_leaves_a_reader_breaks_the_database(
    reader: Callable[[bytes], dict[str, Any]], content: bytes
) -> None:
    try:
        said = list(texts_of(reader(content)))
    except Unreadable as error:
        said = [str(error)]
    assert not [text for text in said if re.search("[\x00\ud800-\udfff]", text)]


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300) | st.lists(PIECES | st.binary(max_size=8), max_size=30).map(b"".join))
def test_any_bytes_are_a_value_or_a_refusal(
    reader: Callable[[bytes], dict[str, Any]], content: bytes
) -> None:
    try:
        found = reader(content)
    except Unreadable:
        return
    json.dumps(found, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (b'{"a\\u0000":[{"x":1}],"b":[{"x":1}]}', ""),
        (b'[{"p":"2031","v":"1","n":["\\ud800"]}]', ""),
        (b'{"a\\ud800":[{"x\\u0000":"\\u0000"}]}', "a"),
    ],
)
def test_nothing_that_a_table_says_breaks_the_database(content: bytes, path: str) -> None:
    try:
        said = repr(table.read(content, path=path))
    except Unreadable as error:
        said = str(error)
    assert "\\x00" not in said
    assert "\\ud800" not in said
    said.encode()


@pytest.mark.parametrize("broken", ["2024\\q01-01", "2024\n01-01", "2024\\ud800-01"])
def test_data_for_machines_that_are_broken_make_no_page_unreadable(broken: str) -> None:
    article = "<p>" + "A sentence that is long enough to be read as a text. " * 20 + "</p>"
    content = (
        f'<html><head><script type="application/ld+json">{{"datePublished": "{broken}"}}</script></head>'
        f"<body><article><h1>Of rules and models</h1>{article}</article></body></html>"
    )
    assert page.read(content.encode(), address="https://gov.example/1")["items"][0]["published"] == ""
