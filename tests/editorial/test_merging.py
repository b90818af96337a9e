"""Two documents that turn out to be one: who may say so, when, and that it is undone without a trace in any text."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections

from editorial import commands as c
from editorial import events as e
from editorial import rebuild
from editorial.dispatch import history
from editorial.models import Change, Redirect, Slug
from editorial.redirects import Redirects
from editorial.workflow import Person, Refused, Role, Standing
from ledger import verify
from tests.editorial_steps import (
    AUTHOR,
    CHIEF,
    PUBLISHER,
    REVIEWER,
    Doc,
    draft_actor,
    publish_actor,
    publish_category,
    publish_entry,
    publish_page,
)
from tests.faults.steps import clock


def reasons(doc: Doc, command: c.Command, by: Person = CHIEF) -> list[str]:
    """Why it is refused; nothing happens."""
    before = doc.state
    with pytest.raises(Refused) as refused:
        doc.do(command, by)
    assert doc.state == before
    return [refusal.text for refusal in refused.value.refusals]


def into(doc: Doc) -> c.Merge:
    return c.Merge(str(doc.id), "They are one.")


def holds() -> bool:
    return verify.verify() == [] and all((d.missing, d.extra) == (0, 0) for d in rebuild.check())


def last_position() -> int:
    return Change.objects.latest("position").position


@pytest.mark.django_db
def test_a_merge_is_one_event_of_the_loser_and_none_of_the_winner() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    before = winner.state
    [happened] = loser.do(into(winner), PUBLISHER).events
    assert happened.event == e.Merged(str(winner.id), "They are one.")
    assert (loser.state.standing, loser.state.merged_into) == (Standing.MERGED, str(winner.id))
    assert winner.state == before
    change = Change.objects.latest("position")
    assert (change.kind, change.document, change.note) == ("merged", loser.id, "They are one.")
    [redirect] = Redirect.objects.all()
    assert (redirect.position, redirect.document, redirect.target, redirect.valid_to) == (
        happened.position, loser.id, winner.id, None,
    )  # fmt: skip


@pytest.mark.django_db
def test_an_unmerged_document_is_what_it_was_and_no_edition_is_made() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    before = loser.state
    loser.merge(winner).unmerge("Two companies after all.")
    after = loser.state
    assert (after.standing, after.merged_into, after.editions) == (Standing.LIVE, "", before.editions)
    assert (after.content, after.updated_at, after.stage) == (before.content, before.updated_at, before.stage)
    change = Change.objects.latest("position")
    assert (change.kind, change.note) == ("unmerged", "Two companies after all.")
    assert Redirect.objects.get().valid_to == change.position
    loser.correct(title="Zhipu").merge(winner)
    assert Redirect.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("by", [AUTHOR, REVIEWER])
def test_merging_is_a_publisher_s_work(by: Person) -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    assert reasons(loser, into(winner), by) == ["To merge this profile takes the role “publisher”."]
    loser.merge(winner)
    assert reasons(loser, c.Unmerge("x"), by) == ["To unmerge this profile takes the role “publisher”."]


@pytest.mark.django_db
def test_only_what_is_public_and_stands_for_itself_can_stand_for_another() -> None:
    doc, entry = publish_actor("zhipu"), publish_entry("an-entry")
    merged, withdrawn = publish_actor("merged"), publish_actor("withdrawn").withdraw()
    merged.merge(publish_actor("winner"))
    for command, sentence in (
        (c.Merge("", "x"), "Choose the profile that it is merged into."),
        (into(doc), "A profile cannot be merged into itself."),
        (c.Merge(str(doc.id).upper(), "x"), "There is no such profile to merge into."),
        (c.Merge("zhipu", "x"), "There is no such profile to merge into."),
        (c.Merge(str(uuid4()), "x"), "There is no such profile to merge into."),
        (into(entry), "There is no such profile to merge into."),
        (into(draft_actor("draft")), "The profile to merge into has never been published."),
        (into(withdrawn), "The profile to merge into is withdrawn."),
        (into(merged), "The profile to merge into is merged into another."),
    ):
        assert reasons(doc, command) == [sentence]
    assert reasons(draft_actor("x"), into(doc)) == [
        "You cannot merge this profile: it has never been published."
    ]
    assert reasons(withdrawn, into(doc)) == ["You cannot merge this profile: it is withdrawn."]
    assert reasons(merged, into(doc)) == ["You cannot merge this profile: it is merged into another."]
    assert reasons(doc, c.Unmerge("x")) == ["You cannot unmerge this profile: it is public."]


@pytest.mark.django_db
def test_readers_are_told_why() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    assert reasons(loser, c.Merge(str(winner.id), " ")) == [
        "Write a note that tells readers why they are one."
    ]
    loser.merge(winner)
    assert reasons(loser, c.Unmerge("")) == ["Write a note that tells readers why they are two."]


@pytest.mark.django_db
def test_what_is_merged_rests_and_is_talked_about() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    loser.revise(text="An open draft.").approve().merge(winner)
    seen = loser.seen
    for command in (
        c.Revise({"text": "x"}, seen), c.Publish(seen, "major", "x"), c.RequestChanges("x"), c.Discard(),
        c.Schedule(seen, clock().replace(year=2099), "major", "x"), c.Withdraw("x"), c.Reinstate("x"),
        c.Rename("x"), c.Restore(1, seen), c.PublishInEmergency(seen, "x", "major", "x"),
    ):  # fmt: skip
        assert any("it is merged into another" in text for text in reasons(loser, command)), command
    loser.do(c.Comment("Are they?"), AUTHOR)
    loser.do(c.Resolve(loser.state.comments[0].id), AUTHOR)
    loser.do(c.Assign(REVIEWER.id), REVIEWER)
    loser.unmerge()
    loser.do(c.Publish(loser.seen, "major", "The draft that waited."), PUBLISHER)
    assert loser.state.content["text"] == "An open draft."


@pytest.mark.django_db
def test_an_emergency_edition_is_reviewed_also_while_it_is_merged() -> None:
    loser, winner = draft_actor("zhipu"), publish_actor("z-ai")
    loser.do(c.PublishInEmergency(loser.seen, "now"), CHIEF)
    loser.merge(winner).do(c.ReviewAfterwards("Fine."), Person(PUBLISHER.id, Role.REVIEWER))
    assert loser.state.flags == ()


@pytest.mark.django_db
def test_what_is_scheduled_is_unscheduled_before_it_is_merged() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    loser.revise(text="Later.").approve()
    loser.do(c.Schedule(loser.seen, clock().replace(year=2099), "major", "x"), PUBLISHER)
    assert "until it is unscheduled" in reasons(loser, into(winner))[0]


@pytest.mark.django_db
def test_a_merged_document_keeps_its_address() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    loser.merge(winner)
    assert Slug.document_of("actor", "zhipu") == loser.id
    with pytest.raises(Refused, match="belongs to another profile"):
        draft_actor("zhipu")


@pytest.mark.django_db
@pytest.mark.parametrize("publish", [publish_actor, publish_category, publish_entry, publish_page])
def test_documents_of_any_type_are_merged(publish: Any) -> None:
    loser, winner = publish("one"), publish("two")
    loser.merge(winner)
    assert Redirects.at(last_position()).winner(loser.id) == winner.id


@pytest.mark.django_db
def test_chains_are_flattened_at_every_position_and_undone_link_by_link() -> None:
    a, b, c_ = (publish_actor(slug) for slug in "abc")
    ends: list[list[Doc]] = []
    seen: list[int] = []
    for step, expected in (
        (lambda: None, [a, b, c_]), (lambda: a.merge(b), [b, b, c_]), (lambda: b.merge(c_), [c_, c_, c_]),
        (lambda: a.unmerge(), [a, c_, c_]), (lambda: a.merge(c_), [c_, c_, c_]), (lambda: b.unmerge(), [c_, b, c_]),
        (lambda: a.unmerge(), [a, b, c_]), (lambda: c_.merge(a), [a, b, a]),
    ):  # fmt: skip
        step()
        seen.append(last_position())
        ends.append(expected)
    for position, expected in zip(seen, ends, strict=True):
        redirects = Redirects.at(position)
        assert [redirects.winner(doc.id) for doc in (a, b, c_)] == [doc.id for doc in expected]
        for doc, end in zip((a, b, c_), expected, strict=True):
            same = {other.id for other, its in zip((a, b, c_), expected, strict=True) if its is end}
            assert redirects.all_of(doc.id) == same


def test_the_tables_are_what_the_log_says_after_each_step_of_a_chain(committed_db: str) -> None:
    a, b, c_ = (publish_actor(slug) for slug in "abc")
    for step in (
        lambda: a.merge(b), lambda: b.merge(c_), lambda: a.unmerge(), lambda: a.merge(c_), lambda: b.unmerge(),
        lambda: a.unmerge(), lambda: c_.merge(a),
    ):  # fmt: skip
        step()
        assert holds()
    rebuild.rebuild()
    assert holds()


def test_an_erasure_reaches_what_is_merged_and_leaves_the_redirect(committed_db: str) -> None:
    loser, winner = publish_actor("zhipu", name_zh="机密"), publish_actor("z-ai")
    loser.merge(winner, "Xanadu is its name too.")
    position = last_position()
    call_command(
        "erase", "actor", str(loser.id), "--field", "name_zh", "--notes", "--ground", "Court order 7"
    )
    assert (
        Redirects.at(position).winner(loser.id) == Redirects.at(last_position()).winner(loser.id) == winner.id
    )
    for table in ("actors_actor", "editorial_change", "ledger_event_data"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            [text] = cursor.fetchone()
        assert "Xanadu" not in text
        assert "机密" not in text
    assert holds()
    loser.unmerge()
    assert holds()


@pytest.mark.django_db
def test_a_merge_that_is_sent_twice_counts_once() -> None:
    loser, winner = publish_actor("zhipu"), publish_actor("z-ai")
    once = str(uuid4())
    for _ in range(2):
        loser.do(into(winner), PUBLISHER, command_id=once)
    assert [type(item.event) for item in history(loser.id)].count(e.Merged) == 1
