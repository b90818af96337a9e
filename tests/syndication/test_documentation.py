"""Who wants to use the API finds how to, on a page of the tracker's own."""

from __future__ import annotations

import re

import pytest
from django.test import Client

DOCS = "/api/v1/docs/"
pytestmark = pytest.mark.django_db


def test_every_address_parameter_and_answer_of_the_description_is_on_the_page() -> None:
    page = Client().get(DOCS).content.decode()
    described = Client().get("/api/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            section = page.split(f'id="{operation["operationId"]}"')[1].split("</section>")[0]
            assert f"<code>{method.upper()} {path}</code>" in section
            names = [parameter["name"] for parameter in operation.get("parameters", [])]
            sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = sent.get("schema", {}).get("$ref", "").rpartition("/")[2]
            fields = described["components"]["schemas"].get(schema, {}).get("properties", {})
            for word in (*names, *operation["responses"], *fields):
                assert f"<code>{word}</code>" in section
            assert ("For holders of a key." in section) == path.startswith("/api/v1/webhooks/")


def test_the_guide_is_there_with_this_trackers_address() -> None:
    page = Client(headers={"Host": "localhost"}).get(DOCS).content.decode()
    assert "In five minutes" in page
    assert "http://localhost/api/v1/changes/" in page
    assert "127.0.0.1:8000" not in page
    assert "/admin/" not in page


def test_it_is_reached_from_every_page_and_costs_no_query_and_once_no_body() -> None:
    assert f'href="{DOCS}"' in Client().get("/timeline/").content.decode()
    page = Client().get(DOCS)
    assert Client(headers={"If-None-Match": page["ETag"]}).get(DOCS).status_code == 304
    assert not re.search("<script|style=", page.content.decode())
