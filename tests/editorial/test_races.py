"""What happens when people do the same at the same instant: one event, one clear answer to the other, no text lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from editorial import commands as c
from editorial import rebuild
from editorial.dispatch import Outcome, history
from editorial.workflow import Refused
from ledger import verify
from tests.editorial_steps import AUTHOR, CHIEF, PUBLISHER, REVIEWER, Doc, draft_entry, publish_actor

ROUNDS = 5


def at_once(*attempts: Callable[[], Outcome]) -> list[Outcome | Refused]:
    """What became of these attempts, each in a thread and with a connection of its own, let go together."""
    gate = threading.Barrier(len(attempts))
    found: list[Any] = [None] * len(attempts)

    def attempt(number: int) -> None:
        gate.wait()
        try:
            found[number] = attempts[number]()
        except Refused as refused:
            found[number] = refused
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(len(attempts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def names(doc: Doc) -> list[str]:
    return [type(item.event).__name__ for item in history(doc.id)]


def holds() -> bool:
    return verify.verify() == [] and all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


@pytest.mark.usefixtures("committed_db")
def test_two_who_publish_at_once_make_one_edition() -> None:
    for n in range(ROUNDS):
        doc = draft_entry(f"entry-{n}").approve()
        seen = doc.seen
        answers = at_once(lambda: doc.do(c.Publish(seen), PUBLISHER), lambda: doc.do(c.Publish(seen), CHIEF))  # noqa: B023
        assert names(doc).count("Published") == 1
        (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
        assert "without an open draft" in str(refused)
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_two_who_save_at_once_make_one_revision_and_one_conflict() -> None:
    for n in range(ROUNDS):
        doc = draft_entry(f"entry-{n}")
        seen = doc.seen
        answers = at_once(
            lambda: doc.do(c.Revise({"title": "Mine"}, seen), AUTHOR),  # noqa: B023
            lambda: doc.do(c.Revise({"title": "Theirs"}, seen), REVIEWER),  # noqa: B023
        )
        (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
        assert refused.conflict
        assert names(doc) == ["Drafted", "Revised"]
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_approval_and_change_at_once_never_approve_the_changed_text() -> None:
    for n in range(ROUNDS):
        doc = draft_entry(f"entry-{n}")
        doc.do(c.Submit(), AUTHOR)
        seen = doc.seen
        at_once(
            lambda: doc.do(c.Approve(seen), REVIEWER),  # noqa: B023
            lambda: doc.do(c.Revise({"title": "Changed"}, seen), AUTHOR),  # noqa: B023
        )
        approval = doc.state.approval
        assert approval is None or approval.content_version == doc.seen
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_a_form_sent_twice_at_once_counts_once() -> None:
    doc = draft_entry("entry")
    for _ in range(ROUNDS):
        before = len(history(doc.id))
        once = str(uuid4())
        answers = at_once(*[lambda: doc.do(c.Comment("Once."), AUTHOR, command_id=once)] * 3)  # noqa: B023
        assert not [answer for answer in answers if isinstance(answer, Refused)]
        assert len(history(doc.id)) == before + 1
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_comments_never_conflict_however_many_come_at_once() -> None:
    doc = draft_entry("entry")
    seen = doc.seen
    answers = at_once(
        *[lambda: doc.do(c.Comment("A comment."), REVIEWER)] * 10,
        lambda: doc.do(c.Revise({"title": "Changed meanwhile"}, seen), AUTHOR),
    )
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    assert len(doc.state.comments) == 10
    assert doc.state.content["title"] == "Changed meanwhile"
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_two_documents_never_get_one_address() -> None:
    for n in range(ROUNDS):
        docs = [Doc(), Doc()]
        answers = at_once(*(lambda d=doc: d.do(c.Draft({"title": "x"}, f"same-{n}"), AUTHOR) for doc in docs))  # noqa: B023
        (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
        assert "belongs to another entry" in str(refused)
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_of_two_that_are_merged_into_each_other_at_once_one_stands() -> None:
    for n in range(ROUNDS):
        one, other = publish_actor(f"one-{n}"), publish_actor(f"other-{n}")
        answers = at_once(lambda: one.merge(other), lambda: other.merge(one))  # type: ignore[arg-type,return-value]  # noqa: B023
        (refused,) = [answer for answer in answers if isinstance(answer, Refused)]
        assert "is merged into another" in str(refused)
        assert [*names(one), *names(other)].count("Merged") == 1
    assert holds()


@pytest.mark.usefixtures("committed_db")
def test_a_lock_that_others_hold_is_a_sentence_and_not_a_wait_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("editorial.dispatch.LOCK_TIMEOUT", "500ms")
    doc = draft_entry("entry")
    with connections["owner"].cursor() as cursor:
        cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(7236837, 1)")
        (answer,) = at_once(lambda: doc.do(c.Submit(), AUTHOR))
        cursor.execute("ROLLBACK")
    assert isinstance(answer, Refused)
    assert "busy saving other changes" in str(answer)
    doc.do(c.Submit(), AUTHOR)
