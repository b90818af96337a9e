"""The client for programs that use asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from os import PathLike
from typing import Any, Self, Unpack, cast

import httpx2

from aichina_client import protocol, types
from aichina_client.arriving import Arriving
from aichina_client.protocol import Ask, Attempts, Cursor, Give, Json, Kind, Outcome, Steps, given


class Changes(AsyncIterator[types.Change]):
    """The changes behind a cursor, one by one. ``cursor``: where to go on, if the program ends here.

    Where asking failed or was cancelled, whoever asks for the next one goes on where it was.
    """

    def __init__(self, client: AsyncClient, after: str | None, parameters: Json, *, follow: bool) -> None:
        self._client, self._place = client, Cursor(after)
        self._steps = self._place.steps(parameters, follow=follow)
        self._step = next(self._steps, None)

    @property
    def cursor(self) -> str | None:
        return self._place.cursor

    async def __anext__(self) -> types.Change:
        if isinstance(self._step, Give):
            self._step = next(self._steps, None)
        while isinstance(self._step, Ask):
            self._step = protocol.after(self._steps, await self._client._ask(self._step))
        if self._step is None:
            raise StopAsyncIteration
        return cast("types.Change", self._step.value)


class AsyncClient:
    """Reads the tracker at ``address``. A ``key`` raises its limits, and has webhooks; ``timeout`` is in seconds.

    What fails in passing is asked again, ``attempts`` times in all. Every method raises Problem, Gone and Unreachable.
    Parameters are those of docs/api.md; a list of values may be given where several are taken.
    """

    def __init__(
        self, address: str, *, key: str | None = None, timeout: float = 60.0, attempts: int = 5
    ) -> None:
        self._http = httpx2.AsyncClient(
            base_url=address, headers=protocol.headers(key), follow_redirects=True
        )
        self._timeout, self._attempts = timeout, attempts

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
        return cast("AsyncIterator[types.Entry]", self._listed("entries", **parameters))

    async def entry(
        self, key: str, *, edition: int | None = None, **parameters: Any
    ) -> types.EntryWithMoment:
        return cast("types.EntryWithMoment", await self._one("entries", key, edition, parameters))

    def actors(self, **parameters: Any) -> AsyncIterator[types.Actor]:
        return cast("AsyncIterator[types.Actor]", self._listed("actors", **parameters))

    async def actor(
        self, key: str, *, edition: int | None = None, **parameters: Any
    ) -> types.ActorWithMoment:
        return cast("types.ActorWithMoment", await self._one("actors", key, edition, parameters))

    def all_series(self, **parameters: Any) -> AsyncIterator[types.Series]:
        return cast("AsyncIterator[types.Series]", self._listed("series", **parameters))

    async def series(
        self, key: str, *, edition: int | None = None, **parameters: Any
    ) -> types.SeriesWithMoment:
        return cast("types.SeriesWithMoment", await self._one("series", key, edition, parameters))

    def pages(self, **parameters: Any) -> AsyncIterator[types.Page]:
        return cast("AsyncIterator[types.Page]", self._listed("pages", **parameters))

    async def page(self, key: str, *, edition: int | None = None, **parameters: Any) -> types.PageWithMoment:
        return cast("types.PageWithMoment", await self._one("pages", key, edition, parameters))

    def categories(self, **parameters: Any) -> AsyncIterator[types.Category]:
        return cast("AsyncIterator[types.Category]", self._listed("categories", **parameters))

    async def category(
        self, key: str, *, edition: int | None = None, **parameters: Any
    ) -> types.CategoryWithMoment:
        return cast("types.CategoryWithMoment", await self._one("categories", key, edition, parameters))

    async def front(
        self, key: str = "front", *, edition: int | None = None, **parameters: Any
    ) -> types.FrontWithMoment:
        return cast("types.FrontWithMoment", await self._one("front", key, edition, parameters))

    def editions(self, kind: Kind, key: str, **parameters: Any) -> AsyncIterator[types.ListedEdition]:
        """The story of a document, newest first. One of them is had whole as ``entry(key, edition=2)``."""
        return cast("AsyncIterator[types.ListedEdition]", self._listed(kind, key, "editions", **parameters))

    def packages(self) -> AsyncIterator[types.Package]:
        """Those that are ready, the last position first."""
        return cast("AsyncIterator[types.Package]", self._run(protocol.whole(protocol.place("packages"))))

    async def ask_for_package(self, as_of: str | None = None) -> types.Package:
        """Everything public as of a moment, or now, as one file: it is made, if it is not there yet."""
        return cast("types.Package", await self._ask(protocol.of_package(as_of)))

    async def package(self, position: int) -> types.Package:
        """How far it is: ``download`` and ``sha256`` are there once ``state`` is ready."""
        return cast("types.Package", await self._ask(Ask(protocol.place("packages", str(position)))))

    async def download(self, package: types.Package, path: str | PathLike[str]) -> None:
        """Its file, to ``path``, if it has the SHA-256 that it should have. Raises Damaged, too."""
        with Arriving(package, path) as file:
            file.keep(await self._lasting(file.ask, lambda _: self._receive(file)))

    def webhooks(self) -> AsyncIterator[types.Webhook]:
        """Those of the key, as all that follows."""
        return cast("AsyncIterator[types.Webhook]", self._run(protocol.whole(protocol.place("webhooks"))))

    async def webhook(self, webhook: str) -> types.Webhook:
        return cast("types.Webhook", await self._ask(Ask(protocol.place("webhooks", webhook))))

    async def create_webhook(self, **given: Unpack[types.WebhookRequest]) -> types.SecretWebhook:
        """The answer has the secret, which is shown this once."""
        return cast("types.SecretWebhook", await self._ask(protocol.of_webhook("POST", **given)))

    async def change_webhook(
        self, webhook: str, **changes: Unpack[types.PatchedWebhookChange]
    ) -> types.Webhook:
        return cast("types.Webhook", await self._ask(protocol.of_webhook("PATCH", webhook, **changes)))

    async def delete_webhook(self, webhook: str) -> None:
        await self._ask(protocol.of_webhook("DELETE", webhook))

    async def rotate_webhook(self, webhook: str) -> types.SecretWebhook:
        """A new secret; the former one signs for a day, too."""
        return cast("types.SecretWebhook", await self._ask(protocol.of_webhook("POST", webhook, "rotate")))

    async def replay_webhook(self, webhook: str, after: str) -> types.Webhook:
        """It sends from another place: a cursor, “beginning” or “now”."""
        return cast(
            "types.Webhook", await self._ask(protocol.of_webhook("POST", webhook, "replay", after=after))
        )

    async def test_webhook(self, webhook: str) -> types.Attempt:
        """What is answered to a ping."""
        return cast("types.Attempt", await self._ask(protocol.of_webhook("POST", webhook, "test")))

    def _listed(self, *names: str, **parameters: Any) -> AsyncIterator[Json]:
        return self._run(protocol.listed(protocol.place(*names), given(parameters)))

    async def _one(self, kind: Kind, key: str, edition: int | None, parameters: Json) -> Json:
        return await self._ask(protocol.one(kind, key, edition, given(parameters)))

    async def _run(self, steps: Steps) -> AsyncIterator[Json]:
        step = next(steps, None)
        while step is not None:
            if isinstance(step, Ask):
                step = protocol.after(steps, await self._ask(step))
            else:
                yield step.value
                step = next(steps, None)

    async def _ask(self, ask: Ask) -> Json:
        return protocol.body(await self._lasting(ask, self._send))

    async def _lasting(self, ask: Ask, attempt: Callable[[Ask], Awaitable[Outcome]]) -> httpx2.Response:
        """The answer that stands, after as many attempts as it takes."""
        attempts = Attempts(ask, self._attempts)
        while (pause := attempts.pause(outcome := await attempt(attempts.ask))) is not None:
            await asyncio.sleep(pause)
        return cast("httpx2.Response", outcome)

    async def _send(self, ask: Ask) -> Outcome:
        try:
            return await self._http.request(**ask.arguments(self._timeout))
        except httpx2.RequestError as error:
            return error

    async def _receive(self, file: Arriving) -> Outcome:
        try:
            async with self._http.stream(**file.ask.arguments(self._timeout)) as response:
                if file.comes(response):
                    async for part in response.aiter_bytes():
                        await asyncio.to_thread(file.take, part)
                else:
                    await response.aread()
                return response
        except httpx2.RequestError as error:
            return error
