"""What both clients do, without doing it: steps that name a request, or give a result to whoever iterates."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx2

from aichina_client.problems import Gone, Problem, Unreachable

ROOT = "/api/v1/"
PAGE = 100  # as many as the tracker gives at once
WAIT = 30  # seconds of a long poll
AGAIN = (429, 502, 503, 504)
LONGEST_PAUSE = 60.0

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: an address below the tracker's, and its parameters."""

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Give:
    """A result for whoever iterates."""

    value: Json


Steps = Generator[Ask | Give, Json, None]


def one(kind: str, key: str, parameters: Mapping[str, Any]) -> Ask:
    """One document, by its id or slug."""
    return Ask(f"{ROOT}{kind}/{quote(key, safe='')}/", parameters)


def listed(path: str, parameters: Mapping[str, Any]) -> Steps:
    """All of a list, page by page, at the position at which it began."""
    ask = Ask(path, {"limit": PAGE, **parameters})
    while True:
        page = yield ask
        for item in page["results"]:
            yield Give(item)
        if not page["next"]:
            return
        ask = Ask(page["next"])


def after(steps: Steps, page: Json) -> Ask | Give | None:
    """The step that follows the answer; None at the end."""
    try:
        return steps.send(page)
    except StopIteration:
        return None


class Cursor:
    """Where a walk through the changes stands: keep ``cursor``, and hand it over as ``after`` next time.

    While a change is in your hands it is that change's; once all was told, it is where nothing is new.
    """

    def __init__(self, after: str | None) -> None:
        self.cursor = after

    def steps(self, parameters: Mapping[str, Any], *, follow: bool) -> Steps:
        """All that became public behind the cursor; with ``follow``, for ever."""
        while True:
            after = {"after": self.cursor} if self.cursor else {}
            wait = {"wait": WAIT} if follow and self.cursor else {}
            page = yield Ask(f"{ROOT}changes/", {"limit": PAGE, **parameters, **after, **wait})
            for change in page["results"]:
                self.cursor = change["cursor"]
                yield Give(change)
            self.cursor = page["cursor"]
            if not page["has_more"] and not follow:
                return


def given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were given a value; several in one are separated by commas."""
    return {
        name: ",".join(value) if isinstance(value, list | tuple) else value
        for name, value in parameters.items()
        if value is not None
    }


def body(response: httpx2.Response) -> Json:
    """The JSON of an answer. Raises Problem where it is a refusal, Unreachable where it is no JSON."""
    try:
        found = response.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable(f"{response.url} answered {response.status_code} with what is no JSON.")
    if response.status_code >= 400:
        raise (Gone if response.status_code == 410 else Problem)(response.status_code, found)
    return found


def pauses(attempts: int) -> Iterator[float]:
    """Seconds to wait before each further attempt: more each time, and not the same for all clients."""
    for attempt in range(attempts - 1):
        yield random.uniform(0.5, 1) * 2**attempt  # noqa: S311 - it hides nothing


def asked_for(response: httpx2.Response, otherwise: float) -> float:
    """For how many seconds the tracker wants to be left alone; never more than a minute."""
    text = response.headers.get("retry-after", "")
    return min(float(text) if text.isascii() and text.isdigit() else otherwise, LONGEST_PAUSE)


def headers(key: str | None) -> dict[str, str]:
    """What goes along with each request."""
    return {"Accept": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
