"""Where programs begin, and what describes the rest, is asked for again and again, and sent once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from syndication.packages import work
from tests.editorial_steps import publish_entry

pytestmark = pytest.mark.django_db
INDEX, DESCRIPTION = "/api/v1/", "/api/v1/openapi.json"


def get(path: str, encoding: str = "", **headers: str) -> Any:
    answer = Client(REMOTE_ADDR="203.0.113.61").get(path, headers={"Accept-Encoding": encoding, **headers})
    assert answer.status_code in (200, 304), answer.content
    assert answer["Cache-Control"] == "public, no-cache"
    assert answer["Vary"] == "Accept, Accept-Language, Accept-Encoding"
    assert not answer["ETag"].startswith("W/")
    return answer


@pytest.mark.parametrize("path", [INDEX, DESCRIPTION])
def test_who_has_it_is_told_so_until_the_build_or_the_host_is_another(path: str, settings: Any) -> None:
    cache.clear()
    first = {encoding: get(path, encoding) for encoding in ("", "br", "gzip")}
    again = {encoding: get(path, encoding) for encoding in first}
    tags = {encoding: answer["ETag"] for encoding, answer in first.items()}
    assert len(set(tags.values())) == 3
    for encoding, answer in first.items():
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert (again[encoding].content, again[encoding]["ETag"]) == (answer.content, answer["ETag"])
        assert again[encoding]["Content-Type"] == answer["Content-Type"]
        for known in tags.values():
            unchanged = get(path, encoding, **{"If-None-Match": known})
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged["ETag"] == tags[encoding], "of what would be sent"
    publish_entry("one")
    known = ", ".join(tags.values())
    assert get(path, **{"If-None-Match": known}).status_code == 304
    assert get(path, Host="localhost", **{"If-None-Match": known}).status_code == 200
    settings.BUILD = "another"
    assert get(path, **{"If-None-Match": known}).status_code == 200


def test_a_package_that_is_made_is_told_at_once(settings: Any, tmp_path: Any) -> None:
    settings.PACKAGES_ROOT = tmp_path
    publish_entry("one")
    before = get(INDEX)
    package = Client().post("/api/v1/packages/", "{}", content_type="application/json").json()
    work.make_waiting()
    after = get(INDEX, **{"If-None-Match": before["ETag"]})
    assert after.json()["latest_package"].endswith(f"/aichina-{package['position']}.zip")


def test_each_kind_and_name_of_the_description_is_another_text() -> None:
    plain = get(DESCRIPTION, Accept="application/json")
    assert plain["Content-Type"] == "application/json"
    for answer in (get(DESCRIPTION), get(f"{DESCRIPTION}?version=x", Accept="application/json")):
        assert answer["ETag"] != plain["ETag"]
    assert "x" not in get(DESCRIPTION, Accept="application/json")["Content-Disposition"].partition("(")[2]
