"""The opening content: files of content/ become documents, through the commands that editors use.

Everything of a file is checked before anything of it is loaded. A document that exists is left alone, unless it is
one that this loader began and did not finish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from aichina.people import AUTHOR, PUBLISHER, REVIEWER
from editorial.commands import Approve, Command, Draft, Publish, Submit
from editorial.dispatch import dispatch, load
from editorial.models import document_model
from editorial.workflow import Person, Refusal, Refused, Stage, State, slug_problem
from ledger import log

ORIGIN = "opening content"


class BadContent(ValueError):
    """One sentence for each fault, naming file, item and field."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Item:
    """One document to be: its content as the event keeps it."""

    file: str
    type: str
    key: str
    content: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        return document_id(self.type, self.key)


def document_id(type_name: str, key: str) -> UUID:
    """The id of a document of the opening content."""
    return uuid5(NAMESPACE_URL, f"aichina:{type_name}/{key}")


class Malformed(ValueError):
    """A field of an item has another shape than it should."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")


def _category(data: Mapping[str, Any]) -> dict[str, Any]:
    content = {name: value for name, value in data.items() if name != "label"}
    return content | {"title": data.get("label", "")}


def _entry(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        "categories": _ids("category", "categories", data),
        "related": _ids("entry", "related", data),
        "actors": _referring(data, "actors", "id"),
    }


def _actor(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "relations": _referring(data, "relations", "target")}


def _series(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "beside": _ids("series", "beside", data)}


def _front(data: Mapping[str, Any]) -> dict[str, Any]:
    chosen = {name: _ids(type_name, name, data) for name, type_name in document_model("front").REFERS.items()}
    return {**data, **{name: [{"id": key} for key in keys] for name, keys in chosen.items()}}


def _ids(type_name: str, field: str, data: Mapping[str, Any]) -> list[str]:
    keys = data.get(field, [])
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Malformed(field, "a list of keys is expected.")
    return [str(document_id(type_name, key)) for key in keys]


def _referring(data: Mapping[str, Any], field: str, name: str) -> list[dict[str, Any]]:
    """Items that each name an actor by its key."""
    listed = data.get(field, [])
    if not isinstance(listed, list) or not all(isinstance(item, Mapping) for item in listed):
        raise Malformed(field, "a list of items is expected.")
    for number, item in enumerate(listed, start=1):
        if not isinstance(item.get(name), str) or slug_problem(item[name]):
            raise Malformed(field, f"{number}. {name}: the key of an actor is expected.")
    return [{**item, name: str(document_id("actor", item[name]))} for item in listed]


# In the order in which they are published: what is referred to comes first.
FILES: tuple[tuple[str, str, Callable[[Mapping[str, Any]], dict[str, Any]]], ...] = (
    ("categories.yaml", "category", _category),
    ("pages.yaml", "page", dict),
    ("actors.yaml", "actor", _actor),
    ("metrics.yaml", "series", _series),
    ("milestones.yaml", "entry", _entry),
    ("updates.yaml", "entry", _entry),
    ("front.yaml", "front", _front),
)


def read(folder: Path) -> list[Item]:
    """All items of the folder. Raises BadContent with every fault of every file."""
    faults: list[str] = []
    items = [item for name, kind, shape in FILES for item in _read_file(folder / name, kind, shape, faults)]
    seen: set[UUID] = set()
    for item in items:
        if item.id in seen:
            faults.append(f"{item.file}, {item.key}: key: this key stands twice.")
        seen.add(item.id)
    faults += _unknown_references(items)
    if faults:
        raise BadContent(faults)
    return items


def _unknown_references(items: list[Item]) -> Iterator[str]:
    """References to what is neither among the items nor in the tracker: a misspelt key.

    Actors may get their profiles later.
    """
    for item in items:
        for field, type_name in document_model(item.type).REFERS.items():
            ids = _referred(item.content.get(field, [])) if type_name != "actor" else []
            missing = {*ids} - {other.id for other in items}
            missing -= {
                *document_model(type_name)._base_manager.filter(pk__in=missing).values_list("pk", flat=True)
            }
            if missing:
                yield f"{item.file}, {item.key}: {field}: there is no such {type_name}."
            if item.id in ids:
                yield f"{item.file}, {item.key}: {field}: it refers to itself."


def _referred(listed: list[Any]) -> list[UUID]:
    """The ids of a list of ids, or of items that have one."""
    return [UUID(one["id"] if isinstance(one, Mapping) else one) for one in listed]


def _read_file(
    path: Path, kind: str, shape: Callable[[Mapping[str, Any]], dict[str, Any]], faults: list[str]
) -> Iterator[Item]:
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        faults.append(f"{path.name}: cannot be read: {error}")
        return
    if not isinstance(listed, list):
        faults.append(f"{path.name}: a list of items is expected.")
        return
    for number, data in enumerate(listed, start=1):
        item, wrong = _item(path.name, kind, number, data, shape)
        faults += wrong
        if item is not None:
            yield item


def _item(
    file: str, kind: str, number: int, data: Any, shape: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> tuple[Item | None, list[str]]:
    key = str(data.get("key", "")) if isinstance(data, Mapping) else ""
    if problem := slug_problem(key):
        return None, [f"{file}, item {number}: key: {problem}"]
    try:
        shaped = shape({name: value for name, value in data.items() if name != "key"})
    except Malformed as error:
        return None, [f"{file}, {key}: {error}"]
    model = document_model(kind)
    content, refusals = model.clean_content(shaped)
    refusals += tuple(model.problems({**model.blank(), **content})) if not refusals else ()
    return Item(file, kind, key, content), [_fault(file, key, refusal) for refusal in refusals]


def _fault(file: str, key: str, refusal: Refusal) -> str:
    return f"{file}, {key}: {refusal.field}: {refusal.text}"


def load_items(items: list[Item], people: Mapping[str, Person], tell: Callable[[str], None]) -> int:
    """Publish what is not there yet. Returns how many documents were published. Raises BadContent."""
    published = 0
    for item in items:
        if _to_do(item):
            for command, person in _steps(item):
                _issue(command, item, people[person])
            published += 1
            tell(f"{item.file}: {item.key}")
    return published


def _issue(command: Command, item: Item, by: Person) -> None:
    try:
        dispatch(command, type=item.type, document=item.id, by=by, metadata={"origin": ORIGIN})
    except Refused as refused:
        raise BadContent([_fault(item.file, item.key, refusal) for refusal in refused.refusals]) from refused


def _state(item: Item) -> State:
    return load(document_model(item.type), item.id)


def _to_do(item: Item) -> bool:
    """Whether the document is missing, or begun by this loader and never published."""
    state = _state(item)
    if state.stage is Stage.ABSENT:
        return True
    if state.editions or state.stage is Stage.DISCARDED:
        return False
    return all(recorded.metadata.get("origin") == ORIGIN for recorded in log.stream(item.id))


def _steps(item: Item) -> Iterator[tuple[Command, str]]:
    """The commands that are left, each read from the state that the one before left behind."""
    while True:
        state = _state(item)
        if state.stage is Stage.ABSENT:
            yield Draft(item.content, item.key), AUTHOR
        elif state.stage is Stage.DRAFT:
            yield Submit(), AUTHOR
        elif state.stage is Stage.IN_REVIEW:
            yield Approve(state.content_version), REVIEWER
        elif state.stage is Stage.APPROVED:
            yield Publish(state.content_version), PUBLISHER
        else:
            return
