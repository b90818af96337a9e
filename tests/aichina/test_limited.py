"""Who is counted, and for what: by address or key, and where sign-ins fail."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.db import connection
from django.test import Client, RequestFactory

from syndication import limits
from syndication.keys import issue, key_of
from syndication.limits import address_of, process
from tests.editorial_steps import make_people

pytestmark = pytest.mark.django_db
API, SIGN_IN = "/api/v1/categories/", "/admin/login/"
UNKNOWN = "Bearer aic_aaaaaaaa_" + "a" * 43


@pytest.fixture(autouse=True)
def few(settings: Any) -> None:
    settings.API_LIMIT_ADDRESS, settings.API_LIMIT_KEY = 3, 5
    settings.SIGN_IN_LIMIT_ACCOUNT, settings.SIGN_IN_LIMIT_ADDRESS = 3, 20


@pytest.fixture
def address() -> str:
    """One that nobody has been counted at."""
    return f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"


def ask(address: str, **headers: str) -> Any:
    return Client().get(API, headers=headers, REMOTE_ADDR=address)


def sign_in(address: str, password: str, name: str = "author", **checks: bool) -> Any:
    form = {"username": name, "password": password, "next": "/admin/"}
    return Client(**checks).post(SIGN_IN, form, REMOTE_ADDR=address)


def test_a_wrong_key_is_counted_by_address(address: str) -> None:
    """Nobody tries keys for nothing."""
    statuses = [ask(address, Authorization=UNKNOWN).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    refused = ask(address)
    assert refused.status_code == 429
    assert refused["RateLimit"].startswith('"address";r=0;t=')
    _, text = issue("A desk", "desk@example.org", uuid4())
    assert ask(address, Authorization=f"Bearer {text}")["RateLimit"].startswith('"key";r=4;t=')


def test_who_asks_after_redis_ended_the_connection_or_forgot_is_counted(address: str, settings: Any) -> None:
    """As it does with connections on which nothing was asked for a while, and when it starts again."""
    uncounted, server = process.unseen, redis.Redis.from_url(settings.CACHE_URL)
    assert ask(address)["RateLimit"].startswith('"address";r=2;t=')
    server.client_kill_filter(_id=str(limits.thread.ask(settings.CACHE_URL, "CLIENT", "ID")))
    assert ask(address)["RateLimit"].startswith('"address";r=1;t=')
    server.script_flush()
    assert ask(address)["RateLimit"].startswith('"address";r=0;t=')
    assert process.unseen == uncounted


def test_who_holds_a_key_may_read_where_nothing_can_be_written() -> None:
    """As on a full disk: when it was last used is not worth a refusal."""
    _, text = issue("A desk", "desk@example.org", uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
    assert ask("192.0.2.1", Authorization=f"Bearer {text}").status_code == 200


def test_its_last_use_is_written_once_a_minute(django_assert_num_queries: Any) -> None:
    key, text = issue("A desk", "desk@example.org", uuid4())
    request = RequestFactory().get(API, headers={"Authorization": f"Bearer {text}"})
    key_of(request)
    key.refresh_from_db()
    first = key.last_used_at
    with django_assert_num_queries(1):
        key_of(request)
    key.refresh_from_db()
    assert key.last_used_at == first is not None


def test_sign_ins_that_fail_are_counted_and_no_others(address: str) -> None:
    make_people()
    assert [sign_in(address, "author").status_code for _ in range(5)] == [302] * 5
    # A form from elsewhere, that a browser was made to send, is no attempt of its owner.
    assert [sign_in(address, "x", enforce_csrf_checks=True).status_code for _ in range(5)] == [403] * 5
    assert [sign_in(address, "x").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = sign_in(address, "author")
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 300
    page = refused.content.decode()
    assert "Too many sign-ins failed." in page
    assert "<pre>author</pre>" in page
    assert page.count("author") == 1, "the password is given back"
    # What the form takes for the same name is the same account.
    assert sign_in(address, "author", "\uff41uthor").status_code == 429  # a wide letter
    assert sign_in(address, "reviewer", "reviewer").status_code == 302


def test_the_description_says_where_a_key_helps_and_where_one_is_needed(address: str) -> None:
    described = Client().get("/api/v1/openapi.json", REMOTE_ADDR=address).json()
    assert described["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            needed = path.startswith("/api/v1/webhooks/")
            assert operation["security"] == ([] if needed else [{}]) + [{"key": []}], f"{method} {path}"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "203.0.113.1", "192.0.2.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "198.51.100.9, 203.0.113.1", "203.0.113.1"),
        (2, "198.51.100.9, 203.0.113.1, 10.0.0.1", "203.0.113.1"),
        (2, "203.0.113.1", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.1, unknown", "192.0.2.1"),
        (1, "203.0.113.1:80", "192.0.2.1"),
        (1, "\x00", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.1", "203.0.113.1"),
        (1, "fe80::1%eth0", "fe80::/64"),
    ],
)
def test_the_client_is_whom_the_last_of_our_proxies_saw(
    settings: Any, proxies: int, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    asked = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert address_of(asked) == client
