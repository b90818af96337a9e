"""The opening content: loaded once, through the commands that editors use, and never half."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from aichina.opening import document_id
from editorial import commands as c
from editorial import rebuild
from ledger import log, verify
from tests.conftest import BASE_DIR, addresses
from tests.editorial_steps import CHIEF, Doc, draft_entry

CONTENT = settings.BASE_DIR / "content"


def items(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((CONTENT / name).read_text())
    return found


def entries() -> list[dict[str, Any]]:
    return items("milestones.yaml") + items("updates.yaml")


def test_the_api_counts_as_many_entries_as_the_content_holds(committed_db: str) -> None:
    call_command("load_content", quiet=True)
    answer = Client().get("/api/v1/entries/?limit=100").json()
    assert answer["count"] == len(answer["results"]) == len(entries()) > 40
    shown = {entry["slug"]: entry for entry in answer["results"]}
    for item in entries():
        assert shown[item["key"]]["id"] == str(document_id("entry", item["key"]))
        assert len(shown[item["key"]]["sources"]) == len(item.get("sources", []))
        assert [category["slug"] for category in shown[item["key"]]["categories"]]
        roles = {actor["slug"]: actor["role"] for actor in shown[item["key"]]["actors"]}
        assert roles == {actor["id"]: actor["role"] for actor in item.get("actors", [])}
    actors = Client().get("/api/v1/actors/?limit=100").json()
    assert {actor["slug"] for actor in actors["results"]} == {item["key"] for item in items("actors.yaml")}
    assert all(actor["sources"] or actor["source_wanted"] for actor in actors["results"])
    for kind in ("pages", "categories"):
        texts = Client().get(f"/api/v1/{kind}/?limit=100").json()["results"]
        assert {text["slug"] for text in texts} == {item["key"] for item in items(f"{kind}.yaml")}
    said = re.findall(r"\| (\d+) \| .*`/api/v1/(\w+)/`", (BASE_DIR / "README.md").read_text())
    assert len(said) == 5
    for count, kind in said:
        assert Client().get(f"/api/v1/{kind}/").json()["count"] == int(count), kind
    series = Client().get("/api/v1/series/?limit=100").json()["results"]
    assert {one["slug"] for one in series} == {item["key"] for item in items("metrics.yaml")}
    for one in series:
        for figure in one["observations"]:
            assert figure["sources"] or one["sources"] or figure["source_wanted"] or one["source_wanted"]
    assert "New-Generation AI" in Client().get("/").content.decode()
    assert verify.verify() == []
    head = log.head()
    call_command("load_content", quiet=True)
    assert log.head() == head, "a second load added something"


def test_a_load_that_is_killed_goes_on_where_it_stopped(committed_db: str) -> None:
    program = [sys.executable, "manage.py", "load_content"]
    environment = {**os.environ, **addresses(committed_db), "PYTHONUNBUFFERED": "1"}
    for _ in range(3):
        process = subprocess.Popen(program, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        process.kill()
        process.communicate()
        assert verify.verify() == []
    call_command("load_content", quiet=True)
    assert Client().get("/api/v1/entries/").json()["count"] == len(entries())
    assert all((found.missing, found.extra) == (0, 0) for found in rebuild.check())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small folder of content that can be spoilt."""
    (tmp_path / "categories.yaml").write_text("- {key: rules, label: Rules, order: 1, text: About rules.}\n")
    for empty in ("pages.yaml", "actors.yaml", "metrics.yaml", "updates.yaml", "front.yaml"):
        (tmp_path / empty).write_text("[]\n")
    write(tmp_path, entry("first"), entry("second"))
    return tmp_path


def entry(name: str, **changes: Any) -> dict[str, Any]:
    source = {"publisher": "Xinhua", "language": "zh"}
    return {"key": name, "kind": "milestone", "title": name, "summary": "It…", "date": "2024", "categories": ["rules"],
            "sources": [source], **changes}  # fmt: skip


def write(folder: Path, *listed: dict[str, Any]) -> None:
    (folder / "milestones.yaml").write_text(yaml.safe_dump(list(listed)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"date": "yesterday"}, "date"), ({"summary": ""}, "summary"), ({"categories": []}, "categories"),
        ({"sources": [{"publisher": "X", "url": "javascript:x"}]}, "sources"), ({"kind": "novel"}, "kind"),
        ({"colour": "red"}, "colour"), ({"title": 5}, "title"), ({"key": "Not A Slug"}, "key"),
        ({"actors": [{"id": "x", "role": "hero"}]}, "actors"), ({"title": "x\x00y"}, "title"),
        ({"categories": ["rulez"]}, "categories"), ({"categories": "rules"}, "categories"),
        ({"categories": [5]}, "categories"), ({"categories": None}, "categories"),
        ({"categories": ["rules", "rules"]}, "categories"), ({"related": ["frist"]}, "related"),
        ({"related": ["second"]}, "related"), ({"related": None}, "related"),
        ({"actors": [{"role": "acted"}]}, "actors"),
        ({"actors": ["huawei"]}, "actors"), ({"summary": 1.5}, "summary"), ({"sources": {"a": 1}}, "sources"),
    ],
)  # fmt: skip
def test_an_error_names_file_item_and_field_and_nothing_is_loaded(
    folder: Path, changes: Any, field: str
) -> None:
    write(folder, entry("first"), entry("second", **changes))
    with pytest.raises(CommandError) as refused:
        call_command("load_content", str(folder))
    sentence = str(refused.value)
    assert "milestones.yaml" in sentence
    assert "second" in sentence or "item 2" in sentence
    assert field in sentence
    assert not log.stream(document_id("entry", "second"))
    assert not log.stream(document_id("entry", "first"))


@pytest.mark.django_db
def test_an_address_that_is_taken_is_named_with_its_item(folder: Path) -> None:
    draft_entry("second")
    with pytest.raises(
        CommandError, match=r"milestones\.yaml, second: slug: This address belongs to another"
    ):
        call_command("load_content", str(folder))
    assert not log.stream(document_id("entry", "second"))


@pytest.mark.django_db
def test_a_stream_that_editors_work_in_is_not_touched(folder: Path) -> None:
    theirs = Doc(id=document_id("entry", "second"))
    theirs.do(c.Draft({"title": "Ours"}, "ours"), CHIEF)
    call_command("load_content", str(folder))
    assert theirs.state.version == 1
    call_command("load_content", str(folder))
    assert Client().get("/api/v1/entries/").json()["count"] == 1
