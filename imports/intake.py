"""What a source told becomes items and candidates: once by identity, however often it is told, and by whomever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from imports import identity
from imports.leases import Lease
from imports.models import Candidate, Decision, Fetch, Item, Source, State, What
from imports.proposals import Proposal, Proposer
from imports.rules import judge
from ledger import clock

# So many items are stored at once: what a worker has in hand when it dies, and what others wait for.
AT_ONCE = 200
MAX_SUMMARY = 5_000
MAX_EDITS = 20

Told = Mapping[str, Any]


@dataclass
class Counts:
    found: int = 0
    new: int = 0
    changed: int = 0
    refusals: Sequence[str] = ()


@dataclass(frozen=True)
class Pair:
    """What is told now, its keys, and the item that told it before."""

    told: Told
    keys: identity.Keys
    shared: tuple[str, ...]
    before: int | None


@dataclass
class Batch:
    """What one transaction stores, gathered first, so that it is written in a few statements.

    ``elsewhere``: candidates by the key that items of different sources share; ``told_here``: those of the keys that
    this source told already, so that what shares them is another item of the same source.
    """

    source: Source
    proposer: Proposer
    elsewhere: dict[str, Candidate] = field(default_factory=dict)
    told_here: set[str] = field(default_factory=set)
    candidates: list[Candidate] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def note(self, candidate: Candidate, what: What, why: str) -> None:
        self.decisions.append(Decision(candidate=candidate, what=what, source=self.source, why=why))

    def write(self) -> None:
        Candidate.objects.bulk_create(self.candidates)
        Item.objects.bulk_create(self.items)
        Decision.objects.bulk_create(self.decisions)


def take_in(lease: Lease, found: Mapping[str, Any]) -> Counts:
    """Store what is new or changed, in several transactions. Raises Lost.

    A worker that dies in between has stored some; the next fetch finds those again, and goes on.
    """
    items = [_in_language(told, lease.source, found.get("language", "")) for told in found["items"]]
    pairs = _matched(lease.source, items)
    counts = Counts(found=len(items))
    Fetch.objects.filter(pk=lease.fetch.pk).update(found=counts.found)
    proposer = Proposer.current()
    # Feeds begin with what is newest: so stored, what is newest has the highest number.
    pairs.reverse()
    for start in range(0, len(pairs), AT_ONCE):
        lease.renew()
        with transaction.atomic():
            begin(lease)
            new, changed = _store(Batch(lease.source, proposer), pairs[start : start + AT_ONCE])
        counts.new, counts.changed = counts.new + new, counts.changed + changed
        done = counts.found - len(pairs) + min(start + AT_ONCE, len(pairs))
        Fetch.objects.filter(pk=lease.fetch.pk).update(done=done, new=counts.new, changed=counts.changed)
    return counts


def begin(lease: Lease) -> None:
    """Wait for one's turn to store. Raises Lost."""
    take_turns()
    # After the wait, so that nobody waits for the source meanwhile.
    lease.hold()


def take_turns() -> None:
    """One at a time until the transaction ends: else two sources that tell the same would make two candidates of it.

    Whoever freezes in the midst of it is thrown out by the database, so that the others go on.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '30s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('imports'), hashtext('intake'))")


def _in_language(told: Told, source: Source, language: str) -> Told:
    """An editor knows a source's language better than the source does."""
    return {**told, "language": source.language or told.get("language") or language}


def as_told(told: Told) -> identity.Told:
    return identity.Told(
        *(str(told.get(name) or "") for name in ("guid", "address", "title", "text", "published"))
    )


def _matched(source: Source, items: Sequence[Told]) -> list[Pair]:
    """Each item with the one that it was before; exact repetitions within what is told are left out."""
    told = [as_told(item) for item in items]
    repeated = set(identity.same(told))
    kept = [number for number in range(len(items)) if number not in repeated]
    keys = [identity.keys(told[number]) for number in kept]
    known = [_known(item) for item in _stored(source, keys)]
    found = identity.match([told[number] for number in kept], known)
    return [
        Pair(items[number], key, identity.shared(told[number]), before)
        for number, key, before in zip(kept, keys, found, strict=True)
    ]


def _stored(source: Source, keys: Iterable[identity.Keys]) -> Iterable[Item]:
    """The items of the source that share any key with these."""
    shared = Q()
    for name in ("guid", "address", "place", "content"):
        values = {getattr(key, name) for key in keys} - {""}
        shared |= Q(**{f"{name}__in": sorted(values)})
    return Item.objects.filter(shared, source=source).order_by("pk").iterator(2_000)


def _known(item: Item) -> identity.Known:
    stored = identity.Keys(item.guid, item.address, item.place, item.content)
    told = item.told
    return identity.Known(
        item.pk, stored, told["title"], told["address"], identity.text_digest(told["text"]), told["published"]
    )


def _store(batch: Batch, pairs: Sequence[Pair]) -> tuple[int, int]:
    """Returns how many are new, and how many changed."""
    fresh = [pair for pair in pairs if pair.before is None]
    _look_elsewhere(batch, {key for pair in fresh for key in pair.shared})
    for pair in fresh:
        _add(batch, pair)
    items = Item.objects.in_bulk([pair.before for pair in pairs if pair.before is not None])
    changed = sum(_update(batch, pair, items[pair.before]) for pair in pairs if pair.before is not None)
    batch.write()
    return len(fresh), changed


def _look_elsewhere(batch: Batch, shared: Iterable[str]) -> None:
    """Candidates that items stand for already: for each key that of the first item that had it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, min(id), bool_or(source_id = %s) FROM imports_item, unnest(shared) AS key "
            "WHERE shared && %s::varchar[] GROUP BY key",
            [batch.source.pk, sorted(shared)],
        )
        rows = cursor.fetchall()
    items = (
        Item.objects.select_related("candidate__merged_into").defer("told").in_bulk([row[1] for row in rows])
    )
    for key, first, here in rows:
        # One that was merged is the one that it was merged into.
        batch.elsewhere[key] = items[first].candidate.merged_into or items[first].candidate
        if here:
            batch.told_here.add(key)


def _add(batch: Batch, pair: Pair) -> None:
    """A new item, and its candidate unless another source told it first."""
    told_elsewhere = [key for key in pair.shared if key in batch.elsewhere]
    if told_elsewhere and not batch.told_here & {*told_elsewhere}:
        candidate = batch.elsewhere[told_elsewhere[0]]
        batch.note(candidate, What.TOLD, f"Told by {batch.source} too.")
        if candidate.state == State.BLOCKED and not judge(batch.source.rules, pair.told).blocked:
            _unblock(batch, candidate)
    else:
        candidate = _propose(batch, pair.told)
    batch.told_here |= {*pair.shared}
    batch.items.append(
        Item(
            source=batch.source, candidate=candidate, told=pair.told, shared=list(pair.shared),
            guid=pair.keys.guid, address=pair.keys.address, place=pair.keys.place, content=pair.keys.content,
        )
    )  # fmt: skip


def _unblock(batch: Batch, candidate: Candidate) -> None:
    """A rule of one source holds for no other, unless an editor was quicker."""
    row = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if row.state == State.BLOCKED:
        row.remark = f"{batch.source} tells it too, and no rule of that source blocks it."
        _reopen(batch, row)
        row.version += 1
        row.save()
    candidate.state = row.state


def _propose(batch: Batch, told: Told) -> Candidate:
    source = batch.source
    verdict, proposal = judge(source.rules, told), batch.proposer.propose(told)
    candidate = Candidate(
        source=source,
        publisher=source.publisher or source.name,
        assignee_id=verdict.person or None,
        state=State.BLOCKED if verdict.blocked else State.NEW,
        reason=verdict.blocked,
        categories=_categories([*source.categories, *verdict.categories, *proposal.categories]),
        **_said(told),
        **_proposed(proposal),
    )
    batch.candidates.append(candidate)
    batch.note(candidate, What.PROPOSED, "; ".join(proposal.reasons))
    if verdict.blocked:
        batch.note(candidate, What.BLOCKED, verdict.blocked)
    return candidate


def _categories(proposed: Iterable[Any]) -> list[str]:
    return list(dict.fromkeys(map(str, proposed)))


def _said(told: Told) -> dict[str, Any]:
    return {
        "title": told["title"], "summary": told["text"][:MAX_SUMMARY], "address": told["address"],
        "author": told["author"][:300], "language": told["language"][:35], "published": told["published"],
    }  # fmt: skip


def _proposed(proposal: Proposal) -> dict[str, Any]:
    return {
        "actors": list(proposal.actors), "terms": list(proposal.terms),
        "score": proposal.score, "reasons": list(proposal.reasons),
    }  # fmt: skip


def _update(batch: Batch, pair: Pair, item: Item) -> bool:
    """Whether an item that was told before says something else now."""
    before, after = item.told, pair.told
    if before == after:
        return False
    item.told, item.shared = dict(after), list(pair.shared)
    for name in ("guid", "address", "place", "content"):
        setattr(item, name, getattr(pair.keys, name))
    edits = [(name, before[name], after[name]) for name in ("title", "text") if before[name] != after[name]]
    if edits:
        _edit(batch, item, edits)
    item.save()
    return bool(edits)


def _edit(batch: Batch, item: Item, edits: Sequence[tuple[str, str, str]]) -> None:
    """The candidate says what its first source says now; an edit of it is shown as one."""
    candidate = Candidate.objects.select_for_update().get(pk=item.candidate_id)
    at = clock.now().isoformat(timespec="seconds")
    shown = [
        {"at": at, "field": name, "before": old[:1_000], "after": new[:1_000]} for name, old, new in edits
    ]
    candidate.edits = [*candidate.edits, *shown][-MAX_EDITS:]
    item.changed_at = Now()
    if item.pk == candidate.items.order_by("pk").values_list("pk", flat=True).first():
        proposal = batch.proposer.propose(item.told)
        candidate.categories = _categories([*candidate.categories, *proposal.categories])
        for name, value in {**_said(item.told), **_proposed(proposal)}.items():
            setattr(candidate, name, value)
    batch.note(candidate, What.CHANGED, "Its " + " and ".join(name for name, _, _ in edits) + " changed.")
    _return(batch, candidate, item)
    candidate.version += 1
    candidate.save()


def _return(batch: Batch, candidate: Candidate, item: Item) -> None:
    """What was dismissed comes back if its text is really another one than the one that was dismissed."""
    if candidate.state == State.BLOCKED and not judge(batch.source.rules, item.told).blocked:
        candidate.remark = "It changed, and no rule blocks it any more."
    elif candidate.state == State.DISMISSED and _really_changed(candidate, item):
        who = candidate.state_by.get_username() if candidate.state_by else "somebody"
        why = f" (“{candidate.reason}”)" if candidate.reason else ""
        candidate.remark = (
            f"Its text changed after {who} dismissed it on {candidate.state_since:%-d %B %Y}{why}."
        )
    else:
        return
    _reopen(batch, candidate)


def _reopen(batch: Batch, candidate: Candidate) -> None:
    """Back into the inbox, with the remark that says why; the caller saves it."""
    candidate.state, candidate.state_since, candidate.reason = State.NEW, Now(), ""
    candidate.state_by = None
    batch.note(candidate, What.RETURNED, candidate.remark)


def _really_changed(candidate: Candidate, item: Item) -> bool:
    dismissal = candidate.decisions.filter(what=What.DISMISSED).last()
    if dismissal is None or "title" not in dismissal.facts:
        return False
    seen = dismissal.facts
    return identity.reworded(seen["title"], seen["text"], item.told["title"], item.told["text"][:MAX_SUMMARY])


def moment(text: str | None) -> datetime | None:
    """The moment of a date as an item tells it; local times and days are taken as UTC. None where there is none."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
