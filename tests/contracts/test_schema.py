"""The API keeps to its own description, whatever is sent to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import jsonschema
import pytest
from django.conf import settings
from django.test import Client

from syndication.keys import issue
from syndication.webhooks.subscribing import subscribe
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


@pytest.fixture
def described(site: str) -> str:
    """The address of the description, of a tracker with something of everything, each once more than once edited."""
    category = publish_category("one")
    for number in range(2):
        publish_entry(f"entry-{number}", categories=[str(category.id)], sources=[SOURCE], date=f"202{number}")
    publish_entry("gone").withdraw()
    other = publish_actor("other")
    actor = publish_actor("one", relations=[{"type": "part_of", "target": str(other.id)}])
    publish_actor("former").merge(actor.correct(title="Zhipu"))
    named = [{"id": str(actor.id), "role": "acted"}]
    publish_entry("one", categories=[str(category.id)], actors=named).correct(date="2024~")
    robots = publish_series("one").correct(unit="robots")
    publish_series("gone", beside=[str(robots.id)]).withdraw(hide_past=False)
    publish_page("one")
    publish_front(figures=[{"id": str(robots.id)}])
    return f"{site}/api/v1/openapi.json"


THOROUGH = ("coverage,fuzzing", "100")


@pytest.mark.parametrize(
    ("phases", "examples", "keyed"),
    [
        pytest.param("fuzzing", "5", False, id="in short"),
        pytest.param(*THOROUGH, False, marks=pytest.mark.torture, id="without a key"),
        pytest.param(*THOROUGH, True, marks=pytest.mark.torture, id="with a key"),
    ],
)
def test_every_answer_is_as_described(
    described: str, tmp_path: Path, phases: str, examples: str, keyed: bool
) -> None:
    """All of schemathesis’ checks, by its own program."""
    key, text = issue("A desk", "desk@example.org", uuid4())
    library = {"name": "A library", "address": "https://library.example/"}
    webhook, _ = subscribe(library, cursor=0, key=key)
    headers = ["--header", f"Authorization: Bearer {text}"] if keyed else []
    program = [
        Path(sys.executable).parent / "schemathesis", "run", described, "--checks", "all", *headers,
        "--exclude-checks", "positive_data_acceptance", "--max-examples", examples, "--no-color",
        "--phases", phases, "--suppress-health-check", "all",
    ]  # fmt: skip
    known = {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.contracts.judging",
        "PYTHONPATH": str(settings.BASE_DIR),
        "WEBHOOK": str(webhook.pk),
    }
    done = subprocess.run(program, capture_output=True, text=True, env=known, cwd=tmp_path, timeout=3600)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]


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
    assert set(described["paths"]) >= {f"/api/v1/{kind}/{one}" for kind in KINDS for one in addresses} | {
        "/api/v1/series/{key}/observations.csv",
        "/api/v1/changes/",
    }


@pytest.mark.django_db
def test_every_example_is_as_described() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    examples = [
        (content["schema"], example["value"])
        for operations in described["paths"].values()
        for operation in operations.values()
        for side in (*operation["responses"].values(), operation.get("requestBody", {}))
        for content in side.get("content", {}).values()
        for example in content.get("examples", {}).values()
    ]
    assert len(examples) > 100
    for schema, value in examples:
        jsonschema.validate(value, {**schema, "components": described["components"]})


@pytest.mark.django_db
def test_every_answer_and_body_has_an_example_and_every_parameter_says_what_it_is() -> None:
    described = Client().get("/api/v1/openapi.json").json()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            sides = [*operation["responses"].values(), operation.get("requestBody", {})]
            contents = [content for side in sides for content in side.get("content", {}).values()]
            assert all(content.get("examples") for content in contents), (method, path)
            assert all(one.get("description") for one in operation.get("parameters", [])), (method, path)


HEADERS = {
    "ETag",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Allow",
    "WWW-Authenticate",
}


@pytest.mark.django_db
def test_the_headers_of_each_answer_are_those_described() -> None:
    publish_entry("one")
    described = Client().get("/api/v1/openapi.json").json()["paths"]
    one, packages = "/api/v1/entries/{key}/", "/api/v1/packages/"
    tag = {"If-None-Match": Client().get("/api/v1/entries/one/")["ETag"]}
    bad = {"Authorization": "Bearer none"}
    asked = [
        ("get", "/api/v1/entries/", Client().get("/api/v1/entries/"), 200),
        ("get", "/api/v1/changes/", Client().get("/api/v1/changes/"), 200),
        ("get", "/api/v1/entries/", Client().get("/api/v1/entries/", headers=bad), 401),
        ("get", one, Client().get("/api/v1/entries/one/"), 200),
        ("get", one, Client().get("/api/v1/entries/one/", headers=tag), 304),
        ("get", one, Client().post("/api/v1/entries/one/"), 405),
        ("get", packages, Client().get(packages), 200),
        ("post", packages, made := Client().post(packages, content_type="application/json"), 202),
        ("get", f"{packages}{{position}}/", Client().get(made["Location"]), 200),
    ]
    for method, path, answer, status in asked:
        known = described[path][method]["responses"][str(status)]["headers"]
        assert answer.status_code == status
        sent = HEADERS & {*answer.headers} - ({"Allow"} if status != 405 else set())
        assert sent == {*known}, (method, path, status)
    refused = Client().get("/api/v1/entries/", headers={"Accept": "application/pdf"})
    assert refused.json()["status"] == refused.status_code == 406
    assert "406" in described["/api/v1/entries/"]["get"]["responses"]


@pytest.mark.django_db
def test_whatever_is_included_or_wrong_has_the_form_that_is_described() -> None:
    other = publish_actor("other")
    actor = publish_actor("one", relations=[{"type": "part_of", "target": str(other.id)}])
    named = [{"id": str(actor.id), "role": "acted"}]
    first = publish_entry("first")
    category = publish_category("one")
    publish_entry("one", actors=named, categories=[str(category.id)], related=[str(first.id)])
    described = Client().get("/api/v1/openapi.json").json()
    for path, include, status in (
        ("/api/v1/entries/{key}/", "actors,categories,related,editions", 200),
        ("/api/v1/actors/{key}/", "actors", 200),
        ("/api/v1/actors/{key}/", "nothing", 400),
    ):
        answer = Client().get(path.replace("{key}", "one"), {"include": include})
        assert answer.status_code == status
        [content] = described["paths"][path]["get"]["responses"][str(status)]["content"].values()
        whole = {**content["schema"], "components": described["components"]}
        jsonschema.validate(answer.json(), whole)
    fault = described["components"]["schemas"]["Fault"]
    assert set(fault["required"]) == set(answer.json()["errors"][0]) == {"parameter", "detail"}
    taken = described["paths"]["/api/v1/packages/"]["post"]["requestBody"]["content"]["application/json"]
    assert taken["schema"] == {"$ref": "#/components/schemas/PackageRequest"}
    changes = described["paths"]["/api/v1/changes/"]["get"]["parameters"]
    assert [one["name"] for one in changes if one["in"] == "header"] == ["Last-Event-ID"]
