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
        assert "A court ordered it." in page or path == "/timeline/"


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


def test_an_erased_date_is_said_to_be_erased(committed_db: str) -> None:
    doc = publish_entry("a", date="2024-03")
    publish_entry("b", date="2020")
    call_command("erase", "entry", str(doc.id), "--ground", "Privacy.", "--field", "date")
    for path in ("/timeline/", "/timeline/?order=oldest"):
        page = see(path)
        assert "None" not in page
        assert page.index("2020") < page.index("Without a date")
    assert "date erased" in see("/timeline/a/")
    assert Client().get("/api/v1/entries/a/").json()["date"] is None


def test_a_validator_of_the_past_moves_when_the_past_does(committed_db: str) -> None:
    """Or else clients keep for ever what was withdrawn from the past, or erased."""
    doc = publish_entry("a", summary="It must go.")
    publish_entry("b")
    then = position()
    following = Client().get("/api/v1/entries/?limit=1").json()["next"]
    listed, one = "/api/v1/entries/", "/api/v1/entries/a/"
    paths = [following, *(f"{path}?as_of={then}" for path in (listed, one, "/timeline/", "/timeline/a/"))]

    def bodies() -> dict[str, tuple[str, bytes]]:
        return {
            path: (answer.headers["ETag"], answer.content) for path in paths if (answer := Client().get(path))
        }

    for change in (
        lambda: doc.withdraw("Forged."),
        lambda: call_command("erase", "entry", str(doc.id), "--field", "title", "--ground", "privacy"),
    ):
        before = bodies()
        change()
        for path, (validator, body) in before.items():
            answer = Client().get(path, headers={"If-None-Match": validator})
            assert answer.status_code == 200 or Client().get(path).content == body, path
            assert answer.status_code == 200, path
