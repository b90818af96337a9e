"""The client for programs that use asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Self, cast

import httpx2

from aichina_client import protocol, types
from aichina_client.problems import Unreachable
from aichina_client.protocol import Ask, Cursor, Json, Steps, given


class Changes(AsyncIterator[types.Change]):
    """The changes behind a cursor, one by one. ``cursor``: where to go on, if the program ends here."""

    def __init__(self, client: AsyncClient, after: str | None, parameters: Json, *, follow: bool) -> None:
        self._place = Cursor(after)
        self._found = client._run(self._place.steps(parameters, follow=follow))

    @property
    def cursor(self) -> str | None:
        return self._place.cursor

    async def __anext__(self) -> types.Change:
        return cast("types.Change", await anext(self._found))


class AsyncClient:
    """Reads the tracker at ``address``. A ``key`` raises its limits; ``timeout`` is in seconds.

    What fails in passing is asked again, ``attempts`` times in all. Every method raises Problem, Gone and Unreachable.
    Parameters are those of docs/api.md; a list of values may be given where several are taken.
    """

    def __init__(
        self, address: str, *, key: str | None = None, timeout: float = 60.0, attempts: int = 5
    ) -> None:
        self._http = httpx2.AsyncClient(
            base_url=address, headers=protocol.headers(key), timeout=timeout, follow_redirects=True
        )
        self._attempts = attempts

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    def changes(
        self, after: str | None = None, *, follow: bool = False, type: str | None = None, category: str | None = None
    ) -> Changes:  # fmt: skip
        """What became public behind the cursor ``after``, oldest first; with ``follow`` it waits for more, for ever."""
        return Changes(self, after, given({"type": type, "category": category}), follow=follow)

    def entries(self, **parameters: Any) -> AsyncIterator[types.Entry]:
        return cast("AsyncIterator[types.Entry]", self._listed("entries", parameters))

    async def entry(self, key: str, **parameters: Any) -> types.EntryWithMoment:
        return cast("types.EntryWithMoment", await self._one("entries", key, parameters))

    def actors(self, **parameters: Any) -> AsyncIterator[types.Actor]:
        return cast("AsyncIterator[types.Actor]", self._listed("actors", parameters))

    async def actor(self, key: str, **parameters: Any) -> types.ActorWithMoment:
        return cast("types.ActorWithMoment", await self._one("actors", key, parameters))

    def all_series(self, **parameters: Any) -> AsyncIterator[types.Series]:
        return cast("AsyncIterator[types.Series]", self._listed("series", parameters))

    async def series(self, key: str, **parameters: Any) -> types.SeriesWithMoment:
        return cast("types.SeriesWithMoment", await self._one("series", key, parameters))

    def pages(self, **parameters: Any) -> AsyncIterator[types.Page]:
        return cast("AsyncIterator[types.Page]", self._listed("pages", parameters))

    async def page(self, key: str, **parameters: Any) -> types.PageWithMoment:
        return cast("types.PageWithMoment", await self._one("pages", key, parameters))

    def categories(self, **parameters: Any) -> AsyncIterator[types.Category]:
        return cast("AsyncIterator[types.Category]", self._listed("categories", parameters))

    async def category(self, key: str, **parameters: Any) -> types.CategoryWithMoment:
        return cast("types.CategoryWithMoment", await self._one("categories", key, parameters))

    def _listed(self, kind: str, parameters: Json) -> AsyncIterator[Json]:
        return self._run(protocol.listed(f"{protocol.ROOT}{kind}/", given(parameters)))

    async def _one(self, kind: str, key: str, parameters: Json) -> Json:
        return await self._ask(protocol.one(kind, key, given(parameters)))

    async def _run(self, steps: Steps) -> AsyncIterator[Json]:
        step = next(steps, None)
        while step is not None:
            if isinstance(step, Ask):
                step = protocol.after(steps, await self._ask(step))
            else:
                yield step.value
                step = next(steps, None)

    async def _ask(self, ask: Ask) -> Json:
        for pause in protocol.pauses(self._attempts):
            try:
                response = await self._http.get(ask.path, params=ask.parameters or None)
            except httpx2.RequestError:
                await asyncio.sleep(pause)
                continue
            if response.status_code not in protocol.AGAIN:
                return protocol.body(response)
            await asyncio.sleep(protocol.asked_for(response, pause))
        try:
            return protocol.body(await self._http.get(ask.path, params=ask.parameters or None))
        except httpx2.RequestError as error:
            raise Unreachable(f"{ask.path} was asked {self._attempts} times: {error}.") from error
