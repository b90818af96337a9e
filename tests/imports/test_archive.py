"""What published documents cite is kept, and looked at again; what died, moved or changed is a task for editors."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from warcio.archiveiterator import ArchiveIterator

from imports import tasks
from imports.archive import differing, following, leases
from imports.models import Address, Finding, Snapshot, Standing, Trouble
from ledger.models import ParkedEvent
from tests.conftest import BASE_DIR, addresses
from tests.editorial_steps import SOURCE, Doc, make_people, publish_actor, publish_entry
from tests.imports.serving import Page, Site

WORDS = (
    "The ministry published rules for services that make text and images.",
    "Providers have to register their models with the regional office before the public may use them.",
    "They keep a record of the data that a model was trained on, and answer for what it says.",
    "Complaints are answered within fifteen days, and a summary of them is published each quarter.",
    "The rules enter into force in the summer, and replace the trial measures of the year before.",
)
OTHER = (
    "The draft was taken back after a hearing in which companies spoke against it.",
    "A new working group meets in the autumn to write another one from the beginning.",
    "Nobody has to register anything until then, and no office keeps a list of models.",
    "The trial measures stay as they are, said a speaker, who named no date for what follows.",
    "Lawyers welcomed the pause, and asked for a text that courts can work with.",
)


def article(words: tuple[str, ...], *, footer: str = "") -> str:
    paragraphs = "".join(f"<p>{line}</p>" for line in words)
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Rules for models</title></head>"
        f"<body><article><h1>Rules for models</h1>{paragraphs}</article><footer>{footer}</footer></body></html>"
    )


@pytest.fixture(autouse=True)
def archive(settings: Any, tmp_path: Path) -> Path:
    settings.ARCHIVE_SOURCES = True
    settings.ARCHIVE_ROOT = tmp_path / "archive"
    return tmp_path / "archive"


def citing(*addresses: str) -> dict[str, Any]:
    return {"sources": [{**SOURCE, "url": address} for address in addresses]}


def stands(web: Site, path: str, words: tuple[str, ...] = WORDS, **more: Any) -> str:
    return web.put(path, article(words, **more), content_type="text/html; charset=utf-8")


def run() -> int:
    """As beat and a worker do: know what was published, then check what is due."""
    tasks.cite()
    assert not ParkedEvent.objects.exists()
    return int(tasks.archive())


def later(days: float) -> None:
    """Let so much time go by: every moment that is kept lies so much longer ago."""
    for model, names in (
        (Address, ("since", "due_at", "leased_until", "checked_at")),
        (Snapshot, ("taken_at",)),
        (Finding, ("found_at", "resolved_at")),
    ):
        moved = ", ".join(f"{name} = {name} - %s" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {model._meta.db_table} SET {moved}", [timedelta(days=days)] * len(names))


def check_again(days: float = 31) -> None:
    later(days)
    assert run() == 1


def only() -> Address:
    return Address.objects.get()


@pytest.mark.django_db
def test_what_a_published_entry_cites_is_kept_as_a_warc_that_others_can_read(
    web: Site, archive: Path
) -> None:
    address = stands(web, "/rules")
    publish_entry(**citing(address))
    assert run() == 1
    row, snapshot = only(), Snapshot.objects.get()
    assert (row.state, row.address, row.checks) == (Standing.KEPT, address, 1)
    assert (snapshot.status, snapshot.final_address) == (200, address)
    assert all(line in snapshot.text for line in WORDS)
    assert [str(path.relative_to(archive)) for path in archive.rglob("*.*")] == [snapshot.file]
    assert re.fullmatch(r"\d{4}/\d{2}/[0-9a-f]{64}\.warc\.gz", snapshot.file)
    file = archive / snapshot.file
    assert file.stat().st_size == snapshot.size
    records = {}
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, check_digests="raise"):
            records[record.rec_type] = (
                record.rec_headers,
                record.http_headers,
                record.content_stream().read(),
            )
    told, http, body = records["response"]
    assert body == article(WORDS).encode()
    assert http.get_statuscode() == "200"
    assert told.get_header("WARC-Target-URI") == address
    assert told.get_header("WARC-IP-Address") == "127.0.0.1"
    assert told.get_header("WARC-Date") == f"{snapshot.taken_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert told.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert records["request"][1].protocol == "GET"
    assert records["request"][1].get_header("host") == web.host


@pytest.mark.django_db
def test_a_body_that_came_compressed_is_read_from_the_warc_as_it_is(web: Site, archive: Path) -> None:
    import gzip

    body = gzip.compress(article(WORDS).encode())
    address = web.put("/packed", body, content_type="text/html", headers={"Content-Encoding": "gzip"})
    publish_entry(**citing(address))
    run()
    with (archive / Snapshot.objects.get().file).open("rb") as stream:
        bodies = [record.content_stream().read() for record in ArchiveIterator(stream)]
    assert bodies[0] == article(WORDS).encode()


@pytest.mark.django_db
def test_what_stayed_the_same_is_looked_at_again_and_nothing_comes_of_it(web: Site) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    run()
    assert run() == 0
    later(0.9)
    assert run() == 0
    for days in (0.3, 8, 34):
        check_again(days)
    stands(web, "/rules", footer="1,204 views")
    check_again(34)
    assert len(web.asked) == 5
    assert Snapshot.objects.count() == 1
    assert not Finding.objects.exists()
    assert only().state == Standing.KEPT


@pytest.mark.django_db
def test_a_source_that_says_something_else_is_one_task_that_names_all_that_rests_on_it(web: Site) -> None:
    address = stands(web, "/rules")
    entry = publish_entry(title="Rules for models", **citing(address))
    actor = publish_actor(title="A ministry", **citing(address))
    run()
    stands(web, "/rules", OTHER)
    check_again()
    check_again(32)
    finding = Finding.objects.get()
    assert finding.kind == Trouble.CHANGED
    assert finding.before is not None
    assert finding.after is not None
    assert (WORDS[0] in finding.before.text, OTHER[0] in finding.after.text) == (True, True)
    client = editor()
    for path in ("/admin/imports/finding/", f"/admin/imports/finding/{finding.pk}/change/"):
        shown = client.get(path).content.decode()
        for title, doc in (("Rules for models", entry), ("A ministry", actor)):
            assert f'{doc.id}/change/">{title}</a>' in shown
    assert 'href="/timeline/' in shown
    assert "<del>" in shown
    assert "<ins>" in shown
    resolved = client.post(f"/admin/imports/finding/{finding.pk}/change/", {"note": "The entry says so now."})
    assert resolved.status_code == 302
    finding.refresh_from_db()
    assert (finding.note, finding.resolved_by.username) == ("The entry says so now.", "author")  # type: ignore[union-attr]
    check_again(34)
    assert Finding.objects.count() == 1
    assert only().state == Standing.KEPT


@pytest.mark.django_db
def test_what_is_gone_for_good_is_dead_at_once_and_told_once(web: Site) -> None:
    address = stands(web, "/rules")
    publish_entry(**citing(address))
    run()
    web.put("/rules", b"", status=410, validated=False)
    check_again()
    finding = Finding.objects.get()
    assert (finding.kind, finding.sentence) == (
        Trouble.DEAD, "The server says that this is gone for good (410).",
    )  # fmt: skip
    assert finding.before == Snapshot.objects.get()
    following.resolve(finding, None, "Nothing to be done.")
    check_again(34)
    assert Finding.objects.count() == 1
    assert only().state == Standing.DEAD


@pytest.mark.django_db
def test_what_fails_is_dead_after_three_checks_and_two_days_and_alive_when_it_answers(web: Site) -> None:
    address = web.address("/rules")
    publish_entry(**citing(address))
    run()
    check_again(1.2)
    assert (only().state, Finding.objects.count()) == (Standing.FAILING, 0)
    check_again(1.2)
    finding = Finding.objects.get()
    assert only().state == Standing.DEAD
    assert finding.sentence == "The server answered 404 Not Found. The last 3 checks failed."
    stands(web, "/rules")
    check_again(34)
    finding.refresh_from_db()
    assert (finding.note, finding.resolved_by) == ("It answered again.", None)
    assert only().state == Standing.KEPT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "status", "expected"),
    [
        ("/elsewhere", 301, "It leads to another address for good: {}"),
        ("/", 302, "It leads to the front page of a site ({}): what was cited is probably gone."),
        ("/elsewhere", 302, ""),
        ("/rules/", 301, ""),
    ],
)
def test_what_leads_elsewhere_for_good_has_moved(web: Site, target: str, status: int, expected: str) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    run()
    web.put("/rules", status=status, headers={"Location": target}, validated=False)
    there = stands(web, target)
    check_again()
    check_again(34)
    sentences = list(Finding.objects.filter(kind=Trouble.MOVED).values_list("sentence", flat=True))
    assert sentences == ([expected.format(there)] if expected else [])
    assert Finding.objects.count() == len(sentences)
    assert only().state == (Standing.MOVED if expected else Standing.KEPT)


@pytest.mark.django_db
def test_an_address_that_must_not_be_fetched_is_no_task(web: Site) -> None:
    with_secret = "http://127.0.0.1:1/secret"
    publish_entry(**citing(with_secret))
    run()
    row = only()
    assert row.state == Standing.REFUSED
    assert "an address of this machine" in row.why
    assert not Finding.objects.exists()
    assert web.asked == []


@pytest.mark.django_db
def test_files_are_compared_as_they_are_and_plain_texts_by_what_they_say(web: Site) -> None:
    report = web.put("/report.pdf", b"%PDF-1.7 one", content_type="application/pdf")
    note = web.put("/note.txt", "规则 " + " ".join(WORDS), content_type="text/plain; charset=utf-8")
    publish_entry(**citing(report, note))
    run()
    later(0.01)
    run()
    assert {row.address: bool(row.snapshots.get().text) for row in Address.objects.all()} == {
        report: False, note: True,
    }  # fmt: skip
    web.put("/report.pdf", b"%PDF-1.7 two", content_type="application/pdf")
    web.put("/note.txt", "规则 " + "  ".join(WORDS), content_type="text/plain; charset=utf-8")
    later(2)
    run()
    later(0.01)
    run()
    [finding] = Finding.objects.all()
    assert finding.address.address == report
    assert finding.sentence.startswith("It is another file than on ")


@pytest.mark.django_db
def test_what_nothing_public_cites_any_more_is_left_alone_and_kept(web: Site) -> None:
    entry = publish_entry(**citing(stands(web, "/rules")))
    run()
    entry.withdraw()
    later(34)
    assert run() == 0
    assert only().due_at is None
    assert Snapshot.objects.count() == 1
    entry.reinstate()
    assert run() == 1
    assert len(web.asked) == 2


@pytest.mark.django_db
def test_drafts_are_nobodys_business(web: Site) -> None:
    Doc().draft({"title": "A draft", **citing(stands(web, "/rules"))})
    assert run() == 0
    assert not Address.objects.exists()


@pytest.mark.django_db
def test_what_a_lost_event_leaves_out_a_sweep_finds(web: Site) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    assert tasks.cite_all() == 1
    assert following.follow() == 1


@pytest.mark.django_db
def test_one_host_is_asked_once_in_a_while_however_much_is_due(web: Site) -> None:
    publish_entry(**citing(*(stands(web, f"/{number}") for number in range(3))))
    assert [run(), run()] == [1, 0]
    later(0.01)
    assert run() == 1


@pytest.mark.django_db
def test_nothing_is_fetched_where_it_is_switched_off(web: Site, settings: Any) -> None:
    settings.ARCHIVE_SOURCES = False
    publish_entry(**citing(stands(web, "/rules")))
    assert run() == 0
    assert web.asked == []
    assert only().state == Standing.NEW


KILLED = """
import django, os, signal
django.setup()
from imports.archive import following, warc
kept = warc.keep
def keep(*arguments):
    kept(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
warc.keep = keep
following.follow()
"""


def test_what_was_killed_between_file_and_row_is_made_good(
    web: Site, committed_db: str, archive: Path
) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    tasks.cite()
    environment = {
        **os.environ, **addresses(committed_db), "DJANGO_SETTINGS_MODULE": "aichina.settings",
        "ARCHIVE_ROOT": str(archive), "OUTBOUND_ALLOWED": web.host,
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=BASE_DIR, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(archive.rglob("*.warc.gz"))) == 1
    assert not Snapshot.objects.exists()
    assert run() == 0
    check_again(0.01)
    snapshot = Snapshot.objects.get()
    assert (archive / snapshot.file).stat().st_size == snapshot.size
    assert only().state == Standing.KEPT


def test_two_workers_at_once_fetch_an_address_once(web: Site, committed_db: str) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    tasks.cite()
    web.pages["/rules"].delay = 0.3
    start, done = threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait(10)
            done.append(following.follow())
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert sorted(done) == [0, 0, 0, 1]
    assert len(web.asked) == 1
    assert Snapshot.objects.count() == 1


def test_who_lost_the_lease_records_nothing(web: Site, committed_db: str) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    tasks.cite()

    def taken_over(request: Any) -> None:
        try:
            later(0.01)
            Address.objects.update(checked_at=None)
            web.pages["/rules"] = Page(article(WORDS).encode(), "text/html")
            assert following.follow() == 1
        finally:
            connections.close_all()
            request.wfile.write(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")

    web.pages["/rules"].misbehave = taken_over
    following.follow()
    assert only().state == Standing.KEPT
    assert not Finding.objects.exists()


def editor() -> Client:
    make_people()
    client = Client()
    client.login(username="author", password="author")
    return client


@pytest.mark.django_db
def test_a_snapshot_is_shown_as_text_and_its_file_given_as_a_file(web: Site, archive: Path) -> None:
    publish_entry(**citing(web.put("/x", "<script>alert(1)</script> & more", content_type="text/plain")))
    run()
    snapshot = Snapshot.objects.get()
    root, client = f"/admin/imports/finding/snapshot/{snapshot.pk}", editor()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in client.get(f"{root}/text/").content.decode()
    answer = client.get(f"{root}/warc/")
    assert b"".join(answer.streaming_content) == (archive / snapshot.file).read_bytes()  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "application/warc"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Client().get(f"{root}/warc/").status_code == 302
    (archive / snapshot.file).unlink()
    assert client.get(f"{root}/warc/").status_code == 404


@pytest.mark.django_db
def test_open_tasks_come_first_and_the_list_costs_the_same_however_long_it_is() -> None:
    client = editor()
    costs = []
    for number in range(4):
        url = f"https://example.org/{number}"
        publish_entry(title=f"Entry {number}", **citing(url))
        tasks.cite()
        row = Address.objects.get(address=url)
        Finding.objects.create(address=row, kind="dead", found_at=row.since, sentence=f"Gone {number}.")
        with CaptureQueriesContext(connection) as queries:
            shown = client.get("/admin/imports/finding/").content.decode()
        costs.append(len(queries))
    assert costs[1:] == [costs[1]] * 3
    following.resolve(Finding.objects.get(sentence="Gone 3."), None, "Done.")
    shown = client.get("/admin/imports/finding/").content.decode()
    assert re.findall(r"Gone \d", shown) == ["Gone 2", "Gone 1", "Gone 0", "Gone 3"]
    assert "Gone 3" not in client.get("/admin/imports/finding/?state=open").content.decode()
    assert client.get("/admin/imports/finding/?kind=%00").status_code == 400


@pytest.mark.django_db
def test_a_task_is_resolved_once_and_with_a_note(web: Site) -> None:
    publish_entry(**citing(web.put("/rules", status=410, validated=False)))
    run()
    client, path = editor(), f"/admin/imports/finding/{Finding.objects.get().pk}/change/"
    assert client.post(path, {"note": " "}).status_code == 400
    assert client.post(path, {"note": "First."}).status_code == 302
    second = client.post(path, {"note": "Typed for long."})
    assert second.status_code == 409
    assert "Typed for long." in second.content.decode()
    assert Finding.objects.get().note == "First."


def test_two_texts_are_shown_with_what_differs_and_no_longer_than_they_can_be_read() -> None:
    common = "word " * 5_000
    before, after = differing.sides(f"{common}规则于七月施行。{common}", f"{common}规则于九月施行。{common}")
    assert [piece.text for piece in before if piece.differs] == ["七"]
    assert [piece.text for piece in after if piece.differs] == ["九"]
    assert all(len("".join(piece.text for piece in side)) < 500 for side in (before, after))
    before, after = differing.sides("a " * 50_000, "b " * 50_000)
    assert len("".join(piece.text for piece in before)) < 3 * differing.MOST


@pytest.mark.django_db
def test_what_led_to_the_front_page_for_a_while_has_not_changed(web: Site) -> None:
    stands(web, "/", OTHER)
    publish_entry(**citing(stands(web, "/rules")))
    run()
    page = web.pages["/rules"]
    web.put("/rules", status=302, headers={"Location": "/"})
    check_again()
    web.pages["/rules"] = page
    check_again()
    assert only().state == Standing.KEPT
    assert not Finding.objects.filter(kind=Trouble.CHANGED).exists()


@pytest.mark.django_db
def test_a_move_whose_address_varies_is_kept_once(web: Site) -> None:
    publish_entry(**citing(stands(web, "/rules")))
    run()
    for token in "abc":
        web.put("/rules", status=301, headers={"Location": f"/new?token={token}"})
        stands(web, f"/new?token={token}")
        check_again(40)
    assert Snapshot.objects.count() == 1
    assert Finding.objects.get(kind=Trouble.MOVED).sentence.endswith("token=c")
    for token in "def":
        web.put("/rules", status=301, headers={"Location": f"/new?token={token}"})
        stands(web, f"/new?token={token}", (*WORDS, f"Your visit: {token}."))
        check_again(40)
    assert Snapshot.objects.count() == 1
    stands(web, "/new?token=g", OTHER)
    web.put("/rules", status=301, headers={"Location": "/new?token=g"})
    check_again(40)
    assert Snapshot.objects.count() == 2


@pytest.mark.django_db
def test_what_cannot_be_kept_says_so_and_is_tried_again_in_a_day(web: Site, archive: Path) -> None:
    archive.write_text("no folder")
    publish_entry(**citing(stands(web, "/rules")))
    run()
    row = only()
    assert "could not be kept" in row.why
    assert row.due_at is not None
    assert row.checked_at is not None
    assert row.due_at - row.checked_at >= timedelta(hours=23)
    archive.unlink()
    check_again(2)
    assert only().state == Standing.KEPT


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["found_at__year=0", "found_at__year=2147483648", "address__address=x"])
def test_the_list_takes_no_filter_that_it_does_not_offer(client: Client, query: str) -> None:
    make_people()
    client.login(username="author", password="author")
    assert client.get(f"/admin/imports/finding/?{query}").status_code in (302, 400)


@pytest.mark.django_db
def test_what_led_to_the_front_page_at_first_has_not_changed_when_it_is_back(web: Site) -> None:
    stands(web, "/", OTHER)
    publish_entry(**citing(web.put("/rules", status=302, headers={"Location": "/"})))
    run()
    check_again()
    assert Snapshot.objects.count() == 1
    stands(web, "/rules")
    check_again()
    assert only().state == Standing.KEPT
    assert not Finding.objects.filter(kind=Trouble.CHANGED).exists()
    assert WORDS[0] in Snapshot.objects.latest("pk").text


@pytest.mark.django_db
def test_what_cannot_be_kept_is_left_to_whoever_took_over(web: Site, archive: Path) -> None:
    archive.write_text("no folder")
    publish_entry(**citing(stands(web, "/rules")))
    tasks.cite()
    lease = leases.take()
    assert lease is not None
    Address.objects.update(lease=uuid4())
    following.check(lease)
    assert (only().state, only().why) == (Standing.NEW, "")


@pytest.mark.django_db
@pytest.mark.parametrize("redirected", [False, True])
def test_an_address_too_long_to_be_asked_for_says_so_and_waits(web: Site, redirected: bool) -> None:
    address = stands(web, "/rules")
    long = f"{address}?q={'网' * 600}"
    if redirected:
        web.put("/rules", status=302, headers={"Location": quote(long, safe=":/?=")})
    publish_entry(**citing(address if redirected else long))
    run()
    row = only()
    assert row.state in (Standing.REFUSED, Standing.FAILING)
    assert "longer than 4000 characters" in row.why
    assert row.due_at is not None
    assert row.checked_at is not None
    assert row.due_at - row.checked_at >= timedelta(hours=23)
