"""The API keeps to its own description, whatever is sent to it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.editorial_steps import SOURCE, publish_actor, publish_category, publish_entry, publish_series

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def described(site: str) -> Any:
    category = publish_category("rules")
    for number in range(3):
        publish_entry(f"entry-{number}", categories=[str(category.id)], sources=[SOURCE], date=f"202{number}")
    publish_entry("gone").withdraw()
    zhipu = publish_actor("zhipu")
    robots = publish_series("robots")
    publish_series("others", beside=[str(robots.id)])
    publish_actor("other", relations=[{"type": "part_of", "target": str(zhipu.id)}])
    publish_actor("former").merge(zhipu)
    return schemathesis.openapi.from_url(f"{site}/api/v1/openapi.json")


@pytest.mark.hypothesis
def test_every_answer_is_as_described(described: Any) -> None:
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) == 37
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(suppress_health_check=list(HealthCheck))
        def holds(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        holds()


@pytest.mark.django_db
def test_the_description_is_openapi_31_and_names_every_parameter() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    listed = described["paths"]["/api/v1/entries/"]["get"]
    assert {parameter["name"] for parameter in listed["parameters"]} == {
        "kind", "category", "actor", "language", "date_from", "date_to", "q", "ordering", "limit", "cursor", "as_of",
        "fields", "include",
    }  # fmt: skip
    assert set(described["paths"]) == {
        f"/api/v1/{kind}/{one}"
        for kind in ("entries", "actors", "series", "pages", "categories", "front")
        for one in ("", "{key}/", "{key}/editions/", "{key}/editions/{number}/")
    } | {
        "/api/v1/series/{key}/observations.csv",
        "/api/v1/changes/",
        "/api/v1/packages/",
        "/api/v1/packages/{position}/",
        "/api/v1/webhooks/",
        *(f"/api/v1/webhooks/{{webhook}}/{one}" for one in ("", "replay/", "rotate/", "test/")),
    }
