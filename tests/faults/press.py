"""Papers whose feeds grow and change while a test kills who reads them, and what must stand of them in the end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count

from imports import triage
from imports.models import Candidate, Decision, Fetch, Item, Keyword, Outcome, Source, State
from tests.imports.serving import Site, Told, rss, serving
from tests.imports.steps import source
from timeline.models import EntryDocument

SYLLABLES = [
    first + second for first in "bdfghklmnprstvz" for second in ("a", "e", "i", "o", "u", "ai", "or", "en")
]
WHOLE = (Outcome.NEW, Outcome.NOTHING, Outcome.UNCHANGED)


@dataclass
class Paper:
    """``told``: all that stands in its feed now; nothing ever leaves it."""

    site: Site
    path: str
    source: Source
    told: list[Told] = field(default_factory=list)

    def print(self) -> None:
        self.site.put(self.path, rss(self.told[::-1]))


class Press:
    """Many papers on few hosts: the first is large, some are trusted, and now and then two tell the same."""

    def __init__(self, sites: list[Site], papers: int, *, seed: int = 1) -> None:
        self.random = random.Random(seed)
        self.number = 0
        Keyword.objects.create(word="model", points=2)
        self.papers = [self._founded(sites[n % len(sites)], n) for n in range(papers)]
        self.large, self.small = self.papers[0], self.papers[1:]
        for paper in self.papers:
            self.tell(paper, 3)

    def _founded(self, site: Site, number: int) -> Paper:
        path = f"/{number}"
        trust = "draft" if number % 5 == 1 else "inbox"
        more = {"name": f"Paper {number}", "shortest": 1, "longest": 2, "interval": 1, "daily_cap": 50}
        return Paper(site, path, source(site.address(path), trust=trust, **more))

    def words(self, number: int) -> str:
        """Nothing that anybody would take for what another item says."""
        choose = self.random.choice
        return " ".join("".join(choose(SYLLABLES) for _ in range(3)) for _ in range(number))

    def tell(self, paper: Paper, number: int) -> None:
        for _ in range(number):
            self.number += 1
            title = self.words(5).capitalize() + (" model" if self.number % 3 == 0 else "")
            link = f"https://paper.example/{self.number}"
            paper.told.append(Told(title, self.words(12), f"{paper.path}-{self.number}", link))
        paper.print()

    def go_on(self, large: int) -> None:
        """More in some papers, a change in another, and what one tells another tells too."""
        self.tell(self.large, large)
        for paper in self.random.sample(self.small, 8):
            self.tell(paper, self.random.randint(1, 3))
        changed = self.random.choice(self.small)
        self.random.choice(changed.told).text = self.words(12)
        changed.print()
        one, other = self.random.sample(self.small, 2)
        said = self.random.choice(one.told)
        if said.link not in {told.link for told in other.told}:
            other.told.append(Told(said.title, said.text, f"{other.path}-{said.guid}", said.link))
            other.print()

    def read_since(self, moment: object) -> bool:
        """Whether each paper was read whole in a fetch that began afterwards, and nobody holds one."""
        whole = Fetch.objects.filter(began_at__gt=moment, outcome__in=WHOLE)
        return whole.values("source").distinct().count() == len(self.papers)

    def stop(self) -> None:
        Source.objects.update(health="off")

    def at_rest(self) -> bool:
        """Nobody holds a source, and the inbox has followed the log."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT (SELECT max(position) FROM ledger_event)"
                " IS NOT DISTINCT FROM (SELECT max(position) FROM ledger_subscription WHERE name = %s)",
                [triage.INBOX],
            )
            level = bool(cursor.fetchone()[0])
        return level and not Source.objects.filter(lease__isnull=False).exists()

    def check(self) -> None:
        """Everything that was told stands once, as it was last told, and is drafted once or not at all."""
        for paper in self.papers:
            stored = {
                item.told["guid"]: item.told["text"] for item in Item.objects.filter(source=paper.source)
            }
            assert stored == {told.guid: told.text for told in paper.told}
            assert Item.objects.filter(source=paper.source).count() == len(paper.told)
        links = {told.link for paper in self.papers for told in paper.told}
        assert sorted(Candidate.objects.values_list("address", flat=True)) == sorted(links)
        assert not Candidate.objects.annotate(told=Count("items")).filter(told=0).exists()
        assert not Source.objects.exclude(lease=None, leased_until=None, failures=0).exists()
        self._check_drafts()

    def _check_drafts(self) -> None:
        accepted = Candidate.objects.filter(state=State.ACCEPTED)
        drafts = {triage.draft_id(candidate) for candidate in accepted}
        assert drafts == set(EntryDocument.objects.values_list("pk", flat=True))
        assert drafts == set(accepted.values_list("document", flat=True))
        assert sorted(decided()) == sorted(accepted.values_list("pk", flat=True))
        assert drafts, "nothing was drafted"


def decided() -> list[int]:
    """The candidates of all decisions to accept."""
    return list(Decision.objects.filter(what="accepted").values_list("candidate", flat=True))


@contextmanager
def press(papers: int, hosts: int) -> Iterator[tuple[Press, str]]:
    """A press, and the setting that allows its hosts to be asked."""
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(f"127.0.0.{number + 2}")) for number in range(hosts)]
        yield Press(sites, papers), ",".join(site.host for site in sites)
