"""What was erased is gone from the past as well, and its place says so."""

from __future__ import annotations

from django.core.management import call_command
from django.test import Client

from editorial import rebuild
from tests.editorial_steps import publish_entry
from tests.website.test_pages import position, see


def test_erased_text_is_said_to_be_erased(committed_db: str) -> None:
    doc = publish_entry("a", summary="A name that must go.")
    before = position()
    doc.correct(title="New title")
    call_command("erase", "entry", str(doc.id), "--ground", "A court ordered it.", "--field", "summary")
    for path in ("/timeline/a/", f"/timeline/a/?as_of={before}", "/timeline/"):
        page = see(path)
        assert "A name that must go." not in page
        assert "erased" in page


def test_what_is_written_anew_after_an_erasure_is_shown(committed_db: str) -> None:
    doc = publish_entry("a", title="A name", summary="A name that must go.")
    before = position()
    call_command(
        "erase", "entry", str(doc.id), "--ground", "Privacy.", "--field", "summary", "--field", "title"
    )
    assert ">Erased</a>" in Client().get("/timeline/").content.decode()
    doc.correct(title="New title", summary="Without the name.")
    for path in ("/timeline/a/", "/timeline/"):
        page = see(path)
        assert "Without the name." in page
        assert "erased" not in page
    call_command("erase", "entry", str(doc.id), "--ground", "Privacy.", "--field", "basis", "--field", "body",
                 "--field", "summary")  # fmt: skip
    page = see(f"/timeline/a/?as_of={before}")
    assert "Parts of this page were erased: basis, body, summary, title." in page
    assert "erased: basis, body, summary." in see("/timeline/a/")
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())
