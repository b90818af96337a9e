"""What is erased is in no table, the chain holds, and readers are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from editorial import commands as c
from editorial import rebuild
from editorial.models import Change
from editorial.workflow import Refused, Stage
from ledger import log, verify
from tests.editorial_steps import AUTHOR, Doc, draft_entry, entry_content, publish_entry
from timeline.models import Entry

CANARY = "Xanadu"


def everything_stored() -> str:
    """All text of all tables."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        texts = []
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            texts.append(cursor.fetchone()[0])
    return "\n".join(texts)


@pytest.fixture
def erased(committed_db: str) -> Any:
    doc = publish_entry(summary=f"Of {CANARY}.", body=f"{CANARY}!", title="Harmless")
    doc.correct(note=f"{CANARY} was misspelt.", summary=f"Of {CANARY} and more.")
    assert CANARY in everything_stored()
    call_command("erase", "entry", str(doc.id), "--everything", "--ground", "Court order 7")
    return doc


def test_erased_text_is_in_no_table(erased: Any) -> None:
    assert CANARY not in everything_stored()
    assert CANARY.lower() not in everything_stored().lower()


def test_verify_and_rebuild_hold_after_an_erasure(erased: Any) -> None:
    assert verify.verify() == []
    assert all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


def test_past_editions_say_what_was_erased(erased: Any) -> None:
    rows = Entry.objects.filter(document=erased.id)
    assert len(rows) == 2
    assert all("summary" in row.erased and row.summary == "" for row in rows)


def test_readers_see_that_and_why_it_was_erased(erased: Any) -> None:
    change = Change.objects.order_by("-position")[0]
    assert (change.kind, change.note) == ("erased", "Court order 7")


def test_an_untold_change_of_an_erased_text_is_found(erased: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_event_data DISABLE TRIGGER ALL")
        cursor.execute(
            "UPDATE ledger_event_data SET text = replace(text, 'harmless', 'harmful') WHERE position = 1"
        )
    assert [fault.position for fault in verify.verify()] == [1]


def test_the_application_cannot_erase(committed_db: str) -> None:
    doc = publish_entry()
    with pytest.raises(Exception, match="permission denied"):
        call_command(
            "erase", "entry", str(doc.id), "--field", "body", "--field", "summary",
            "--ground", "x", "--database", "default",
        )  # fmt: skip


def test_one_field_can_be_erased_and_the_rest_stays(committed_db: str) -> None:
    doc = publish_entry(summary="Secret.", title="Open")
    call_command("erase", "entry", str(doc.id), "--field", "summary", "--ground", "privacy")
    row = Entry.objects.get(document=doc.id)
    assert (row.title, row.summary, row.erased) == ("Open", "", ["summary"])
    with pytest.raises(CommandError, match="nothing of that left"):
        call_command("erase", "entry", str(doc.id), "--field", "summary", "--ground", "privacy")


def test_notes_can_be_erased_and_the_text_stays(committed_db: str) -> None:
    doc = publish_entry(summary="It stays.").correct("A name in a note.", summary="It stays too.")
    call_command("erase", "entry", str(doc.id), "--notes", "--ground", "privacy")
    first, second = Entry.objects.filter(document=doc.id).order_by("position")
    assert (first.summary, second.summary, second.note) == ("It stays.", "It stays too.", "")
    assert second.erased == ["notes"]
    assert "A name in a note." not in everything_stored()
    assert verify.verify() == []


def test_a_document_is_erased_as_what_it_is(committed_db: str) -> None:
    doc = publish_entry()
    with pytest.raises(CommandError, match="There is no such category"):
        call_command("erase", "category", str(doc.id), "--everything", "--ground", "x")


def test_what_was_approved_or_open_before_an_erasure_is_another_text(committed_db: str) -> None:
    doc = draft_entry(body=CANARY).approve()
    seen = doc.seen
    call_command("erase", "entry", str(doc.id), "--field", "body", "--ground", "privacy")
    assert (doc.state.stage, doc.state.approval) == (Stage.DRAFT, None)
    with pytest.raises(Refused, match="changed after you opened it"):
        doc.do(c.Revise({"body": CANARY}, seen), AUTHOR)
    assert CANARY not in everything_stored()


def test_nothing_is_left_by_which_guesses_could_be_tested(committed_db: str) -> None:
    doc = Doc()
    doc.do(c.Draft(entry_content(body=CANARY)), AUTHOR, command_id="1")
    [before] = log.stream(doc.id)
    call_command("erase", "entry", str(doc.id), "--field", "body", "--ground", "privacy")
    [after, _] = log.stream(doc.id)
    assert before.metadata.keys() - after.metadata.keys() == {"command_digest"}
