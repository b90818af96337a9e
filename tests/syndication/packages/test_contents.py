"""A package holds what was public at its position, as the API says it, in files that other programs read."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import frictionless
import pytest
from django.test import Client

from editorial.reading import resolve
from metrics.tables.rows import clean
from syndication.packages import reading
from syndication.packages.columns import LINES, TABLES
from syndication.packages.making import make
from tests.editorial_steps import (
    SOURCE,
    Doc,
    draft_entry,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)

pytestmark = pytest.mark.django_db
LISTS = ("entries", "actors", "series", "pages", "categories", "front")
HOSTILE = (
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\uff1dHYPERLINK(1)", "'=quoted", "“人工智能”, \"quoted\", 'x'",
    "two\nlines\r\nand three", "a,b;c\td", "\u2028 and \x85", "😀", "-5", "null", "NaN",
)  # fmt: skip


def package(folder: Path, as_of: str | None = None) -> Path:
    """The package of a position, unpacked."""
    target = folder / f"{as_of}.zip"
    make(resolve(as_of), target, lambda done, total: None)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder / str(as_of))
    return folder / str(as_of)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / "data" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]] if path.exists() else []


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def api(kind: str, **parameters: Any) -> list[dict[str, Any]]:
    """All of a list, whatever its pages are."""
    address, found = f"/api/v1/{kind}/", []
    body = Client().get(address, {**parameters, "limit": 100}).json()
    found += body["results"]
    while body.get("has_more") or body.get("next"):
        body = Client().get(body["next"]).json()
        found += body["results"]
    return found


def by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


@pytest.fixture
def tracker() -> dict[str, Doc]:
    """Of everything something, with whatever may be written into it."""
    category, other = publish_category("rules", "=Rules"), publish_category("chips")
    zhipu = publish_actor(
        "zhipu", title="Zhipu AI", name_zh="智谱", aliases=["@zhipu", "智谱AI"], founded="2019~"
    )
    former = publish_actor("former", title="=Former", relations=[
        {"type": "part_of", "target": str(zhipu.id), "since": "2020", **{**SOURCE, "title": "=1"}},
    ])  # fmt: skip
    robots = publish_series("robots", observations=[
        {"period": "2023", "value": "-0.50", "note": "=1"}, {"period": "2024", "value": "12.50", **SOURCE},
        {"period": "2025", "value": ""},
    ])  # fmt: skip
    publish_series("beside", beside=[str(robots.id)], title="+Beside")
    one = publish_entry(
        "one",
        date="2023-11",
        actors=[{"id": str(zhipu.id), "role": "acted"}, {"id": str(former.id), "role": "mentioned"}],
        categories=[str(category.id), str(other.id)],
    )
    for number, text in enumerate(HOSTILE):
        publish_entry(
            f"hostile-{number}", title=text.replace("\n", " "), summary=text, body=text, related=[str(one.id)]
        )
    draft_entry("draft", summary="canary")
    publish_page(text="=1\n\n人"), publish_front(milestones=[{"id": str(one.id)}])
    return {"category": category, "zhipu": zhipu, "former": former, "robots": robots, "one": one}


class Reader:
    """What Frictionless takes from the package jsonlines, which is not among ours: JSON Lines, one by one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __iter__(self) -> Iterator[Any]:
        return map(json.loads, self._file)


def validate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> frictionless.Report:
    stand_in = ModuleType("jsonlines")
    stand_in.Reader = Reader  # type: ignore[attr-defined]
    try:
        __import__("jsonlines")
    except ImportError:
        monkeypatch.setitem(sys.modules, "jsonlines", stand_in)
    return frictionless.validate(str(folder / "datapackage.json"))


def test_frictionless_finds_nothing_wrong_with_hostile_texts(
    tracker: dict[str, Doc], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker["former"].merge(tracker["zhipu"])
    tracker["one"].withdraw()
    first, *_, before, _last = (str(change["position"]) for change in api("changes"))
    for as_of in (None, first, before):
        report = validate(package(tmp_path, as_of), monkeypatch)
        assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
        assert report.stats["tasks"] >= len(TABLES)
        assert report.stats["warnings"] == 0
    broken = tmp_path / "None"
    with (broken / "data" / "entry_actors.csv").open("a", newline="") as file:
        file.write("00000000-0000-4000-8000-000000000000,00000000-0000-4000-8000-000000000000,acted\r\n")
    found = {kind for (kind,) in validate(broken, monkeypatch).flatten(["type"])}
    assert {"foreign-key", "hash-count", "byte-count"} <= found


def test_it_says_of_itself_what_one_has_to_know(
    tracker: dict[str, Doc], tmp_path: Path, settings: Any
) -> None:
    settings.CONTENT_LICENCE, settings.CONTENT_LICENCE_URL = "CC-BY-4.0", "https://licence.example/by/4.0/"
    present = resolve(None)
    folder = package(tmp_path)
    described = json.loads((folder / "datapackage.json").read_text())
    listed = Client().get("/api/v1/entries/").json()["as_of"]
    assert {name: described[name] for name in ("position", "moment", "cursor")} == listed
    assert described["created"] == listed["moment"]
    assert described["version"] == str(present.position)
    assert described["licenses"] == [{"name": "CC-BY-4.0", "path": "https://licence.example/by/4.0/"}]
    assert f"http://testserver/?as_of={present.position}" in described["citation"]
    for resource in described["resources"]:
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert all(column["description"] for column in resource["schema"]["fields"])
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files == {resource["path"] for resource in described["resources"]} | {
        "datapackage.json", "README.md", "CITATION.cff",
    }  # fmt: skip
    readme = (folder / "README.md").read_text()
    assert all(
        text in readme for text in ("apostrophe", "CC-BY-4.0", described["citation"], listed["cursor"])
    )
    assert "CC-BY-4.0" in (folder / "CITATION.cff").read_text()


def test_json_lines_are_what_the_api_says(tracker: dict[str, Doc], tmp_path: Path) -> None:
    folder = package(tmp_path)
    for kind in LISTS:
        assert by_id(lines(folder, kind)) == by_id(api(kind)), kind
        assert all(set(row) == {column.name for column in LINES[kind].columns} for row in lines(folder, kind))
    assert lines(folder, "changes") == api("changes")
    assert [row["summary"] for row in lines(folder, "entries") if row["slug"] == "hostile-0"] == ["=1+1"]


def test_tables_hold_the_same_and_no_formula(tracker: dict[str, Doc], tmp_path: Path) -> None:
    folder = package(tmp_path)
    for kind in LISTS:
        rows = by_id(table(folder, kind))
        assert len(rows) == len(api(kind))
        for shown in api(kind):
            for column in LINES[kind].columns:
                if not column.nested:
                    expected = "" if shown[column.name] is None else shown[column.name]
                    assert as_in_json(rows[shown["id"]][column.name], column.type) == expected
    cells = {
        cell for path in folder.rglob("*.csv") for row in table(folder, path.stem) for cell in row.values()
    }
    begin = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
    assert {cell for cell in cells if cell.startswith(begin)} == {"-0.50", "-5"}
    assert "'=1+1" in cells
    assert "''=quoted" in cells


def as_in_json(cell: str, kind: str) -> Any:
    if kind in ("array", "boolean"):
        return json.loads(cell)
    return int(cell) if kind == "integer" else clean(cell)


def test_what_is_a_list_is_a_table(tracker: dict[str, Doc], tmp_path: Path) -> None:
    folder = package(tmp_path)
    one = str(tracker["one"].id)
    assert {(row["actor"], row["role"]) for row in table(folder, "entry_actors") if row["entry"] == one} == {
        (str(tracker["zhipu"].id), "acted"), (str(tracker["former"].id), "mentioned"),
    }  # fmt: skip
    assert len([row for row in table(folder, "entry_categories") if row["entry"] == one]) == 2
    robots = [row for row in table(folder, "observations") if row["series"] == str(tracker["robots"].id)]
    assert [(row["period"], row["value"], row["earliest"], row["latest"]) for row in robots] == [
        ("2023", "-0.50", "2023-01-01", "2023-12-31"), ("2024", "12.50", "2024-01-01", "2024-12-31"),
        ("2025", "", "2025-01-01", "2025-12-31"),
    ]  # fmt: skip
    sources = table(folder, "sources")
    assert {row["part"] for row in sources} == {"document", "relation", "observation"}
    (figure,) = [row for row in sources if row["part"] == "observation"]
    assert (figure["period"], figure["number"], figure["publisher"]) == ("2024", "2", "Xinhua")
    assert (figure["date"], figure["date_earliest"], figure["date_latest"]) == (
        "2026-03",
        "2026-03-01",
        "2026-03-31",
    )
    (zhipu,) = [row for row in table(folder, "actors") if row["slug"] == "zhipu"]
    assert (zhipu["founded"], zhipu["founded_earliest"]) == ("2019~", "2019-01-01")


def test_the_past_is_what_the_api_says_of_it_now(tracker: dict[str, Doc], tmp_path: Path) -> None:
    then = resolve(None).position
    tracker["one"].correct(title="Corrected", actors=[])
    tracker["former"].merge(tracker["zhipu"])
    tracker["category"].rename("laws")
    tracker["zhipu"].withdraw("It was forged.", hide_past=False)
    publish_entry("later")
    folder = package(tmp_path, str(then))
    for kind in LISTS:
        assert by_id(lines(folder, kind)) == by_id(api(kind, as_of=then)), kind
    assert lines(folder, "changes") == [row for row in api("changes") if row["position"] <= then]
    now = package(tmp_path)
    for kind in LISTS:
        assert by_id(lines(now, kind)) == by_id(api(kind)), kind


def test_what_is_not_public_or_was_hidden_is_nowhere(tracker: dict[str, Doc], tmp_path: Path) -> None:
    gone = publish_entry("gone", summary="canary").correct("canary", summary="canary canary")
    then = resolve(None).position
    gone.revise(summary="canary")
    gone.withdraw("It was forged.")
    tracker["one"].revise(title="canary")
    for as_of in (str(then), None):
        folder = package(tmp_path, as_of)
        assert b"canary" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    (hidden,) = [row for row in lines(tmp_path / str(then), "entries") if row["slug"] == "gone"]
    assert (hidden["text_hidden"], hidden["summary"], hidden["notice"]) == (True, "", "It was forged.")


def test_the_same_position_gives_the_same_bytes(tracker: dict[str, Doc], tmp_path: Path) -> None:
    then = resolve(None).position
    first = make(resolve(str(then)), tmp_path / "a.zip", lambda done, total: None)
    publish_entry("later")
    again = make(resolve(str(then)), tmp_path / "b.zip", lambda done, total: None)
    assert first == again
    content = (tmp_path / "a.zip").read_bytes()
    assert content == (tmp_path / "b.zip").read_bytes()
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_queries_do_not_grow_with_what_there_is(
    tracker: dict[str, Doc],
    tmp_path: Path,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "SERIES_AT_ONCE", 200)
    with django_assert_max_num_queries(40) as counted:
        make(resolve(None), tmp_path / "few.zip", lambda done, total: None)
    few = len(counted)
    for number in range(4):
        publish_series(f"s{number}")
        publish_entry(f"e{number}", actors=[{"id": str(publish_actor(f"a{number}").id), "role": "acted"}])
    with django_assert_max_num_queries(few) as counted:
        make(resolve(None), tmp_path / "many.zip", lambda done, total: None)
