"""What was erased is gone from the past as well, and its place says so."""

from __future__ import annotations

from django.core.management import call_command

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
