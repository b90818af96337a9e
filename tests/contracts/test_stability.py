"""What the API has promised, it keeps: docs/openapi.json is the promise, and no change may break it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from aichina.routes import ROUTES, Leaving
from scripts.breaking import breaks

PROMISED: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
TODAY = date(2027, 1, 1)
LIST = "/api/v1/entries/"


@pytest.mark.django_db
def test_the_api_is_as_it_was_promised() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert breaks(PROMISED, described, today=datetime.now(UTC).date()) == []
    assert described == PROMISED, "Nothing breaks, but the description is another: run `make describe`."


def operation(described: Any) -> Any:
    return described["paths"][LIST]["get"]


def entry(described: Any) -> Any:
    return described["components"]["schemas"]["Entry"]


def changed(change: Callable[[Any], Any]) -> list[str]:
    described = copy.deepcopy(PROMISED)
    change(described)
    return breaks(PROMISED, described, today=TODAY)


def parameter(described: Any, name: str) -> Any:
    return next(one for one in operation(described)["parameters"] if one["name"] == name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["paths"].pop(LIST), "GET /api/v1/entries/ is gone"),
        (lambda d: operation(d)["parameters"].remove(parameter(d, "q")), "the parameter q is gone"),
        (lambda d: parameter(d, "kind")["schema"]["enum"].remove("update"), "no longer takes update"),
        (lambda d: parameter(d, "limit")["schema"].update(maximum=10), "another maximum"),
        (lambda d: parameter(d, "limit")["schema"].update(type="string"), "no longer integer"),
        (lambda d: parameter(d, "cursor")["schema"].update(pattern="x"), "another pattern"),
        (
            lambda d: operation(d)["parameters"].append({"in": "query", "name": "x", "required": True}),
            "x is new, and must be given",
        ),
        (lambda d: operation(d)["responses"].pop("200"), "no longer answers 200"),
        (lambda d: operation(d)["responses"]["200"].update(content={}), "no longer application/json"),
        (lambda d: operation(d).update(security=[{"key": []}]), "asks for a key"),
        (lambda d: entry(d)["properties"].pop("title"), "has no title"),
        (lambda d: entry(d)["required"].remove("id"), "may lack id"),
        (lambda d: entry(d)["properties"]["title"].update(type=["string", "null"]), "title is null, string"),
        (lambda d: entry(d)["properties"]["sources"].update(type="object"), "sources is object"),
    ],
)
def test_what_would_break_a_client_is_found(change: Callable[[Any], Any], said: str) -> None:
    found = changed(change)
    assert found
    assert any(said in text for text in found), found


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["paths"].update({"/api/v1/more/": {"get": {}}}),
        lambda d: operation(d)["parameters"].append({"in": "query", "name": "x"}),
        lambda d: entry(d)["properties"].update(more={"type": "string"}),
        lambda d: parameter(d, "limit")["schema"].update(maximum=1000),
        lambda d: parameter(d, "kind")["schema"]["enum"].append("speech"),
        lambda d: entry(d)["required"].append("more"),
    ],
)
def test_what_is_added_breaks_nobody(change: Callable[[Any], Any]) -> None:
    assert changed(change) == []


def test_what_was_announced_may_go_after_its_sunset() -> None:
    announced = copy.deepcopy(PROMISED)
    operation(announced).update({"deprecated": True, "x-sunset": "2026-12-31"})
    gone = copy.deepcopy(announced)
    del gone["paths"][LIST]
    assert breaks(announced, gone, today=date(2026, 12, 30)) == ["GET /api/v1/entries/ is gone"]
    assert breaks(announced, gone, today=TODAY) == []


@pytest.mark.django_db
def test_what_is_going_says_so_on_every_answer_and_in_the_description(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.BUILD = "one that announces"
    leaving = Leaving(since=date(2026, 11, 24), until=date(2027, 12, 1))
    for name in ("api/v1/pages/", "api/v1/pages/<str:key>/"):
        monkeypatch.setitem(ROUTES, name, replace(ROUTES[name], leaving=leaving))
    for path in ("/api/v1/pages/", "/api/v1/pages/none/", "/api/v1/pages/?x=1"):
        answer = Client().get(path)
        assert answer["Deprecation"] == "@1795478400"
        assert answer["Sunset"] == "Wed, 01 Dec 2027 00:00:00 GMT"
    assert "Deprecation" not in Client().get("/api/v1/entries/")
    described = Client().get("/api/v1/openapi.json").json()["paths"]
    going = described["/api/v1/pages/{key}/"]["get"]
    assert (going["deprecated"], going["x-sunset"]) == (True, "2027-12-01")
    assert "deprecated" not in described["/api/v1/entries/"]["get"]


def test_nothing_goes_within_a_year_of_the_word() -> None:
    with pytest.raises(ValueError, match="A year"):
        Leaving(since=date(2026, 11, 24), until=date(2027, 11, 23))
