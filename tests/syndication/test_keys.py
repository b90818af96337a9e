"""Keys are issued by publishers, shown once, and open nothing once they are revoked."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from syndication.keys import issue, revoke
from syndication.models import Key
from tests.editorial_steps import make_people

pytestmark = pytest.mark.django_db
KEYS, API = "/admin/syndication/key/", "/api/v1/categories/"


def asked(key: str) -> Any:
    return Client().get(API, headers={"Authorization": key})


@pytest.fixture
def publisher() -> Client:
    make_people()
    client = Client()
    client.login(username="publisher", password="publisher")
    return client


def test_a_key_is_shown_once_and_kept_nowhere(publisher: Client) -> None:
    answer = publisher.post(f"{KEYS}add/", {"name": "A desk", "holder": "desk@example.org"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (text,) = set(re.findall(r"aic_[a-z0-9]{8}_[\w-]{43}", answer.content.decode()))
    key = Key.objects.get()
    assert (key.name, key.holder, key.prefix) == ("A desk", "desk@example.org", text[4:12])
    assert text not in str(Key.objects.values()) + str(LogEntry.objects.values())
    for address in (KEYS, f"{KEYS}{key.pk}/change/", f"{KEYS}{key.pk}/history/"):
        page = publisher.get(address)
        assert page.status_code == 200
        assert text not in page.content.decode()
    assert text[:12] in publisher.get(KEYS).content.decode()
    assert asked(f"Bearer {text}").status_code == 200
    assert asked(f"bearer  {text}").status_code == 200
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_a_key_is_revoked_with_a_reason_and_at_once(publisher: Client) -> None:
    key, text = issue("A desk", "desk@example.org", uuid4())
    address = f"{KEYS}{key.pk}/change/"
    assert "This field is required" in publisher.post(address, {"why": ""}).content.decode()
    assert asked(f"Bearer {text}").status_code == 200
    assert publisher.post(address, {"why": "It was printed in a paper."}).status_code == 302
    refused = asked(f"Bearer {text}")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Bearer realm="tracker"')
    assert refused["Content-Type"] == "application/problem+json"
    key.refresh_from_db()
    assert (key.why, key.revoked_at is not None) == ("It was printed in a paper.", True)
    # What is revoked stays so.
    revoked_at = key.revoked_at
    assert publisher.post(address, {"why": "Another"}).status_code == 403
    revoke(key, "Another")
    assert (key.revoked_at, key.why) == (revoked_at, "It was printed in a paper.")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer x",
        "Basic dXNlcjp4",
        "Bearer aic_aaaaaaaa_" + "a" * 43,
        "Bearer \x00",
        "Bearer " + "ä" * 60,
    ],
)
def test_what_is_no_key_is_refused_and_never_taken_for_nobody(given: str) -> None:
    key, text = issue("A desk", "desk@example.org", uuid4())
    for sent in (given, f"Bearer {text}x", f"Bearer {text[:-1]}", f"Token {text}"):
        answer = asked(sent)
        assert answer.status_code == 401
        assert text not in answer.content.decode()
    key.refresh_from_db()
    assert key.last_used_at is None


def test_who_may_not_issue_keys_sees_none(publisher: Client) -> None:
    client = Client()
    client.login(username="reviewer", password="reviewer")
    assert client.get(KEYS).status_code == 403
    assert client.post(f"{KEYS}add/", {"name": "A", "holder": "B"}).status_code == 403
    assert not Key.objects.exists()
