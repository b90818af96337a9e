"""Limits are exact however many ask at once, count whom they should, and fall with nobody but Redis."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from uuid import uuid4

import pytest
import redis

from aichina.local.environment import free_port
from syndication.keys import issue, revoke
from tests.editorial_steps import make_people, publish_category
from tests.faults.programs import Programs, Server
from tests.faults.visitor import Visitor
from tests.waiting import wait

LIMITS = {
    "API_LIMIT_ADDRESS": "50",
    "API_LIMIT_KEY": "80",
    "SIGN_IN_LIMIT_ACCOUNT": "5",
    "SIGN_IN_LIMIT_ADDRESS": "9",
}
Answer = tuple[int, dict[str, str]]


@pytest.fixture
def tracker(programs: Programs, cache: Server) -> Callable[..., str]:
    """Two web processes, behind so many proxies."""

    def start(proxies: int) -> str:
        root = f"http://127.0.0.1:{(port := free_port())}"
        # Whoever needs no password to Redis has sent the request by the time that Redis is seen to hang.
        redis.Redis.from_url(cache.url).config_set("requirepass", "")
        url = f"redis://127.0.0.1:{cache.port}/0"
        more = {"WEB_WORKERS": "2", "TRUSTED_PROXIES": str(proxies), "CACHE_URL": url, **LIMITS}
        programs.start("web", PORT=str(port), **more)
        visitor = Visitor(root)
        wait(lambda: answers(visitor), "the web does not answer")
        return root

    return start


def answers(visitor: Visitor) -> bool:
    try:
        return visitor.get("/healthz") == 200
    except OSError:
        return False


def ask(address: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
    data = urllib.parse.urlencode(form).encode() if form else None
    request = urllib.request.Request(
        address, data, {name.replace("_", "-"): text for name, text in headers.items()}
    )
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, dict(refusal.headers)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def burst(number: int, one: Callable[[int], Answer]) -> Counter[int]:
    """The statuses of so many requests, as many at once as go."""
    with ThreadPoolExecutor(30) as pool:
        return Counter(status for status, _ in pool.map(one, range(number)))


def unseen(root: str) -> int:
    """How many passed without being counted, once each process has told it: along with the next that it counts."""
    burst(10, lambda n: ask(f"{root}/api/v1/", X_Forwarded_For="192.0.2.99"))
    try:
        with urllib.request.urlopen(f"{root}/readyz", timeout=10) as answer:
            body = json.load(answer)
    except urllib.error.HTTPError as red:  # neither worker nor beat is there
        with red:
            body = json.load(red)
    return int(body["checks"]["limits"]["passed_unseen"])


def test_exactly_as_many_pass_as_may(tracker: Callable[..., str], cache: Server) -> None:
    publish_category("rules")
    root = tracker(proxies=0)
    api = f"{root}/api/v1/categories/"
    _, text = issue("A desk", "desk@example.org", uuid4())
    # Without a proxy of ours, X-Forwarded-For is the client's own word.
    statuses = burst(300, lambda n: ask(api, X_Forwarded_For=f"203.0.113.{n % 250}"))
    check_exact(statuses, 50, unseen(root))
    status, headers = ask(api)
    assert status == 429
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert headers["RateLimit-Policy"] == '"address";q=50;w=60'
    assert headers["RateLimit"].startswith('"address";r=0;t=')
    assert headers["Content-Type"] == "application/problem+json"
    # A key has a limit of its own; pages have none.
    before = unseen(root)
    statuses = burst(150, lambda n: ask(api, Authorization=f"Bearer {text}"))
    check_exact(statuses, 80, unseen(root) - before)
    assert ask(f"{root}/timeline/")[0] == 200
    check_without_redis(root, api, cache)


def check_exact(statuses: Counter[int], limit: int, passed: int) -> None:
    """As many as may, and those at most whom Redis did not answer about in time."""
    assert set(statuses) == {200, 429}
    assert limit <= statuses[200] <= limit + passed


def check_without_redis(root: str, api: str, cache: Server) -> None:
    """Where Redis hangs, requests pass, soon; that is told when it is back, and held against nobody."""
    _, text = issue("Another desk", "desk@example.org", uuid4())

    def one(_: int) -> Answer:
        return ask(api, Authorization=f"Bearer {text}")

    burst(10, one)
    before = unseen(root)
    cache.freeze()
    began = time.monotonic()
    statuses = burst(70, one)
    took = time.monotonic() - began
    time.sleep(1.1)  # so late, Redis no longer counts
    cache.thaw()
    assert statuses == {200: 70}
    assert took < 10
    # Each process tells what passed along with the next that is counted.
    wait(lambda: one(0)[0] == 200 and unseen(root) >= before + 70, "what passed is not told")
    assert unseen(root) < before + 70 + 20


def test_the_client_is_whom_our_own_proxies_saw(tracker: Callable[..., str]) -> None:
    publish_category("rules")
    make_people()
    root = tracker(proxies=1)
    api = f"{root}/api/v1/categories/"

    def forged(n: int) -> Answer:
        return ask(api, X_Forwarded_For=f"203.0.113.{n % 250}, 198.51.100.7")

    check_exact(burst(150, forged), 50, unseen(root))
    assert ask(api, X_Forwarded_For="198.51.100.7, 198.51.100.8")[0] == 200
    # One network of IPv6 is one client; what is no address is whoever connected.
    before = unseen(root)
    statuses = burst(60, lambda n: ask(api, X_Forwarded_For=f"2001:db8:1:2::{n + 1:x}"))
    check_exact(statuses, 50, unseen(root) - before)
    assert ask(api, X_Forwarded_For="2001:db8:1:3::1")[0] == 200
    assert ask(api, X_Forwarded_For="garbage")[0] == 200
    key, text = issue("A desk", "desk@example.org", uuid4())
    keyed = {"Authorization": f"Bearer {text}", "X_Forwarded_For": "198.51.100.9"}
    assert [ask(api, **keyed)[0] for _ in range(4)] == [200] * 4
    revoke(key, "It was printed in a paper.")
    assert [ask(api, **keyed)[0] for _ in range(4)] == [401] * 4
    check_sign_in(root)


def check_sign_in(root: str) -> None:
    """Failed sign-ins are counted by account and address, exactly, and nobody locks another out."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    browser.open(f"{root}/admin/login/", timeout=10).close()
    token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")

    def sign_in(name: str, password: str, address: str) -> Answer:
        form = {"username": name, "password": password, "csrfmiddlewaretoken": str(token), "next": "/admin/"}
        return ask(
            f"{root}/admin/login/", form, Cookie=f"csrftoken={token}", X_Forwarded_For=f"9.9.9.9, {address}"
        )

    before = unseen(root)
    statuses = burst(30, lambda n: sign_in("author", "wrong", "198.51.100.20"))
    check_exact(statuses, 5, unseen(root) - before)
    status, headers = sign_in("AUTHOR ", "author", "198.51.100.20")
    assert status == 429
    assert 1 <= int(headers["Retry-After"]) <= 300
    # The same person from elsewhere comes in.
    assert sign_in("author", "author", "198.51.100.21")[0] == 302
    # Whoever tries one account after the other is stopped as well.
    before = unseen(root)
    statuses = burst(30, lambda n: sign_in(f"nobody-{n}", "wrong", "198.51.100.22"))
    check_exact(statuses, 9, unseen(root) - before)
