"""What both clients do, without doing it: steps that name a request, or give a result to whoever iterates."""

from __future__ import annotations

import random
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import quote

import httpx2

from aichina_client.problems import Gone, Problem, Unreachable

ROOT = "/api/v1/"
PAGE = 100  # as many as the tracker gives at once
WAIT = 30  # seconds of a long poll
TOO_OFTEN = 429
AGAIN = (TOO_OFTEN, 502, 503, 504)
LONGEST_PAUSE = 60.0

Json = dict[str, Any]
Outcome = httpx2.Response | httpx2.RequestError
Kind = Literal["entries", "actors", "series", "pages", "categories", "front"]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: an address, and what goes along. ``once``: to do it twice would be something else."""

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    method: str = "GET"
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    once: bool = False

    def arguments(self, timeout: float) -> dict[str, Any]:
        """As the HTTP client takes them. ``timeout``: of silence, besides what is to be waited for."""
        return {
            "method": self.method,
            "url": self.path,
            "params": self.parameters or None,
            "json": self.body,
            "headers": self.headers,
            "timeout": httpx2.Timeout(timeout, read=timeout + self.parameters.get("wait", 0)),
        }

    @property
    def without_waiting(self) -> Ask:
        return replace(
            self, parameters={name: text for name, text in self.parameters.items() if name != "wait"}
        )


@dataclass(frozen=True, slots=True)
class Give:
    """A result for whoever iterates."""

    value: Json


Steps = Generator[Ask | Give, Json, None]


def place(*names: str) -> str:
    """The address of what is called so."""
    return ROOT + "".join(f"{quote(name, safe='')}/" for name in names)


def one(kind: Kind, key: str, edition: int | None, parameters: Mapping[str, Any]) -> Ask:
    """One document, by its id or slug: as it is now, as of the moment in the parameters, or an edition of it."""
    names = () if edition is None else ("editions", str(edition))
    return Ask(place(kind, key, *names), parameters)


def of_webhook(method: str, *names: str, **body: Any) -> Ask:
    """What is done with a webhook, and once."""
    return Ask(place("webhooks", *names), method=method, body=body or None, once=True)


def of_package(as_of: str | None) -> Ask:
    """What is made already is not made again: to ask twice is no harm."""
    return Ask(place("packages"), method="POST", body={"as_of": as_of} if as_of else None)


def whole(path: str) -> Steps:
    """All of a list that comes at once."""
    page = yield Ask(path)
    for item in page["results"]:
        yield Give(item)


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
            page = yield Ask(place("changes"), {"limit": PAGE, **parameters, **after, **wait})
            for change in page["results"]:
                self.cursor = change["cursor"]
                yield Give(change)
            self.cursor = page["cursor"]
            if not page["has_more"] and not follow:
                return


def given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that were given a value, as addresses have them."""
    return {name: _written(value) for name, value in parameters.items() if value is not None}


def _written(value: Any) -> Any:
    """Several values with commas between; a day or a moment as RFC 3339 has it."""
    if isinstance(value, list | tuple):
        return ",".join(value)
    return value.isoformat() if isinstance(value, date) else value


def body(response: httpx2.Response) -> Json:
    """The JSON of an answer. Raises Problem where it is a refusal, Unreachable where it is no JSON."""
    if response.status_code == 204:
        return {}
    try:
        found = response.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unreachable(f"{response.url} answered {response.status_code} with what is no JSON.")
    if response.status_code >= 400:
        raise (Gone if response.status_code == 410 else Problem)(response.status_code, found)
    return found


class Attempts:
    """How often something was asked, and when it is asked again: later each time, and not all clients at once.

    ``ask``: what is to be asked now. Where too many wait for news, who asks without waiting is answered.
    """

    def __init__(self, ask: Ask, most: int) -> None:
        self.ask, self._most, self._made = ask, most, 0

    def pause(self, outcome: Outcome) -> float | None:
        """Seconds after which to ask again; None where the outcome stands. Raises Unreachable where that is none."""
        self._made += 1
        if self._made < self._most and self._passes(outcome):
            self.ask = self.ask.without_waiting
            return asked_for(outcome, random.uniform(0.5, 1) * 2 ** (self._made - 1))  # noqa: S311 - it hides nothing
        if isinstance(outcome, httpx2.RequestError):
            raise Unreachable(f"{self.ask.path} was asked {self._made} times: {outcome}.") from outcome
        return None

    def _passes(self, outcome: Outcome) -> bool:
        """What would be done twice is asked again only where it was certainly not done."""
        if isinstance(outcome, httpx2.RequestError):
            return not self.ask.once or isinstance(outcome, httpx2.ConnectError | httpx2.ConnectTimeout)
        return outcome.status_code == TOO_OFTEN or (outcome.status_code in AGAIN and not self.ask.once)


def asked_for(outcome: Outcome, otherwise: float) -> float:
    """For how many seconds the tracker wants to be left alone; never more than a minute."""
    text = outcome.headers.get("retry-after", "") if isinstance(outcome, httpx2.Response) else ""
    return min(float(text) if text.isascii() and text.isdigit() else _until(text, otherwise), LONGEST_PAUSE)


def _until(date: str, otherwise: float) -> float:
    """Seconds until a date of HTTP, as a server in front may say it."""
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, TypeError, OverflowError):
        return otherwise
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - datetime.now(UTC)).total_seconds(), 0.0)


def headers(key: str | None) -> dict[str, str]:
    """What goes along with each request."""
    return {"Accept": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
