"""The API keeps to its own description, whatever is sent to it."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.editorial_steps import (
    SOURCE,
    publish_actor,
    publish_category,
    publish_entry,
    publish_front,
    publish_page,
    publish_series,
)

KINDS = ("entries", "actors", "series", "pages", "categories", "front")
EXAMPLES = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "torture" else 10
# What a description cannot say: which cursors we gave, which moments have passed, which dates are of the calendar.
JUDGED = {"cursor", "after", "as_of", "date_from", "date_to"}


@pytest.fixture
def described(site: str) -> Any:
    category = publish_category("rules")
    for number in range(3):
        publish_entry(f"entry-{number}", categories=[str(category.id)], sources=[SOURCE], date=f"202{number}")
    publish_entry("gone").withdraw()
    zhipu = publish_actor("zhipu").correct(title="Zhipu")
    robots = publish_series("robots").correct(unit="robots")
    publish_series("others", beside=[str(robots.id)])
    publish_actor("other", relations=[{"type": "part_of", "target": str(zhipu.id)}])
    publish_actor("former").merge(zhipu)
    publish_page("about")
    publish_front()
    return schemathesis.openapi.from_url(f"{site}/api/v1/openapi.json")


api = schemathesis.pytest.from_fixture("described")


@pytest.mark.hypothesis
@api.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: Any) -> None:
    if isinstance(case.query.get("wait"), int):
        case.query["wait"] = min(case.query["wait"], 0)
    judged = [positive_data_acceptance] if JUDGED & {*case.query} else []
    case.call_and_validate(excluded_checks=judged)


@pytest.mark.django_db
def test_the_description_is_openapi_31_and_names_every_parameter() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    listed = described["paths"]["/api/v1/entries/"]["get"]
    assert {parameter["name"] for parameter in listed["parameters"]} == {
        "kind", "category", "actor", "language", "date_from", "date_to", "q", "ordering", "limit", "cursor", "as_of",
        "fields", "include",
    }  # fmt: skip
    addresses = ("", "{key}/", "{key}/editions/", "{key}/editions/{number}/")
    assert set(described["paths"]) == {f"/api/v1/{kind}/{one}" for kind in KINDS for one in addresses} | {
        "/api/v1/series/{key}/observations.csv",
        "/api/v1/changes/",
    }
