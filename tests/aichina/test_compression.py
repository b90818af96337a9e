"""What is public goes out compressed, each form with a validator of its own; what is not, never."""

from __future__ import annotations

import gzip
import json
from typing import Any

import brotli
import pytest
from django.test import Client

from tests.editorial_steps import make_people, publish_entry

pytestmark = pytest.mark.django_db
DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
LISTS = ("/api/v1/entries/", "/api/v1/changes/", "/timeline/")


def get(path: str, accepted: str = "", **headers: str) -> Any:
    return Client().get(path, headers={"Accept-Encoding": accepted, **headers})


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0.5, gzip", "gzip"), ("br;q=0.8,gzip;q=0.8", "br"),
        ("GZIP;q=1.0", "gzip"), ("br;q=0, gzip;q=0", ""), ("*", "br"), ("*, br;q=0", "gzip"), ("identity", ""),
        ("gzip;q=0.5, identity", ""), ("zstd, deflate", ""), ("", ""), ("gzip;q=high", ""), (";;,=,q", ""),
        ("br" + ";" * 10_000, "br"),
    ],
)  # fmt: skip
def test_each_client_gets_what_it_takes_and_the_same_text(accepted: str, encoding: str) -> None:
    publish_entry("an-entry", body="A long story. " * 100)
    plain, answer = get(LISTS[0]), get(LISTS[0], accepted)
    assert answer.headers.get("Content-Encoding", "") == encoding
    assert DECODERS[encoding](answer.content) == plain.content
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert "accept-encoding" in answer.headers["Vary"].lower()
    assert (answer.headers["ETag"] == plain.headers["ETag"]) == (encoding == "")


@pytest.mark.parametrize("path", LISTS)
def test_a_validator_names_one_text_and_any_of_them_the_state(path: str) -> None:
    publish_entry("an-entry", body="A long story. " * 100)
    tags = {encoding: get(path, encoding).headers["ETag"] for encoding in DECODERS}
    assert len(set(tags.values())) == 3
    assert not [tag for tag in tags.values() if tag.startswith("W/")]
    for encoding in DECODERS:
        for known in (*tags.values(), f"W/{tags['br']}", f'"other", {tags["gzip"]}'):
            answer = get(path, encoding, **{"If-None-Match": known})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["ETag"] == tags[encoding], "of what would be sent"
            assert "accept-encoding" in answer.headers["Vary"].lower()
    publish_entry("another")
    assert get(path, "br", **{"If-None-Match": ", ".join(tags.values())}).status_code == 200


def test_a_body_that_is_short_already_stays() -> None:
    plain, answer = get(LISTS[0]), get(LISTS[0], "br")
    assert "Content-Encoding" not in answer.headers
    assert json.loads(answer.content) == json.loads(plain.content)
    revalidated = get(LISTS[0], "br", **{"If-None-Match": answer.headers["ETag"]})
    assert revalidated.headers["ETag"] == answer.headers["ETag"]


def test_what_is_private_and_what_is_refused_is_not_compressed() -> None:
    make_people()
    publish_entry("an-entry").withdraw("A long reason. " * 100)
    assert "Content-Encoding" not in get("/api/v1/entries/an-entry/", "br, gzip").headers
    assert "Content-Encoding" not in get("/admin/login/", "br, gzip").headers
    client = Client()
    client.login(username="author", password="author")
    for path in ("/admin/", "/admin/timeline/entrydocument/add/"):
        page = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert len(page.content) > 5_000
        assert "Content-Encoding" not in page.headers
