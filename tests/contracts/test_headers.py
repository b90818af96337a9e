"""The same headers stand on every answer: pages, refusals, redirects, faults, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings

from tests.editorial_steps import make_people, publish_entry

pytestmark = pytest.mark.django_db


def check(answer: Any, status: int) -> None:
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200), ("/timeline/", 200), ("/timeline/an-entry/", 200), ("/api/v1/", 200), ("/api/v1/entries/", 200),
        ("/api/v1/openapi.json", 200), ("/healthz", 200), ("/admin/login/", 200), ("/admin/", 302), ("/timeline", 301),
        ("/api/v1/entries", 308), ("/timeline/?as_of=tomorrow", 400), ("/api/v1/entries/?limit=0", 400),
        ("/timeline/none/", 404), ("/none", 404), ("/api/none", 404), ("/api/v1/entries/none/", 404),
        ("/admin/autocomplete/", 404), ("/api/v1/packages/", 200), ("/api/v1/packages/1/", 404),
        ("/packages/aichina-1.zip", 404),
        ("/feeds/atom.xml", 200), ("/feeds/none", 404), ("/feeds/rss.xml?x=1", 400),
    ],
)  # fmt: skip
def test_every_answer_has_the_headers(path: str, status: int) -> None:
    publish_entry("an-entry")
    check(Client().get(path), status)


def test_a_refused_method_has_them() -> None:
    check(Client().post("/timeline/"), 405)
    check(Client().delete("/api/v1/entries/"), 405)


def test_a_withdrawn_entry_has_them() -> None:
    publish_entry("gone").withdraw()
    check(Client().get("/timeline/gone/"), 410)
    check(Client().get("/api/v1/entries/gone/"), 410)


def test_an_unchanged_page_has_them() -> None:
    publish_entry("an-entry")
    for path in ("/timeline/", "/api/v1/entries/"):
        validator = Client().get(path).headers["ETag"]
        check(Client().get(path, headers={"If-None-Match": validator}), 304)


def test_an_unknown_host_gets_them() -> None:
    check(Client().get("/", headers={"Host": "evil.example"}), 400)


@pytest.mark.parametrize("path", ["/timeline/", "/api/v1/entries/", "/admin/"])
def test_a_fault_of_ours_has_them_and_tells_nothing(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("canary-of-the-fault")

    from aichina import routes

    monkeypatch.setattr(routes.Who, "admits", fail)
    answer = Client(raise_request_exception=False).get(path)
    check(answer, 500)
    assert b"canary-of-the-fault" not in answer.content


def test_a_page_of_the_admin_has_them() -> None:
    make_people()
    client = Client()
    client.login(username="author", password="author")
    for path in ("/admin/", "/admin/timeline/entrydocument/", "/admin/timeline/entrydocument/add/"):
        check(client.get(path), 200)


@override_settings(SECURE_SSL_REDIRECT=True)
def test_a_redirect_to_https_has_them() -> None:
    check(Client().get("/timeline/"), 301)


def test_files_have_them(site: str) -> None:
    import urllib.request

    with urllib.request.urlopen(f"{site}/timeline/") as page:
        style = page.read().decode().split('rel="stylesheet" href="')[1].split('"')[0]
    with urllib.request.urlopen(f"{site}{style}") as answer:
        answer.status_code = answer.status
        check(answer, 200)


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-16", "hex", "idna", "latin-1", "nothing"])
def test_text_in_another_charset_is_refused_with_the_headers(charset: str) -> None:
    body = b'--B\r\nContent-Disposition: form-data; name="username"\r\n\r\nx\\ud800y\r\n--B--\r\n'
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    check(Client(raise_request_exception=False).generic("POST", "/admin/login/", body, kind), 400)


def test_programs_that_leave_out_the_last_slash_are_sent_on_with_all_that_they_asked() -> None:
    answer = Client().get("/api/v1/entries?limit=1")
    assert (answer.status_code, answer["Location"]) == (308, "/api/v1/entries/?limit=1")
    assert (answer["Cache-Control"], answer.content) == ("no-store", b"")
    assert Client().get("/api/v1/none").status_code == 404
    assert Client().get("/timeline").status_code == 301


def test_the_methods_that_an_address_names_are_those_that_it_has() -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/entries/"):
        assert Client().get(path)["Allow"] == Client().options(path)["Allow"] == "GET, HEAD"
