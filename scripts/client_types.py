"""python -m scripts.client_types: write the Python client's types anew, from the API's own description."""

from __future__ import annotations

import json
import keyword
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "clients" / "python" / "aichina_client" / "types.py"
HEAD = '''"""The shapes of answers, written from the API's description by scripts/client_types.py: do not edit.

Dates and moments are texts, as the API sends them.
"""

from __future__ import annotations

from typing import {names}
'''
NAMES = ("Any", "Literal", "NotRequired", "TypedDict")
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "Literal[None]"}


def type_of(schema: dict[str, Any]) -> str:
    """The annotation of a schema."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for joined in ("oneOf", "anyOf", "allOf"):
        if joined in schema:
            return " | ".join(type_of(part) for part in schema[joined])
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    kinds = schema.get("type", "")
    return " | ".join(_plain(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _plain(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"list[{type_of(schema['items'])}]"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"dict[str, {type_of(schema['additionalProperties'])}]"
    return PLAIN.get(kind, "dict[str, Any]" if kind == "object" else "Any")


def shape(name: str, schema: dict[str, Any]) -> str:
    """A schema of the description as a TypedDict, or as an alias."""
    properties = schema.get("properties")
    if properties is None:
        return f"{name} = {type_of(schema)}"
    needed = schema.get("required", [])
    fields = {
        key: type_of(value) if key in needed else f"NotRequired[{type_of(value)}]"
        for key, value in properties.items()
    }
    if any(keyword.iskeyword(key) or not key.isidentifier() for key in fields):
        body = ", ".join(f"{json.dumps(key)}: {value!r}" for key, value in fields.items())
        return f"{name} = TypedDict({name!r}, {{{body}}})"
    return "\n".join([f"class {name}(TypedDict):", *(f"    {key}: {value}" for key, value in fields.items())])


def written(described: dict[str, Any]) -> str:
    """The whole module, of an OpenAPI description."""
    schemas = described["components"]["schemas"]
    aliases = [shape(name, schema) for name, schema in schemas.items() if "properties" not in schema]
    shapes = [shape(name, schema) for name, schema in schemas.items() if "properties" in schema]
    text = "\n".join(["\n".join(aliases), "", *(f"\n{text}\n" for text in shapes)])
    return "\n".join([HEAD.format(names=", ".join(name for name in NAMES if name in text)), text])


if __name__ == "__main__":
    FILE.write_text(written(json.load(sys.stdin)))
