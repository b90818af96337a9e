"""The graph of an actor's relations: where boxes and lines stand. The list below it says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WIDTH, ROW, BOX, HALF = 720, 56, 200, 18
CENTRE = WIDTH // 2
LONGEST = 26


@dataclass(frozen=True, slots=True)
class Link:
    """A relation as one of its two actors sees it: ``other`` is the other's edition, ``words`` what stands between."""

    other: Any
    words: str
    relation: Any
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A box around x, y; ``line`` leads from the centre's edge to the box's."""

    link: Link
    name: str
    x: int
    y: int
    line: tuple[int, int, int, int]

    @property
    def middle(self) -> tuple[int, int]:
        """Where the words stand: on the line, nearer to the box."""
        x1, y1, x2, y2 = self.line
        return (x1 + 2 * x2) // 3, (y1 + 2 * y2) // 3 - 4


@dataclass(frozen=True, slots=True)
class Graph:
    name: str
    width: int
    height: int
    x: int
    y: int
    nodes: list[Node]


def graph(name: str, links: list[Link]) -> Graph:
    """What the actor says of others stands to its right, what others say of it to its left."""
    sides = [[link for link in links if link.outgoing is outgoing] for outgoing in (False, True)]
    height = max(len(side) for side in sides) * ROW + ROW
    nodes = [node for side in sides for node in _column(side, height)]
    return Graph(_short(name), WIDTH, height, CENTRE, height // 2, nodes)


def _column(links: list[Link], height: int) -> list[Node]:
    first = (height - (len(links) - 1) * ROW) // 2
    return [_node(link, first + place * ROW, height // 2) for place, link in enumerate(links)]


def _node(link: Link, y: int, centre: int) -> Node:
    way = 1 if link.outgoing else -1
    x = CENTRE + way * (WIDTH - BOX) // 2
    line = (CENTRE + way * BOX // 2, centre, x - way * BOX // 2, y)
    return Node(link, _short(link.other.title or "Erased"), x, y, line)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
