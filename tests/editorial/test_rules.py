"""The workflow's promises to editors, one by one, through dispatch."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from editorial import commands as c
from editorial import events as e
from editorial.dispatch import history
from editorial.models import Change
from editorial.permissions import TABLE
from editorial.workflow import Person, Refused, Role, Stage, Standing
from tests.editorial_steps import (
    AUTHOR,
    CHIEF,
    PUBLISHER,
    REVIEWER,
    Doc,
    draft_entry,
    entry_content,
    publish_entry,
)
from tests.faults.steps import clock
from timeline.models import Entry

pytestmark = pytest.mark.django_db

OTHER_AUTHOR = Person("aaaaaaaa-0000-4000-8000-000000000011", Role.AUTHOR)
OTHER_CHIEF = Person("aaaaaaaa-0000-4000-8000-000000000014", Role.CHIEF_EDITOR)
MACHINE = Person("aaaaaaaa-0000-4000-8000-0000000000ff", Role.AUTHOR, machine=True)


def reasons(doc: Doc, command: c.Command, by: Person = CHIEF) -> list[str]:
    """Why it is refused; nothing happens."""
    before = doc.state
    with pytest.raises(Refused) as refused:
        doc.do(command, by)
    assert doc.state == before
    return [refusal.text for refusal in refused.value.refusals]


def last(doc: Doc) -> e.Event:
    return history(doc.id)[-1].event


def edition(doc: Doc) -> Any:
    return Entry.objects.get(document=doc.id, valid_to=None)


def test_every_command_stands_in_the_table_once_and_every_event_follows_from_one() -> None:
    commands = [rule.command for rule in TABLE]
    assert len(set(commands)) == len(commands)
    known = {kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)}
    assert set(commands) == known - {c.Command}
    assert {event for rule in TABLE for event in rule.events} | {e.Erased} == set(e.EVENTS)


def test_an_approval_holds_for_the_text_that_the_reviewer_saw() -> None:
    doc = draft_entry()
    doc.do(c.Submit(), AUTHOR)
    seen = doc.seen
    doc.do(c.Revise({"summary": "Later."}, seen), OTHER_AUTHOR)
    [reason] = reasons(doc, c.Approve(seen), REVIEWER)
    assert "changed after you opened it" in reason


def test_a_change_after_the_approval_returns_it_to_draft() -> None:
    doc = draft_entry().approve()
    approved = doc.seen
    doc.do(c.Revise({"summary": "Later."}, approved), AUTHOR)
    assert (doc.state.stage, doc.state.approval) == (Stage.DRAFT, None)
    assert len(reasons(doc, c.Publish(approved), PUBLISHER)) >= 2


def test_comments_and_assignments_void_nothing_and_conflict_with_nothing() -> None:
    doc = draft_entry().approve()
    seen = doc.seen
    doc.do(c.Comment("Nice."), OTHER_AUTHOR)
    doc.do(c.Assign(REVIEWER.id), REVIEWER)
    doc.do(c.Publish(seen), PUBLISHER)
    assert doc.state.standing is Standing.LIVE


def test_who_wrote_cannot_approve_even_if_it_was_reverted_or_discarded() -> None:
    doc = draft_entry()
    doc.do(c.Revise({"summary": "Mine."}, doc.seen), REVIEWER)
    doc.do(c.Revise({"summary": "It joins other states."}, doc.seen), AUTHOR)
    doc.do(c.Submit(), AUTHOR)
    assert "You wrote in this edition" in reasons(doc, c.Approve(doc.seen), REVIEWER)[0]
    public = publish_entry()
    public.do(c.Revise({"summary": "Mine."}, public.seen), REVIEWER)
    public.do(c.Discard(), REVIEWER)
    public.do(c.Revise({"summary": "Theirs."}, public.seen), AUTHOR)
    public.do(c.Submit(), AUTHOR)
    assert "You wrote in this edition" in reasons(public, c.Approve(public.seen), REVIEWER)[0]


def test_who_takes_on_a_machine_s_draft_counts_as_its_writer() -> None:
    doc = Doc()
    doc.do(c.Draft(entry_content()), MACHINE)
    doc.do(c.Submit(), REVIEWER)
    assert "You wrote in this edition" in reasons(doc, c.Approve(doc.seen), REVIEWER)[0]
    doc.do(c.Approve(doc.seen), CHIEF)


def test_two_people_suffice() -> None:
    doc = draft_entry()
    doc.do(c.Submit(), AUTHOR)
    doc.do(c.Approve(doc.seen), PUBLISHER)
    doc.do(c.Publish(doc.seen), PUBLISHER)
    assert last(doc).policy == "four_eyes"  # type: ignore[attr-defined]


def test_one_person_suffices_where_four_eyes_are_off_and_the_edition_says_so(settings: Any) -> None:
    settings.EDITORIAL_FOUR_EYES = False
    doc = draft_entry()
    writer = Person(AUTHOR.id, Role.PUBLISHER)
    doc.do(c.Submit(), writer)
    doc.do(c.Approve(doc.seen), writer)
    doc.do(c.Publish(doc.seen), writer)
    assert edition(doc).policy == "off"


def test_what_one_person_approved_alone_is_not_published_once_four_eyes_are_on(settings: Any) -> None:
    settings.EDITORIAL_FOUR_EYES = False
    doc = draft_entry()
    doc.do(c.Submit(), AUTHOR)
    doc.do(c.Approve(doc.seen), Person(AUTHOR.id, Role.REVIEWER))
    settings.EDITORIAL_FOUR_EYES = True
    assert "approved by somebody who wrote in it" in reasons(doc, c.Publish(doc.seen), PUBLISHER)[0]


def test_a_first_edition_has_a_note_of_its_own_and_later_ones_need_one() -> None:
    doc = publish_entry()
    assert edition(doc).note == "First published."
    doc.revise(summary="Better.").approve()
    for change, what in (
        ("major", "a change note"),
        ("minor", "a change note"),
        ("correction", "what was wrong"),
    ):
        assert what in reasons(doc, c.Publish(doc.seen, change, "  "), PUBLISHER)[0]


def test_everything_that_is_missing_is_said_at_once() -> None:
    doc = Doc().draft({"sources": [{"publisher": "Xinhua"}]}).approve()
    told = " ".join(reasons(doc, c.Publish(doc.seen), PUBLISHER))
    for what in ("title", "summary", "date", "category", "source with publisher and language"):
        assert what in told


def test_a_publication_of_our_own_needs_no_source() -> None:
    publish_entry(kind="publication", sources=[])
    doc = draft_entry(kind="update", sources=[]).approve()
    assert "source" in reasons(doc, c.Publish(doc.seen), PUBLISHER)[0]


def test_a_minor_change_does_not_move_the_date_of_the_update() -> None:
    doc = publish_entry()
    first = edition(doc).updated_at
    doc.revise(summary="A comma.").publish("minor", "A comma.")
    assert edition(doc).updated_at == first
    doc.revise(summary="News.").publish("major", "News.")
    assert edition(doc).updated_at > first
    assert edition(doc).first_published_at == first


def test_a_correction_is_recorded_as_one() -> None:
    doc = publish_entry().correct("It was 5, not 6.", summary="It is 5.")
    change = Change.objects.filter(document=doc.id).latest("position")
    assert (change.kind, change.note, change.fields) == ("corrected", "It was 5, not 6.", ["summary"])


def test_a_first_edition_is_no_correction_and_no_minor_change() -> None:
    doc = draft_entry().approve()
    for change in ("minor", "correction"):
        assert "A first edition" in reasons(doc, c.Publish(doc.seen, change, "x"), PUBLISHER)[0]


def test_a_date_made_more_precise_is_a_refinement_and_no_correction() -> None:
    doc = publish_entry(date="2023-11~")
    doc.revise(date="2023-11-01", basis="The paper names the day.").approve()
    told = reasons(doc, c.Publish(doc.seen, "correction", "The day is known."), PUBLISHER)
    assert told == ["A date made more precise corrects nothing: it is a minor change."]
    doc.do(c.Publish(doc.seen, "minor", "The day is known."), PUBLISHER)
    doc.correct("It was a day later.", date="2023-11-02")
    doc.correct("It was in Paris, on a day not known.", date="2023-11", summary="In Paris.")
    doc.correct("It was in Rome.", date="2023-11-02", summary="In Rome.")


def test_nothing_new_is_no_edition() -> None:
    doc = publish_entry()
    doc.revise(summary="Other.").revise(summary="It joins other states.").approve()
    assert reasons(doc, c.Publish(doc.seen, "minor", "x"), PUBLISHER) == [
        "Nothing differs from the live edition."
    ]


def test_an_emergency_needs_a_reason_and_is_flagged_until_somebody_else_has_reviewed_it() -> None:
    doc = draft_entry()
    assert "why it cannot wait" in reasons(doc, c.PublishInEmergency(doc.seen, " "), CHIEF)[0]
    assert any(
        "chief editor" in text for text in reasons(doc, c.PublishInEmergency(doc.seen, "x"), PUBLISHER)
    )
    doc.do(c.PublishInEmergency(doc.seen, "It is wrong everywhere else."), CHIEF)
    assert edition(doc).policy == "emergency"
    assert len(doc.state.flags) == 1
    for person in (CHIEF, Person(AUTHOR.id, Role.REVIEWER)):
        assert "somebody else has to review it" in reasons(doc, c.ReviewAfterwards(""), person)[0]
    doc.revise(summary="Next.").publish("major", "Next.")
    assert len(doc.state.flags) == 1
    doc.do(c.ReviewAfterwards("Fine."), OTHER_CHIEF)
    assert doc.state.flags == ()
    assert "No emergency edition waits" in reasons(doc, c.ReviewAfterwards(""), OTHER_CHIEF)[0]


def test_only_who_may_discards() -> None:
    doc = draft_entry()
    assert "a chief editor can discard it" in reasons(doc, c.Discard(), OTHER_AUTHOR)[0]
    doc.do(c.Discard(), AUTHOR)
    assert doc.state.stage is Stage.DISCARDED
    mixed = draft_entry()
    mixed.do(c.Revise({"summary": "Ours."}, mixed.seen), OTHER_AUTHOR)
    assert "a chief editor can discard it" in reasons(mixed, c.Discard(), AUTHOR)[0]
    mixed.do(c.Discard(), CHIEF)


def test_a_discarded_revision_goes_back_to_the_live_edition() -> None:
    doc = publish_entry(summary="Live.")
    doc.revise(summary="Draft.").do(c.Discard(), AUTHOR)
    assert (doc.state.stage, doc.state.content["summary"]) == (Stage.SETTLED, "Live.")
    doc.do(c.Restore(doc.state.version - 1, doc.seen), PUBLISHER)
    assert (doc.state.stage, doc.state.content["summary"]) == (Stage.DRAFT, "Draft.")


def test_a_comment_is_resolved_by_its_writer_or_on_one_s_own_document() -> None:
    doc = draft_entry()
    doc.do(c.Comment("Why?"), REVIEWER)
    [comment] = doc.state.comments
    assert "Resolve your own comments" in reasons(doc, c.Resolve(comment.id), OTHER_AUTHOR)[0]
    doc.do(c.Resolve(comment.id), AUTHOR)
    assert doc.state.comments[0].resolved
    doc.do(c.Comment("Still."), REVIEWER)
    doc.do(c.Resolve(doc.state.comments[1].id), REVIEWER)


def test_what_is_scheduled_keeps_its_text_and_its_time() -> None:
    doc = draft_entry().approve()
    doc.do(c.Schedule(doc.seen, clock() + timedelta(hours=1)), PUBLISHER)
    closed = (c.Revise({"summary": "x"}, doc.seen), c.Withdraw("x"), c.Rename("x"), c.Restore(1, doc.seen),
              c.PublishInEmergency(doc.seen, "x"), c.Publish(doc.seen), c.Discard())  # fmt: skip
    for command in closed:
        assert any("until it is unscheduled" in text for text in reasons(doc, command))
    doc.do(c.Comment("Good."), AUTHOR)
    doc.do(c.Unschedule(), PUBLISHER)
    assert doc.state.stage is Stage.APPROVED
    doc.do(c.Publish(doc.seen), PUBLISHER)


def test_a_slug_that_was_public_is_never_given_to_another() -> None:
    publish_entry("taken").rename("moved")
    for slug in ("taken", "moved"):
        with pytest.raises(Refused, match="belongs to another entry"):
            draft_entry(slug)
    other = publish_entry("other")
    assert "belongs to another entry" in reasons(other, c.Rename("taken"))[0]


def test_a_slug_that_was_never_public_is_free_again() -> None:
    draft_entry("idea").do(c.Discard(), AUTHOR)
    publish_entry("idea")
    draft_entry("other").do(c.Revise({}, 1, "another"), AUTHOR)
    publish_entry("other")


def test_a_reinstated_document_is_a_new_edition() -> None:
    doc = publish_entry().withdraw().reinstate("It was genuine.")
    assert (edition(doc).number, edition(doc).significance, edition(doc).withdrawn) == (
        2,
        "reinstated",
        False,
    )
    assert "has never been published" in reasons(draft_entry(), c.Withdraw("x"))[0]
    assert "is public" in reasons(doc, c.Reinstate("x"))[0]


def test_a_withdrawn_document_comes_back_by_a_new_edition_too() -> None:
    doc = publish_entry().withdraw()
    doc.revise(summary="Without the forgery.").publish("correction", "It rested on a forgery.")
    assert doc.state.standing is Standing.LIVE
    assert Change.objects.filter(document=doc.id).latest("position").kind == "reinstated"


def test_a_command_on_nothing_is_a_sentence() -> None:
    for rule in TABLE:
        if rule.command in (c.Submit, c.Discard, c.TakeBack, c.Unschedule):
            assert reasons(Doc(id=uuid4()), rule.command()) == ["There is no such entry."]


def test_what_a_machine_wrote_into_a_text_is_nobody_s_until_somebody_submits_it() -> None:
    doc = Doc()
    doc.do(c.Draft(entry_content()), MACHINE)
    doc.do(c.Revise({"summary": "By machine."}, doc.seen), MACHINE)
    doc.do(c.Submit(), PUBLISHER)
    assert "You wrote in this edition" in reasons(doc, c.Approve(doc.seen), PUBLISHER)[0]
    doc.do(c.Revise({"summary": "Again."}, doc.seen), MACHINE)
    assert doc.state.stage is Stage.DRAFT
    public = publish_entry()
    public.do(c.Revise({"summary": "By machine."}, public.seen), MACHINE)
    public.do(c.Submit(), CHIEF)
    assert "You wrote in this edition" in reasons(public, c.Approve(public.seen), CHIEF)[0]


def test_a_restore_names_the_text_that_it_replaces() -> None:
    doc = draft_entry()
    seen = doc.seen
    doc.revise(summary="Not seen by the publisher.")
    assert "changed after you opened it" in reasons(doc, c.Restore(1, seen), PUBLISHER)[0]


def test_a_reinstated_edition_says_under_which_policy_it_once_came() -> None:
    doc = draft_entry()
    doc.do(c.PublishInEmergency(doc.seen, "now"), CHIEF)
    doc.withdraw().reinstate()
    assert edition(doc).policy == "emergency"


def test_odd_values_are_refused_in_a_sentence() -> None:
    doc = draft_entry().approve()
    for command, sentence in (
        (c.Assign("bob"), "There is no such person."),
        (
            c.Schedule(doc.seen, datetime.fromisoformat("9999-12-31T23:59:00-05:00")),
            "somebody will live to see",
        ),
        (c.Schedule(doc.seen, datetime(2099, 1, 1)), "in which time zone"),
        (c.Rename("a" * 10_001), "100 characters at most"),
        (c.Publish(doc.seen, "major", "x" * 10_001), "at most 10,000 characters for a change note"),
    ):
        assert sentence in " ".join(reasons(doc, command)), command


def test_a_title_that_looks_like_an_identifier_gets_another_address() -> None:
    doc = draft_entry(title="11111111-0000-4000-8000-000000000001")
    assert doc.state.slug == f"entry-{str(doc.id)[:8]}"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        *[({"categories": value}, "categories") for value in (5, "abc", ["x"], [1], [{"a": 1}], {}, [[1]], None)],
        *[({"order": value}, "order") for value in (1.5, "1", None)],
        ({"title": None}, "title"), ({"sources": {"publisher": "x"}}, "sources"), ({"sources": ["x"]}, "sources"),
        ({"related": [str(uuid4())] * 2}, "related"), ({"date": 2024}, "date"), ({"colour": "red"}, "colour"),
        ({"title": float("nan")}, "title"), ({"body": "x" * 100_001}, "body"), ({"title": "half \ud800"}, "title"),
    ],
)  # fmt: skip
def test_a_value_of_another_shape_is_refused_with_its_field(content: dict[str, Any], field: str) -> None:
    doc = Doc("category" if field == "order" else "entry")
    with pytest.raises(Refused) as refused:
        doc.do(c.Draft(content), AUTHOR)
    assert {refusal.field for refusal in refused.value.refusals} == {field}


def test_refusals_are_sentences() -> None:
    doc = publish_entry().withdraw()
    told = {
        c.RequestChanges("x"): "To request changes to this entry takes the role “reviewer”.",
        c.Publish(doc.seen): "To publish this entry takes the role “publisher”.",
        c.PublishInEmergency(
            doc.seen, "x"
        ): "To publish this entry in an emergency takes the role “chief editor”.",
        c.Submit(): "You cannot submit this entry now: it is without an open draft.",
        c.Withdraw("x"): "You cannot withdraw this entry: it is withdrawn.",
        c.PublishDue(): "Only the scheduler can publish this entry when it is due.",
    }
    for command, sentence in told.items():
        assert sentence in reasons(doc, command, AUTHOR)
