"""Real feeds and pages, read as their manifest says. The files are not ours; without them these tests are skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from imports.parsing import feed, links, opml, page

CORPUS = Path(os.environ.get("AICHINA_CORPUS") or settings.BASE_DIR.parent / "shared" / "corpus")
MANIFEST = CORPUS / "MANIFEST.yaml"
RECORDS: list[dict[str, Any]] = (
    yaml.safe_load(MANIFEST.read_text("utf-8"))["corpus"] if MANIFEST.is_file() else []
)
ADDRESS = "http://127.0.0.1:8000/corpus/file"
SELECTORS = {"html-list-en.html": "h1", "html-list-zh.html": "article"}
# What a source does not say is not made up: neither a zone nor the country of a language.
DATES = {
    "rss20-zh-gb2312-odd-dates.xml": "2005-05-28T16:05:36",
    "html-article-zh-wrong-charset.html": "2016-10-14T07:17:00",
}
SCRIPTS = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "zh": "zh-CN"}
FIRST_LINKS = {
    "atom10-relative-empty-xmlbase.atom": "http://talkingpointsmemo.com/livewire/"
    "hannity-announces-fox-hired-sebastian-gorka-national-security-strategist",
    "broken-unescaped-amp-latin2.rss": "http://www.honositomuhely.hu/index.php?option=com_remository&Itemid=1"
    "&func=fileinfo&filecatid=911&parent=folder",
    "html-list-zh.html": "http://127.0.0.1:8000/2024/06/12/%E6%A6%A8%E5%B9%B2%E8%BF%99%E5%8F%B0NAS"
    "%E7%AC%AC005%E8%AF%9D-%E5%A4%96%E7%BD%91%E8%AE%BF%E9%97%AE%E4%B9%8BTailscale/",
}

# Nothing changes what was read, and some files are large.
_READ: dict[str, dict[str, Any]] = {}

pytestmark = pytest.mark.corpus


@pytest.fixture(params=RECORDS or [None], ids=lambda record: Path(record["file"]).name if record else "none")
def record(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param is None:
        pytest.skip(f"the corpus is not at {CORPUS}; AICHINA_CORPUS says where it is")
    found: dict[str, Any] = request.param
    return found


def name(record: dict[str, Any]) -> str:
    return Path(record["file"]).name


def read(record: dict[str, Any]) -> dict[str, Any]:
    if name(record) not in _READ:
        _READ[name(record)] = _read(record)
    return _READ[name(record)]


def _read(record: dict[str, Any]) -> dict[str, Any]:
    content = (CORPUS / record["file"]).read_bytes()
    if record["format"].startswith("OPML"):
        return opml.read(content)
    if record["format"].startswith("HTML article"):
        return page.read(content, address=ADDRESS)
    if record["format"].startswith("HTML list"):
        return links.read(content, address=ADDRESS, selector=SELECTORS[name(record)])
    return feed.read(content, address=ADDRESS)


def items(found: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found["outlines"] if found["kind"] == "opml" else found["items"]
    return listed


def test_every_item_is_found(record: dict[str, Any]) -> None:
    found = read(record)
    assert len(items(found)) == record["items"]
    assert not found.get("refused")
    assert not found.get("next")


def test_the_first_title_is_read_without_a_letter_amiss(record: dict[str, Any]) -> None:
    assert items(read(record))[0]["title"] == " ".join((record["first_title"] or "").split())


def test_the_last_title_too(record: dict[str, Any]) -> None:
    if "last_title" not in record.get("facts", {}):
        pytest.skip("the manifest does not say")
    assert items(read(record))[-1]["title"] == " ".join((record["facts"]["last_title"] or "").split())


def test_the_first_date_is_as_precise_as_the_source(record: dict[str, Any]) -> None:
    first, said = items(read(record))[0].get("published", ""), record["first_date"] or ""
    expected = DATES.get(name(record), said.removesuffix("T00:00:00Z"))
    assert first == expected


def test_the_language_is_the_texts(record: dict[str, Any]) -> None:
    found = read(record)
    if found["kind"] == "opml":
        pytest.skip("a list of subscriptions has no language")
    said = record["language"].split(" ")[0]
    language = SCRIPTS.get(found["language"], found["language"])
    assert language == said or (not said.startswith("zh") and language.split("-")[0] == said.split("-")[0])


def test_counts_of_the_manifest_hold(record: dict[str, Any]) -> None:
    facts = record.get("facts")
    if not facts:
        pytest.skip("the manifest does not say")
    found = items(read(record))
    guids = {item["guid"] for item in found if item["guid"]}
    assert len(guids) == facts["distinct_guids"]
    assert sum(bool(item["guid"]) for item in found) == facts["with_guid"]
    assert sum(bool(item["title"]) for item in found) == facts["with_title"]
    assert sum(bool(item["enclosures"]) for item in found) == facts["enclosures"]
    assert sum(bool(item["published"]) for item in found) == facts["with_date"]


def test_first_links(record: dict[str, Any]) -> None:
    if name(record) not in FIRST_LINKS:
        pytest.skip("the manifest does not say")
    assert items(read(record))[0]["address"] == FIRST_LINKS[name(record)]
