"""Two editors press the same key at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from imports.models import Candidate
from tests.editorial_steps import make_people, publish_entry
from tests.imports.test_inbox import INBOX, draft_form, signed_in
from tests.imports.triaging import candidate
from timeline.models import EntryDocument


@pytest.mark.parametrize(
    "names", [("accept", "accept"), ("accept", "dismiss"), ("attach", "merge"), ("snooze", "assign")]
)
def test_one_decides_and_the_other_hears_of_it(committed_db: str, names: tuple[str, str]) -> None:
    make_people()
    entry, other, one = publish_entry("an-entry"), candidate("Another"), candidate("A title")
    together = Barrier(2)

    def decide(who: str, name: str) -> Any:
        client = signed_in(who)
        posted = draft_form(client, one) | {
            "entry": str(entry.id), "candidate": other.pk, "reason": "No.", "until": "week", "to": "me"
        }  # fmt: skip
        together.wait(30)
        try:
            return client.post(f"{INBOX}{one.pk}/{name}/", posted).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, ("author", "reviewer"), names)) == [302, 409]
    assert Candidate.objects.get(pk=one.pk).decisions.exclude(what="proposed").count() == 1
    drafts = EntryDocument.objects.exclude(pk=entry.id).count()
    assert drafts == Candidate.objects.filter(state="accepted").count()
