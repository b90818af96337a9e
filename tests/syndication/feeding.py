"""Feeds as tests ask for them, and the rules that validators hold them to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import feedparser
from django.test import Client
from lxml import etree, html

from syndication.feeds.formats import MEDIA
from syndication.feeds.views import KINDS

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000")


def spelled(route: str) -> list[str]:
    """A route once for each form of feed and each kind that it may name."""
    kinds = KINDS if "<feed_kind:kind>" in route else [""]
    forms = MEDIA if "<form:form>" in route else [""]
    return [
        route.replace("<feed_kind:kind>", kind).replace("<form:form>", form)
        for kind in kinds
        for form in forms
    ]


def get(path: str, **headers: str) -> Any:
    """The answer at ``/feeds/…``, which is one."""
    answer = Client(headers=headers).get(f"/feeds/{path}")
    assert answer.status_code == 200, answer.content
    return answer


def read(path: str) -> Any:
    """An XML feed as feedparser has it, which finds nothing wrong."""
    answer = get(path)
    found = feedparser.parse(
        answer.content,
        response_headers={"content-type": answer["Content-Type"]},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    assert not found.bozo, found.get("bozo_exception")
    return found


def titles(path: str) -> list[str]:
    return [item["title"] for item in get(f"{path}feed.json" if "?" not in path else path).json()["items"]]


def check(path: str) -> None:
    """Hold the three forms of a feed to the rules. ``path``: what stands between ``/feeds/`` and the form."""
    base, _, query = path.partition("?")
    addresses = {form: f"{base}{form}{query and f'?{query}'}" for form in MEDIA}
    answers = {form: get(address) for form, address in addresses.items()}
    for form, answer in answers.items():
        assert answer["Content-Type"] == f"{MEDIA[form]}; charset=utf-8"
    atom = list(atom_ids(answers["atom.xml"].content))
    assert list(rss_ids(answers["rss.xml"].content)) == atom
    assert list(json_ids(answers["feed.json"].content)) == atom


def atom_ids(body: bytes) -> Iterator[str]:
    """RFC 4287: what has to be there is there once."""
    feed = etree.fromstring(body)
    assert feed.tag == f"{ATOM}feed"
    ids = []
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        moment_of(element.findtext(f"{ATOM}updated"))
        assert element.findtext(f"{ATOM}title")
        ids.append(urn(element.findtext(f"{ATOM}id")))
        links = [
            (link.get("rel"), link.get("type"), link.get("hreflang"))
            for link in element.findall(f"{ATOM}link")
        ]
        alternates = [link for link in links if link[0] == "alternate"]
        assert len(set(alternates)) == len(alternates)
        assert alternates
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    assert len(set(ids)) == len(ids)
    for link in feed.iter(f"{ATOM}link"):
        address(link.get("href"))
    for enclosure in feed.iterfind(f".//{ATOM}link[@rel='enclosure']"):
        assert int(enclosure.get("length")) > 0
    for entry in feed.iter(f"{ATOM}entry"):
        moment_of(entry.findtext(f"{ATOM}published"))
        content = entry.find(f"{ATOM}content")
        assert content.get("type") == "html"
        inert(content.text)
        inert(entry.findtext(f"{ATOM}summary") or "")
        yield entry.findtext(f"{ATOM}id")


def rss_ids(body: bytes) -> Iterator[str]:
    """RSS 2.0, and what the RSS Advisory Board’s profile asks for."""
    rss = etree.fromstring(body)
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1
        assert channel.findtext(name)
    address(channel.findtext("link"))
    date_of(channel.findtext("lastBuildDate"))
    assert [link.get("rel") for link in channel.findall(f"{ATOM}link")].count("self") == 1
    for item in channel.findall("item"):
        assert item.findtext("title")
        address(item.findtext("link"))
        date_of(item.findtext("pubDate"))
        moment_of(item.findtext(f"{ATOM}updated"))
        inert(item.findtext("description") or "")
        inert(item.findtext(f"{CONTENT}encoded"))
        (guid,) = item.findall("guid")
        assert guid.get("isPermaLink") == "false"
        enclosures = item.findall("enclosure")
        assert len(enclosures) <= 1
        for enclosure in enclosures:
            assert set(enclosure.attrib) == {"url", "length", "type"}
            address(enclosure.get("url"))
        yield urn(guid.text)


def json_ids(body: bytes) -> Iterator[str]:
    """JSON Feed 1.1."""
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    address(feed["home_page_url"])
    address(feed["feed_url"])
    for item in feed["items"]:
        address(item["url"])
        moment_of(item["date_published"])
        moment_of(item["date_modified"])
        inert(item["content_html"])
        assert all(author["name"] for author in item["authors"])
        for attachment in item.get("attachments", []):
            address(attachment["url"])
            assert attachment["mime_type"] == "image/png"
            assert attachment["size_in_bytes"] > 0
        assert isinstance(item["id"], str)
        yield urn(item["id"])


def urn(text: str) -> str:
    assert UUID(text).urn == text
    return text


def address(text: str) -> None:
    """A whole one, that needs no escaping any more."""
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https"), text
    assert parts.netloc
    assert re.fullmatch(r"[!-~]+", text)
    assert "<" not in text


def moment_of(text: str) -> datetime:
    assert RFC3339.fullmatch(text), text
    return datetime.fromisoformat(text)


def date_of(text: str) -> datetime:
    assert RFC822.fullmatch(text), text
    return parsedate_to_datetime(text)


HARMLESS = {
    "p", "strong", "em", "a", "ul", "ol", "li", "span", "table", "caption", "tr", "th", "td", "h3", "h4", "code", "pre",
    "blockquote", "br", "div",
}  # fmt: skip


def inert(text: str) -> None:
    """HTML that shows something and does nothing, with whole addresses, wherever it is read."""
    for element in html.fragment_fromstring(text, create_parent="div").iter():
        assert element.tag in HARMLESS, element.tag
        assert set(element.attrib) <= {"href", "rel", "lang", "title"}, element.attrib
        if "href" in element.attrib:
            assert urlsplit(element.get("href")).scheme in ("http", "https", "mailto")
