"""Scripts of any site read what is for programs, whatever the answer is; nothing else, and nothing with cookies."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.editorial_steps import make_people, publish_entry

pytestmark = pytest.mark.django_db
ENTRIES = "/api/v1/entries/"


def preflight(path: str, method: str, client: Client | None = None) -> Any:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": method}
    return (client or Client()).options(path, headers=asked)


@pytest.mark.parametrize("path", ["/api/none", "/feeds/none", "/packages/none", "/packages/aichina-1.zip"])
def test_a_refusal_to_programs_is_a_problem_that_scripts_may_read(path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_every_answer_there_is_open_to_scripts_of_any_site(settings: Any) -> None:
    publish_entry("gone").withdraw()
    validator = Client().get(ENTRIES).headers["ETag"]
    answers = [
        (200, Client().get(ENTRIES)),
        (200, Client().get("/api/v1/")),
        (304, Client().get(ENTRIES, headers={"If-None-Match": validator})),
        (308, Client().get("/api/v1/entries")),
        (400, Client().get(f"{ENTRIES}?limit=0")),
        (400, Client().get(ENTRIES, headers={"Host": "evil.example"})),
        (401, Client().get(ENTRIES, headers={"Authorization": "Bearer none"})),
        (404, Client().get("/api/none")),
        (404, Client().get("/feeds/none")),
        (405, Client().post(ENTRIES)),
        (410, Client().get(f"{ENTRIES}gone/")),
    ]
    settings.API_LIMIT_ADDRESS = 0
    answers.append((429, Client().get(ENTRIES)))
    for status, answer in answers:
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"ETag", "Link", "Retry-After", "RateLimit", "Deprecation", "Sunset"} <= set(exposed)
        assert {"Accept-Ranges", "Content-Range"} <= set(exposed), "by which a script goes on with a download"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_browser_that_asks_before_is_told_what_it_may_send(method: str) -> None:
    answer = preflight(ENTRIES, method)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert int(answer.headers["Access-Control-Max-Age"]) > 600
    allowed = set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"Authorization", "If-None-Match", "Last-Event-ID", "Accept", "Range", "If-Range"} <= allowed
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_nobody_else_is_answered_who_asks_before() -> None:
    make_people()
    signed_in = Client()
    signed_in.login(username="author", password="author")
    for path, method, status in (
        (ENTRIES, "POST", 405), (ENTRIES, "DELETE", 405), (ENTRIES, "get", 405), (ENTRIES, "", 405),
        ("/api/none", "GET", 404), ("/timeline/", "GET", 405), ("/admin/", "GET", 405), ("/healthz", "GET", 405),
    ):  # fmt: skip
        answer = preflight(path, method, signed_in)
        assert answer.status_code == status, (path, method)
        assert "Access-Control-Allow-Methods" not in answer.headers
    assert Client().options(ENTRIES).status_code == 405, "which is no question of a browser"


@pytest.mark.parametrize("path", ["/", "/timeline/", "/admin/login/", "/healthz", "/none", "/apis"])
def test_pages_for_people_are_not_open(path: str) -> None:
    assert "Access-Control-Allow-Origin" not in Client().get(path).headers
