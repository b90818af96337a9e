"""What a process keeps from one request to the next."""

from __future__ import annotations

from editorial import kept
from editorial.api.fragments import fragments
from editorial.api.references import names
from editorial.counting import counts
from editorial.lately import Lately, memory


def forget() -> None:
    """As after a start."""
    kept.answers.clear()
    fragments.clear()
    counts.clear()
    names.clear()
    memory.lately = Lately()
