"""The client for programs that wait."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Self, cast

import httpx2

from aichina_client import protocol, types
from aichina_client.problems import Unreachable
from aichina_client.protocol import Ask, Cursor, Json, Steps, given


class Changes(Iterator[types.Change]):
    """The changes behind a cursor, one by one. ``cursor``: where to go on, if the program ends here."""

    def __init__(self, client: Client, after: str | None, parameters: Json, *, follow: bool) -> None:
        self._place = Cursor(after)
        self._found = client._run(self._place.steps(parameters, follow=follow))

    @property
    def cursor(self) -> str | None:
        return self._place.cursor

    def __next__(self) -> types.Change:
        return cast("types.Change", next(self._found))


class Client:
    """Reads the tracker at ``address``. A ``key`` raises its limits; ``timeout`` is in seconds.

    What fails in passing is asked again, ``attempts`` times in all. Every method raises Problem, Gone and Unreachable.
    Parameters are those of docs/api.md; a list of values may be given where several are taken.
    """

    def __init__(
        self, address: str, *, key: str | None = None, timeout: float = 60.0, attempts: int = 5
    ) -> None:
        self._http = httpx2.Client(
            base_url=address, headers=protocol.headers(key), timeout=timeout, follow_redirects=True
        )
        self._attempts = attempts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def changes(
        self, after: str | None = None, *, follow: bool = False, type: str | None = None, category: str | None = None
    ) -> Changes:  # fmt: skip
        """What became public behind the cursor ``after``, oldest first; with ``follow`` it waits for more, for ever."""
        return Changes(self, after, given({"type": type, "category": category}), follow=follow)

    def entries(self, **parameters: Any) -> Iterator[types.Entry]:
        return cast("Iterator[types.Entry]", self._listed("entries", parameters))

    def entry(self, key: str, **parameters: Any) -> types.EntryWithMoment:
        return cast("types.EntryWithMoment", self._one("entries", key, parameters))

    def actors(self, **parameters: Any) -> Iterator[types.Actor]:
        return cast("Iterator[types.Actor]", self._listed("actors", parameters))

    def actor(self, key: str, **parameters: Any) -> types.ActorWithMoment:
        return cast("types.ActorWithMoment", self._one("actors", key, parameters))

    def all_series(self, **parameters: Any) -> Iterator[types.Series]:
        return cast("Iterator[types.Series]", self._listed("series", parameters))

    def series(self, key: str, **parameters: Any) -> types.SeriesWithMoment:
        return cast("types.SeriesWithMoment", self._one("series", key, parameters))

    def pages(self, **parameters: Any) -> Iterator[types.Page]:
        return cast("Iterator[types.Page]", self._listed("pages", parameters))

    def page(self, key: str, **parameters: Any) -> types.PageWithMoment:
        return cast("types.PageWithMoment", self._one("pages", key, parameters))

    def categories(self, **parameters: Any) -> Iterator[types.Category]:
        return cast("Iterator[types.Category]", self._listed("categories", parameters))

    def category(self, key: str, **parameters: Any) -> types.CategoryWithMoment:
        return cast("types.CategoryWithMoment", self._one("categories", key, parameters))

    def _listed(self, kind: str, parameters: Json) -> Iterator[Json]:
        return self._run(protocol.listed(f"{protocol.ROOT}{kind}/", given(parameters)))

    def _one(self, kind: str, key: str, parameters: Json) -> Json:
        return self._ask(protocol.one(kind, key, given(parameters)))

    def _run(self, steps: Steps) -> Iterator[Json]:
        step = next(steps, None)
        while step is not None:
            if isinstance(step, Ask):
                step = protocol.after(steps, self._ask(step))
            else:
                yield step.value
                step = next(steps, None)

    def _ask(self, ask: Ask) -> Json:
        for pause in protocol.pauses(self._attempts):
            try:
                response = self._http.get(ask.path, params=ask.parameters or None)
            except httpx2.RequestError:
                time.sleep(pause)
                continue
            if response.status_code not in protocol.AGAIN:
                return protocol.body(response)
            time.sleep(protocol.asked_for(response, pause))
        try:
            return protocol.body(self._http.get(ask.path, params=ask.parameters or None))
        except httpx2.RequestError as error:
            raise Unreachable(f"{ask.path} was asked {self._attempts} times: {error}.") from error
