"""What would break clients between two descriptions of the API: the promise of docs/api.md, “Versions”, as code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

Schema = Mapping[str, Any]
METHODS = ("get", "head", "post", "put", "patch", "delete")


def breaks(before: Schema, after: Schema, *, today: date) -> list[str]:
    """Every break, in words. What was announced, and whose sunset has passed, may go."""
    found: list[str] = []
    for path, operations in before["paths"].items():
        for method in METHODS:
            if method not in operations or _over(operations[method], today):
                continue
            there = after["paths"].get(path, {}).get(method)
            where = f"{method.upper()} {path}"
            if there is None:
                found.append(f"{where} is gone")
            else:
                found += [f"{where}: {text}" for text in _operation(operations[method], there, before, after)]
    return found


def _over(operation: Schema, today: date) -> bool:
    sunset = operation.get("x-sunset")
    return bool(operation.get("deprecated") and sunset and date.fromisoformat(sunset) <= today)


def _operation(old: Schema, new: Schema, before: Schema, after: Schema) -> Iterator[str]:
    yield from _parameters(old, new)
    if _locked(new) and not _locked(old):
        yield "it asks for a key"
    yield from _contents(
        "the body", _content(old.get("requestBody")), _content(new.get("requestBody")), before, after, False
    )
    for status, response in old.get("responses", {}).items():
        if not status.startswith("2"):
            continue
        if status not in new.get("responses", {}):
            yield f"it no longer answers {status}"
            continue
        given, gives = response.get("content", {}), new["responses"][status].get("content", {})
        yield from _contents(f"the answer {status}", given, gives, before, after, True)


def _locked(operation: Schema) -> bool:
    """Whether nobody comes in without a key; ``{}`` among the ways in is the open one."""
    ways = operation.get("security", [])
    return bool(ways) and {} not in ways


def _content(body: Schema | None) -> Schema:
    return (body or {}).get("content", {})


def _parameters(old: Schema, new: Schema) -> Iterator[str]:
    there = {(p["in"], p["name"]): p for p in new.get("parameters", [])}
    known = {(p["in"], p["name"]): p for p in old.get("parameters", [])}
    for key, parameter in known.items():
        if key not in there:
            yield f"the parameter {key[1]} is gone"
        else:
            yield from _narrower(
                f"the parameter {key[1]}", parameter.get("schema", {}), there[key].get("schema", {})
            )
    for key in there.keys() - known.keys():
        if there[key].get("required"):
            yield f"the parameter {key[1]} is new, and must be given"


def _narrower(what: str, old: Schema, new: Schema) -> Iterator[str]:
    """What is taken from clients must go on being taken."""
    if _types(old) - _types(new) and _types(new):
        yield f"{what} is no longer {', '.join(sorted(_types(old)))}"
    if "enum" in new and (gone := [v for v in old.get("enum", ["anything"]) if v not in new["enum"]]):
        yield f"{what} no longer takes {', '.join(map(str, gone))}"
    for name, worse in (("maximum", min), ("maxLength", min), ("minimum", max), ("minLength", max)):
        if name in new and (name not in old or worse(old[name], new[name]) != old[name]):
            yield f"{what} has another {name}"
    if new.get("pattern") not in (None, old.get("pattern")):
        yield f"{what} has another pattern"


def _contents(
    what: str, old: Schema, new: Schema, before: Schema, after: Schema, given: bool
) -> Iterator[str]:
    for media, content in old.items():
        if media not in new:
            yield f"{what} is no longer {media}"
        else:
            there = new[media].get("schema", {})
            yield from _shape(what, content.get("schema", {}), there, before, after, given, ())


def _shape(
    what: str, old: Schema, new: Schema, before: Schema, after: Schema, given: bool, seen: tuple[str, ...]
) -> Iterator[str]:
    """``given``: we give it, so that nothing may be missing from it; else we take it, and may not ask for more."""
    if (name := old.get("$ref", "")) and name in seen:
        return
    seen = (*seen, name) if name else seen
    old, new = _resolved(old, before), _resolved(new, after)
    if _types(old) != _types(new) and (_types(new) - _types(old) if given else _types(old) - _types(new)):
        yield f"{what} is {', '.join(sorted(_types(new)))}"
    properties, there = old.get("properties", {}), new.get("properties", {})
    for key, value in properties.items():
        if key not in there:
            yield f"{what} has no {key}"
        else:
            yield from _shape(f"{what}, {key}", value, there[key], before, after, given, seen)
    yield from _needed(what, old, new, there, given)
    if "items" in old and "items" in new:
        yield from _shape(f"{what}, each", old["items"], new["items"], before, after, given, seen)
    if not given:
        yield from _narrower(what, old, new)


def _needed(what: str, old: Schema, new: Schema, there: Schema, given: bool) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    if given:
        yield from (f"{what} may lack {key}" for key in sorted((before - after) & there.keys()))
    else:
        yield from (f"{what} must have {key}" for key in sorted(after - before))


def _resolved(schema: Schema, whole: Schema) -> Schema:
    while "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _types(schema: Schema) -> set[str]:
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds)
