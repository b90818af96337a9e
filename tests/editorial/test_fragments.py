"""What an edition says by itself is made once, and is gone with its text."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.test import Client

from editorial.api.shapes import EditionSerializer
from syndication.types import VIEWS
from tests.editorial_steps import publish_actor, publish_category, publish_entry
from tests.keeping import forget

ENTRIES = "/api/v1/entries/"


def shown(path: str = ENTRIES) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("type_name", VIEWS)
def test_what_is_kept_of_an_edition_rests_on_it_alone(type_name: str) -> None:
    """All other fields are made by a method, each time."""
    serializer = VIEWS[type_name].SERIALIZER
    assert EditionSerializer.AROUND <= serializer.AROUND <= serializer._declared_fields.keys()
    assert all(callable(getattr(serializer, f"get_{name}")) for name in serializer.AROUND)


@pytest.mark.django_db
def test_only_what_is_new_is_made_again() -> None:
    forget()
    category, actor = publish_category("rules"), publish_actor("lab")
    for n in range(3):
        publish_entry(
            f"e-{n}", categories=[str(category.id)], actors=[{"id": str(actor.id), "role": "acted"}]
        )
    before = shown()
    with patch.object(
        EditionSerializer, "to_representation", autospec=True, side_effect=EditionSerializer.to_representation
    ) as made:
        category.revise(title="Rules, renamed").publish(note="Better.")
        after = shown()
        assert made.call_count == 0
        publish_entry("e-3")
        shown()
        assert made.call_count == 1
    assert ["Rules, renamed" in text for text in (before, after)] == [False, True]


def test_what_is_erased_is_not_shown_from_memory_however_often(committed_db: str) -> None:
    doc = publish_entry("a", summary="The first secret.")
    for secret in ("The first secret.", "The second secret."):
        assert secret in shown()
        call_command("erase", "entry", str(doc.id), "--field", "summary", "--ground", "Court order 7")
        assert secret not in shown() + shown(f"{ENTRIES}a/editions/1/") + shown(f"{ENTRIES}a/")
        doc.correct(summary="The second secret.")
    forget()


@pytest.mark.django_db
def test_what_a_withdrawal_hides_is_not_shown_from_memory() -> None:
    doc = publish_entry("a", body="A secret.")
    position = Client().get(ENTRIES).json()["as_of"]["position"]
    past = f"{ENTRIES}?as_of={position}"
    assert all("A secret." in text for text in (shown(), shown(past)))
    doc.withdraw()
    assert "A secret." not in shown() + shown(past)
