"""The graph of an actor's relations: where boxes and lines stand. The list below it says the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WIDTH, BOX, HEIGHT, ROW = 720, 200, 44, 60
LONGEST = 23


@dataclass(frozen=True, slots=True)
class Link:
    """A relation as one of its two actors sees it: ``other`` is the other's edition, ``words`` what stands between."""

    other: Any
    words: str
    relation: Any
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A box whose middle is x, y. ``words``: what leads to it; ``line``: from the centre's edge to its own."""

    name: str
    words: str
    x: int
    y: int
    line: tuple[int, int, int, int] = (0, 0, 0, 0)

    @property
    def left(self) -> int:
        return self.x - BOX // 2

    @property
    def top(self) -> int:
        return self.y - HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Graph:
    width: int
    height: int
    centre: Node
    nodes: list[Node]


def graph(name: str, links: list[Link]) -> Graph:
    """What the actor says of others stands to its right, what others say of it to its left."""
    theirs, own = ([link for link in links if link.outgoing is side] for side in (False, True))
    height = max(len(theirs), len(own)) * ROW
    middle = WIDTH // 2 if theirs and own else WIDTH - BOX // 2 if theirs else BOX // 2
    centre = Node(_short(name), "", middle, height // 2)
    return Graph(WIDTH, height, centre, [*_column(theirs, centre, -1), *_column(own, centre, 1)])


def _column(links: list[Link], centre: Node, way: int) -> list[Node]:
    """Boxes below each other at one edge of the drawing."""
    x = BOX // 2 if way < 0 else WIDTH - BOX // 2
    first = centre.y - (len(links) - 1) * ROW // 2
    return [_node(link, centre, way, x, first + place * ROW) for place, link in enumerate(links)]


def _node(link: Link, centre: Node, way: int, x: int, y: int) -> Node:
    line = (centre.x + way * BOX // 2, centre.y, x - way * BOX // 2, y)
    return Node(_short(link.other.title or "Erased"), link.words, x, y, line)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1].rstrip()}…"
