"""What schemathesis cannot know by itself: it loads this module by SCHEMATHESIS_HOOKS."""

from __future__ import annotations

import json
import os
import zlib
from typing import Any
from urllib.parse import urlencode

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

# No description can say which cursors we gave, which moments have passed, which dates are of the calendar, and which
# documents there are.
JUDGED = {"cursor", "after", "as_of", "date_from", "date_to", "category", "actor", "related_to"}
# The web server refuses what is longer, before we are asked.
LONGEST = 8_000
# A longer body is a 413, which they take for consent.
LONGEST_BODY = 1_000
# Nor which addresses may be sent to, which categories there are, and when something was public.
JUDGED_IN_BODIES = {"name", "address", "category", "after", "as_of"}
# There is one of each type under the first, of some under the others.
KEYS = ("one", "gone", "former", "front")


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Most of the time something that there is."""
    if path_parameters and "webhook" in path_parameters and context.operation.method != "delete":
        return {**path_parameters, "webhook": os.environ.get("WEBHOOK", path_parameters["webhook"])}
    if not isinstance(path_parameters, dict) or not isinstance(path_parameters.get("key"), str):
        return path_parameters
    draw = zlib.crc32(path_parameters["key"].encode("utf-8", "replace")) % 8
    known = {"key": ("one", "one", "one", *KEYS)[draw]} if draw < 7 else {}
    number = {"number": 1 + draw % 2} if known and isinstance(path_parameters.get("number"), int) else {}
    return {**path_parameters, **known, **number}


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Most of the time a category that there is."""
    if not isinstance(query, dict) or not isinstance(query.get("category"), str):
        return query
    draw = zlib.crc32(query["category"].encode("utf-8", "replace")) % 8
    return {**query, "category": "one"} if draw < 6 else query


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Nothing that is too long to be read."""
    if isinstance(case.body, dict | list | str) and len(json.dumps(case.body)) > LONGEST_BODY:
        return False
    return len(urlencode(case.query or {}, doseq=True, errors="replace")) < LONGEST


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Nobody waits."""
    if isinstance(case.query.get("wait"), int) and case.query["wait"] > 0:
        case.query["wait"] = 0


@schemathesis.check
def what_is_described_is_taken(context: Any, response: Any, case: Any) -> bool | None:
    """Their check, but for what is judged by what there is, and what there was."""
    sent = {*case.body} if isinstance(case.body, dict) else set()
    if JUDGED & {*case.query} or JUDGED_IN_BODIES & sent or response.status_code == 410:
        return None
    taken: bool | None = positive_data_acceptance(context, response, case)
    return taken
