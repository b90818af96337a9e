"""Packages are asked for, made once each, and given to everybody, or to nobody once something of them is hidden."""

from __future__ import annotations

import hashlib
import io
import json
import os
import resource
import secrets
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from django.test import Client

from ledger import clock
from syndication.models.package import Package, State
from syndication.packages import queue, work
from tests.editorial_steps import draft_entry, publish_entry

pytestmark = pytest.mark.django_db
PACKAGES = "/api/v1/packages/"


def ask(**wanted: Any) -> Any:
    return Client(enforce_csrf_checks=True).post(
        PACKAGES, json.dumps(wanted), content_type="application/json"
    )


def made(**wanted: Any) -> dict[str, Any]:
    """A package that was asked for, and made."""
    address = ask(**wanted).json()["url"]
    work.make_waiting()
    found: dict[str, Any] = Client().get(address).json()
    assert found["state"] == "ready", found
    return found


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def texts(file: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def files(root: Path) -> list[str]:
    return [path.name for path in root.iterdir()] if root.exists() else []


def test_it_is_asked_for_waited_for_and_downloaded() -> None:
    publish_entry("one", summary="A summary.")
    asked = ask()
    body = asked.json()
    assert (asked.status_code, asked["Location"], asked["Retry-After"]) == (202, body["url"], "5")
    assert (body["state"], body["download"], body["sha256"]) == ("waiting", None, None)
    waiting = Client().get(body["url"])
    assert (waiting.status_code, waiting["Retry-After"], waiting.json()) == (200, "5", body)
    assert Client().get(PACKAGES).json() == {"results": []}
    assert work.make_waiting() == 1
    ready = Client().get(body["url"])
    assert "Retry-After" not in ready
    body = ready.json()
    assert (body["state"], body["done"], body["total"]) == ("ready", 2, 2)
    assert Client().get(PACKAGES).json() == {"results": [body]}
    assert Client().get("/api/v1/").json()["latest_package"] == body["download"]
    file = Client().get(body["download"])
    assert file["Content-Disposition"] == f'attachment; filename="aichina-{body["position"]}.zip"'
    assert (file["Cache-Control"], file["ETag"]) == ("public, max-age=86400", f'"{body["sha256"]}"')
    assert file["Surrogate-Key"] == "tracker package", "by which a cache lets it go"
    packed = content(file)
    assert (len(packed), hashlib.sha256(packed).hexdigest()) == (body["bytes"], body["sha256"])
    assert "A summary." in texts(packed)
    unchanged = Client(headers={"If-None-Match": file["ETag"]}).get(body["download"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")


def test_the_same_position_asked_for_twice_is_the_same_package() -> None:
    publish_entry("one")
    first = made()
    draft_entry("two")
    again = ask(as_of=str(first["position"]))
    assert (again.status_code, again.json()) == (200, first)
    assert ask(as_of=first["position"]).json() == ask(as_of=clock.now().date().isoformat()).json() == first
    publish_entry("three")
    later = made()
    assert later["position"] > first["position"]
    assert [row["position"] for row in Client().get(PACKAGES).json()["results"]] == [
        later["position"],
        first["position"],
    ]


def test_a_list_costs_the_same_however_many_there_are(django_assert_num_queries: Any) -> None:
    for number in range(3):
        publish_entry(f"e{number}")
        made()
        with django_assert_num_queries(2):
            assert len(Client().get(PACKAGES).json()["results"]) == number + 1


def test_a_download_that_broke_off_goes_on() -> None:
    publish_entry("one")
    address = made()["download"]
    whole = Client().get(address)
    packed, validator = content(whole), whole["ETag"]
    half = len(packed) // 2

    def part(asked: str, **more: str) -> tuple[int, bytes, str]:
        answer = Client().get(address, headers={"Range": asked, **more})
        return answer.status_code, content(answer), answer.headers.get("Content-Range", "")

    assert part(f"bytes={half}-") == (206, packed[half:], f"bytes {half}-{len(packed) - 1}/{len(packed)}")
    assert part("bytes=0-9") == (206, packed[:10], f"bytes 0-9/{len(packed)}")
    assert part("bytes=0-9", **{"If-Range": validator})[0] == 206
    assert part("bytes=0-9", **{"If-Range": '"another"'}) == (200, packed, "")
    for nonsense in ("bytes=9-3", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=x-"):
        assert part(nonsense) == (200, packed, "")
    last = f"{len(packed) - 1}/{len(packed)}"
    assert part("bytes=-10") == (206, packed[-10:], f"bytes {len(packed) - 10}-{last}")
    for everything in ("bytes=0-", "bytes=0-99999999999", f"Bytes=0-{'9' * 50}", "bytes=-99999999999"):
        assert part(everything) == (206, packed, f"bytes 0-{last}")
    assert part("bytes=5-99999999999") == (206, packed[5:], f"bytes 5-{last}")
    head = Client().head(address, headers={"Range": "bytes=0-9"})
    head.close()
    assert (head.status_code, head["Content-Length"], head["Accept-Ranges"]) == (
        200,
        str(len(packed)),
        "bytes",
    )


def test_where_a_file_has_nothing_a_problem_says_how_long_it_is() -> None:
    publish_entry("one")
    package = made()
    for beyond in (f"bytes={package['bytes']}-", "bytes=99999999-", "bytes=99999999-99999999999", "bytes=-0"):
        refused = Client().get(package["download"], headers={"Range": beyond})
        assert (refused.status_code, refused["Content-Range"]) == (416, f"bytes */{package['bytes']}")
        assert (refused["Content-Type"], refused["Cache-Control"]) == ("application/problem+json", "no-store")
        assert f"{package['bytes']:,} bytes" in refused.json()["detail"]
    other = Client().get(package["download"], headers={"If-Match": '"another"'})
    assert (other.status_code, other["Cache-Control"]) == (412, "no-store")
    assert (other["Content-Type"], other["ETag"]) == ("application/problem+json", f'"{package["sha256"]}"')
    assert other.json()["status"] == 412


def test_what_is_hidden_later_is_given_to_nobody_and_made_anew(root: Path) -> None:
    publish_entry("kept")
    gone = publish_entry("gone", summary="secret")
    package = made()
    (before,) = files(root)
    assert "secret" in texts(content(Client().get(package["download"])))
    # What became public later, or goes without ever having been in it, changes nothing.
    publish_entry("later").withdraw("It was forged.")
    assert content(Client().get(package["download"]))
    gone.withdraw("It was forged.")
    refused = Client().get(package["download"])
    assert (refused.status_code, refused["Retry-After"], refused["Cache-Control"]) == (503, "5", "no-store")
    assert b"secret" not in content(refused)
    assert Client().get(package["url"]).json()["state"] == "waiting"
    assert ask(as_of=package["position"]).status_code == 202
    assert Client().get(PACKAGES).json() == {"results": []}
    assert "latest_package" not in Client().get("/api/v1/").json()
    assert work.sweep()
    assert files(root) == []
    # Whoever follows an address comes again: it is there until somebody tidies it away.
    assert Client().get(package["download"]).status_code == 503
    work.make_waiting()
    again = Client().get(package["url"]).json()
    assert again["sha256"] != package["sha256"]
    told = texts(content(Client().get(again["download"])))
    assert "secret" not in told
    assert "It was forged." in told
    assert len(files(root)) == 1
    assert before not in files(root)
    assert not work.sweep()


def test_what_is_hidden_while_it_is_made_is_not_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = publish_entry("gone", summary="secret")
    body = ask().json()
    progress, withdrawn = queue.Lease.progress, []

    def withdraw_once(lease: queue.Lease, done: int, total: int) -> None:
        progress(lease, done, total)
        if done == total and not withdrawn:
            withdrawn.append(gone.withdraw("It was forged."))

    monkeypatch.setattr(queue.Lease, "progress", withdraw_once)
    assert work.make_waiting() == 2
    found = Client().get(body["url"]).json()
    assert found["state"] == "ready"
    assert "secret" not in texts(content(Client().get(found["download"])))


def test_no_more_wait_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_WAITING", 2)
    positions = []
    for number in range(3):
        publish_entry(f"e{number}")
        positions.append(queue.last_public().position)
    assert [ask(as_of=position).status_code for position in positions] == [202, 202, 503]
    crowded = ask(as_of=positions[2])
    assert (crowded["Retry-After"], crowded["Content-Type"]) == ("60", "application/problem+json")
    assert ask(as_of=positions[0]).status_code == 202  # which waits already
    queue.ask(queue.last_public(), nightly_on=clock.now().date())
    assert queue.take().package.position == positions[2]  # type: ignore[union-attr]


def test_one_is_made_at_a_time_and_anew_where_its_maker_died(root: Path) -> None:
    publish_entry("one")
    package = queue.ask(queue.last_public())
    lease = queue.take()
    assert lease
    assert queue.take() is None
    assert not queue.waits()
    left = lease.package.path.with_name(f"{lease.package.path.name}.unfinished")
    left.mkdir(parents=True)
    (left / "package.zip").write_bytes(b"half")
    work.sweep()
    assert left.exists()  # somebody is at work
    assert Client().get(f"/packages/aichina-{package.position}.zip").status_code == 503
    Package.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert work.sweep()
    work.make_waiting()
    with pytest.raises(queue.Lost):
        lease.progress(0, 1)
    work.sweep()
    package.refresh_from_db()
    assert (package.state, files(root)) == (State.READY, [package.path.name])


def test_what_is_never_finished_is_given_up_until_it_is_asked_for_again() -> None:
    publish_entry("one")
    body = ask().json()
    for _ in range(queue.MOST_ATTEMPTS):
        assert queue.take()
        Package.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert queue.take() is None
    failed = Client().get(body["url"]).json()
    assert failed["state"] == "failed"
    assert "never finished" in failed["sentence"]
    assert ask().status_code == 202
    assert made()["sentence"] == ""


def test_a_disk_that_takes_no_more_is_a_sentence(root: Path) -> None:
    publish_entry("one", body=secrets.token_hex(40_000))
    body = ask().json()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, most))
    try:
        work.make_waiting()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    failed = Client().get(body["url"])
    assert (failed.status_code, failed.json()["state"]) == (200, "failed")
    assert failed.json()["sentence"] == (
        "The file could not be written: File too large. Make room for it, and ask again."
    )
    assert files(root) == []
    assert made()["state"] == "ready"


def test_each_night_one_is_made_and_old_ones_go(settings: Any, root: Path) -> None:
    settings.PACKAGES_HOUR, settings.PACKAGES_KEPT = 0, 2
    assert not work.sweep()  # nothing is public
    publish_entry("one")
    assert work.sweep()
    work.make_waiting()
    night = Package.objects.get()
    assert night.nightly_on == clock.now().date()
    assert not work.sweep()
    for number in range(4):
        publish_entry(f"e{number}")
        queue.ask(queue.last_public(), pinned=number == 0)
        work.make_waiting()
    pinned, *asked = Package.objects.exclude(pk=night.pk).order_by("position")
    work.sweep()
    kept = [night.pk, pinned.pk, *(package.pk for package in asked[-2:])]
    assert list(Package.objects.order_by("position").values_list("pk", flat=True)) == kept
    assert len(files(root)) == 4


def test_a_file_that_is_gone_is_made_anew_and_a_strange_one_stays(root: Path) -> None:
    publish_entry("one")
    package = made()
    (root / files(root)[0]).unlink()
    (root / "notes.zip").touch()
    assert Client().get(package["download"]).status_code == 503
    assert work.sweep()
    work.make_waiting()
    assert content(Client().get(package["download"]))
    assert "notes.zip" in files(root)


@pytest.mark.parametrize(
    ("sent", "status", "name"),
    [
        ('{"as_of": "tomorrow"}', 400, "as_of"), ('{"as_of": "9999999"}', 400, "as_of"),
        ('{"as_of": true}', 400, "as_of"), ('{"as_of": "0"}', 400, "as_of"), ('{"as_of": "\\ud800"}', 400, "as_of"),
        ('{"as_of": [1]}', 400, "as_of"),
        ('{"asof": "1"}', 400, "asof"), ('{"\\ud800": 1}', 400, "?"), ("[]", 400, "body"), ("{", 400, "body"),
        ("[" * 900, 400, "body"), ("\ufeff{}", 400, "body"), ('{"x": "' + "y" * 1000 + '"}', 413, None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(sent: str, status: int, name: str | None) -> None:
    publish_entry("one")
    answer = Client().post(PACKAGES, sent, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (
        answer.content
    )
    assert [error["parameter"] for error in answer.json().get("errors", [])] == ([name] if name else [])
    assert not Package.objects.exists()


def test_what_nobody_asked_for_is_not_there() -> None:
    publish_entry("one")
    for number in ("0", "1", "9" * 18, "9" * 40, "9" * 5000):
        assert Client().get(f"{PACKAGES}{number}/").status_code == 404
        assert Client().get(f"/packages/aichina-{number}.zip").status_code == 404
    assert Client().post(PACKAGES, b"as_of=1", content_type="text/plain").status_code == 415
    for other in ("utf-16", "latin-1"):
        answer = Client().post(PACKAGES, b"{}", content_type=f"application/json; charset={other}")
        assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    assert Client().generic("POST", PACKAGES).status_code == 202
    assert Client().post(f"{PACKAGES}?x=1").status_code == 400


def test_the_command_takes_the_place_of_no_device(tmp_path: Path) -> None:
    publish_entry("one")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CommandError, match="no file that can be replaced"):
        call_command("export", output=pipe)
    assert pipe.is_fifo()


def test_before_anything_is_public_there_is_no_package() -> None:
    draft_entry("draft")
    assert ask().status_code == 400


def test_the_command_writes_a_file_and_says_how_far_it_is(tmp_path: Path) -> None:
    publish_entry("one", summary="A summary.")
    told = io.StringIO()
    call_command("export", output=tmp_path, stdout=told)
    (file,) = tmp_path.glob("*.zip")
    assert "A summary." in texts(file.read_bytes())
    assert "0 of 2 rows" in told.getvalue()
    assert hashlib.sha256(file.read_bytes()).hexdigest() in told.getvalue()
    call_command("export", as_of=str(queue.last_public().position), output=tmp_path / "mine.zip", stdout=told)
    assert (tmp_path / "mine.zip").read_bytes() == file.read_bytes()
    call_command("export", pin=True, stdout=told)
    assert Package.objects.get().pinned
    call_command("export", unpin=True, stdout=told)
    assert not Package.objects.get().pinned
    for wrong in ({"as_of": "tomorrow"}, {"output": file / "below"}):
        with pytest.raises(CommandError):
            call_command("export", stdout=told, **wrong)
    assert not Package.objects.filter(state=State.READY).exists()
