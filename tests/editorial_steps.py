"""Steps that tests take through the workflow: people, and documents brought to a stage by real commands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import Group

from editorial import commands as c
from editorial.dispatch import Outcome, dispatch, load
from editorial.models import User, document_model
from editorial.workflow import Person, Role, State

AUTHOR = Person("aaaaaaaa-0000-4000-8000-000000000001", Role.AUTHOR)
REVIEWER = Person("aaaaaaaa-0000-4000-8000-000000000002", Role.REVIEWER)
PUBLISHER = Person("aaaaaaaa-0000-4000-8000-000000000003", Role.PUBLISHER)
CHIEF = Person("aaaaaaaa-0000-4000-8000-000000000004", Role.CHIEF_EDITOR)

SOURCE = {
    "publisher": "Xinhua",
    "title": "人工智能",
    "language": "zh",
    "date": "2026-03",
    "url": "https://example.org/a",
}

GROUPS = ("Author", "Reviewer", "Publisher", "Chief editor")


@cache
def _hashed(password: str, algorithm: str) -> str:
    """Once for all tests: a hash that withstands a search takes long."""
    return make_password(password, hasher=algorithm)


def make_people() -> dict[str, User]:
    """A user in each group, by the group's name; user name and password are the group's name in small letters."""
    people = {}
    for group in GROUPS:
        name = group.lower().replace(" ", "-")
        user = User(
            username=name, password=_hashed(name, get_hasher().algorithm), first_name=group, is_staff=True
        )
        user.save()
        user.groups.add(Group.objects.get(name=group))
        people[group] = user
    return people


@dataclass
class Doc:
    """A document under test, and the commands that people give it."""

    type: str = "entry"
    id: UUID = field(default_factory=uuid4)

    def do(self, command: c.Command, by: Person = CHIEF, **metadata: Any) -> Outcome:
        return dispatch(command, type=self.type, document=self.id, by=by, metadata=metadata)

    @property
    def state(self) -> State:
        return load(document_model(self.type), self.id)

    @property
    def seen(self) -> int:
        return self.state.content_version

    def draft(self, content: Mapping[str, Any], slug: str = "") -> Doc:
        self.do(c.Draft(content, slug), AUTHOR)
        return self

    def revise(self, **content: Any) -> Doc:
        self.do(c.Revise(content, self.seen), AUTHOR)
        return self

    def approve(self) -> Doc:
        """From draft through review."""
        self.do(c.Submit(), AUTHOR)
        self.do(c.Approve(self.seen), REVIEWER)
        return self

    def publish(self, change: str = "major", note: str = "") -> Doc:
        """From draft to public, by three people."""
        self.approve()
        self.do(c.Publish(self.seen, change, note), PUBLISHER)
        return self

    def correct(self, note: str = "The figure was wrong.", **content: Any) -> Doc:
        return self.revise(**content).publish("correction", note)

    def withdraw(self, notice: str = "It rested on a forged document.", *, hide_past: bool = True) -> Doc:
        self.do(c.Withdraw(notice, hide_past), PUBLISHER)
        return self

    def reinstate(self, note: str = "The document was genuine.") -> Doc:
        self.do(c.Reinstate(note), PUBLISHER)
        return self

    def merge(self, into: Doc, note: str = "They are one.") -> Doc:
        self.do(c.Merge(str(into.id), note), PUBLISHER)
        return self

    def unmerge(self, note: str = "They are two.") -> Doc:
        self.do(c.Unmerge(note), PUBLISHER)
        return self

    def rename(self, slug: str) -> Doc:
        self.do(c.Rename(slug), PUBLISHER)
        return self


def draft_category(key: str = "regulation", label: str = "Regulation", order: int = 1) -> Doc:
    return Doc("category").draft({"title": label, "order": order, "text": f"About {label}."}, key)


def publish_category(key: str = "regulation", label: str = "Regulation", order: int = 1) -> Doc:
    return draft_category(key, label, order).publish()


def publish_page(slug: str = "about", **content: Any) -> Doc:
    return Doc("page").draft({"title": "About", "text": "It is **open**.", **content}, slug).publish()


def draft_actor(slug: str = "", **content: Any) -> Doc:
    named = {
        "kind": "company",
        "title": "Zhipu AI",
        "text": "It makes models.",
        "country": "CN",
        "sources": [SOURCE],
    }
    return Doc("actor").draft({**named, **content}, slug)


def publish_actor(slug: str = "", **content: Any) -> Doc:
    return draft_actor(slug, **content).publish()


def entry_content(**content: Any) -> dict[str, Any]:
    """Content that may be published."""
    return {
        "kind": "milestone",
        "title": "China signs a declaration",
        "summary": "It joins other states.",
        "date": "2023-11-01",
        "categories": [str(uuid4())],
        "sources": [SOURCE],
        **content,
    }


def draft_entry(slug: str = "", **content: Any) -> Doc:
    return Doc().draft(entry_content(**content), slug)


def publish_entry(slug: str = "", **content: Any) -> Doc:
    return draft_entry(slug, **content).publish()


OBSERVATIONS = [
    {"period": "2023", "value": "276288"},
    {"period": "2024", "value": "295000", "status": "provisional", "note": "as first published"},
]


def draft_series(slug: str = "", **content: Any) -> Doc:
    named = {
        "title": "Industrial robots installed in China",
        "unit": "units",
        "definition": "Robots that factories put to work in a year.",
        "frequency": "annual",
        "chart": "bar",
        "geography": "CN",
        "sources": [{"publisher": "International Federation of Robotics", "language": "en"}],
        "observations": OBSERVATIONS,
    }
    return Doc("series").draft({**named, **content}, slug)


def publish_series(slug: str = "", **content: Any) -> Doc:
    return draft_series(slug, **content).publish()


def publish_front(**content: Any) -> Doc:
    return Doc("front").draft({"title": "Front page", **content}, "front").publish()
