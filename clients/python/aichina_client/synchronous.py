"""The client for programs that wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from os import PathLike
from typing import Any, Self, Unpack, cast

import httpx2

from aichina_client import protocol, types
from aichina_client.arriving import Arriving
from aichina_client.protocol import Ask, Attempts, Cursor, Give, Json, Kind, Outcome, Steps, given


class Changes(Iterator[types.Change]):
    """The changes behind a cursor, one by one. ``cursor``: where to go on, if the program ends here.

    Where asking failed, whoever asks for the next one goes on where it was.
    """

    def __init__(self, client: Client, after: str | None, parameters: Json, *, follow: bool) -> None:
        self._client, self._place = client, Cursor(after)
        self._steps = self._place.steps(parameters, follow=follow)
        self._step = next(self._steps, None)

    @property
    def cursor(self) -> str | None:
        return self._place.cursor

    def __next__(self) -> types.Change:
        if isinstance(self._step, Give):
            self._step = next(self._steps, None)
        while isinstance(self._step, Ask):
            self._step = protocol.after(self._steps, self._client._ask(self._step))
        if self._step is None:
            raise StopIteration
        return cast("types.Change", self._step.value)


class Client:
    """Reads the tracker at ``address``. A ``key`` raises its limits, and has webhooks; ``timeout`` is in seconds.

    What fails in passing is asked again, ``attempts`` times in all. Every method raises Problem, Gone and Unreachable.
    Parameters are those of docs/api.md; a list of values may be given where several are taken.
    """

    def __init__(
        self, address: str, *, key: str | None = None, timeout: float = 60.0, attempts: int = 5
    ) -> None:
        self._http = httpx2.Client(base_url=address, headers=protocol.headers(key), follow_redirects=True)
        self._timeout, self._attempts = timeout, attempts

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
        return cast("Iterator[types.Entry]", self._listed("entries", **parameters))

    def entry(self, key: str, *, edition: int | None = None, **parameters: Any) -> types.EntryWithMoment:
        return cast("types.EntryWithMoment", self._one("entries", key, edition, parameters))

    def actors(self, **parameters: Any) -> Iterator[types.Actor]:
        return cast("Iterator[types.Actor]", self._listed("actors", **parameters))

    def actor(self, key: str, *, edition: int | None = None, **parameters: Any) -> types.ActorWithMoment:
        return cast("types.ActorWithMoment", self._one("actors", key, edition, parameters))

    def all_series(self, **parameters: Any) -> Iterator[types.Series]:
        return cast("Iterator[types.Series]", self._listed("series", **parameters))

    def series(self, key: str, *, edition: int | None = None, **parameters: Any) -> types.SeriesWithMoment:
        return cast("types.SeriesWithMoment", self._one("series", key, edition, parameters))

    def pages(self, **parameters: Any) -> Iterator[types.Page]:
        return cast("Iterator[types.Page]", self._listed("pages", **parameters))

    def page(self, key: str, *, edition: int | None = None, **parameters: Any) -> types.PageWithMoment:
        return cast("types.PageWithMoment", self._one("pages", key, edition, parameters))

    def categories(self, **parameters: Any) -> Iterator[types.Category]:
        return cast("Iterator[types.Category]", self._listed("categories", **parameters))

    def category(
        self, key: str, *, edition: int | None = None, **parameters: Any
    ) -> types.CategoryWithMoment:
        return cast("types.CategoryWithMoment", self._one("categories", key, edition, parameters))

    def front(
        self, key: str = "front", *, edition: int | None = None, **parameters: Any
    ) -> types.FrontWithMoment:
        return cast("types.FrontWithMoment", self._one("front", key, edition, parameters))

    def editions(self, kind: Kind, key: str, **parameters: Any) -> Iterator[types.ListedEdition]:
        """The story of a document, newest first. One of them is had whole as ``entry(key, edition=2)``."""
        return cast("Iterator[types.ListedEdition]", self._listed(kind, key, "editions", **parameters))

    def packages(self) -> Iterator[types.Package]:
        """Those that are ready, the last position first."""
        return cast("Iterator[types.Package]", self._run(protocol.whole(protocol.place("packages"))))

    def ask_for_package(self, as_of: str | None = None) -> types.Package:
        """Everything public as of a moment, or now, as one file: it is made, if it is not there yet."""
        return cast("types.Package", self._ask(protocol.of_package(as_of)))

    def package(self, position: int) -> types.Package:
        """How far it is: ``download`` and ``sha256`` are there once ``state`` is ready."""
        return cast("types.Package", self._ask(Ask(protocol.place("packages", str(position)))))

    def download(self, package: types.Package, path: str | PathLike[str]) -> None:
        """Its file, to ``path``, if it has the SHA-256 that it should have. Raises Damaged, too."""
        with Arriving(package, path) as file:
            file.keep(self._lasting(file.ask, lambda _: self._receive(file)))

    def webhooks(self) -> Iterator[types.Webhook]:
        """Those of the key, as all that follows."""
        return cast("Iterator[types.Webhook]", self._run(protocol.whole(protocol.place("webhooks"))))

    def webhook(self, webhook: str) -> types.Webhook:
        return cast("types.Webhook", self._ask(Ask(protocol.place("webhooks", webhook))))

    def create_webhook(self, **given: Unpack[types.WebhookRequest]) -> types.SecretWebhook:
        """The answer has the secret, which is shown this once."""
        return cast("types.SecretWebhook", self._ask(protocol.of_webhook("POST", **given)))

    def change_webhook(self, webhook: str, **changes: Unpack[types.PatchedWebhookChange]) -> types.Webhook:
        return cast("types.Webhook", self._ask(protocol.of_webhook("PATCH", webhook, **changes)))

    def delete_webhook(self, webhook: str) -> None:
        self._ask(protocol.of_webhook("DELETE", webhook))

    def rotate_webhook(self, webhook: str) -> types.SecretWebhook:
        """A new secret; the former one signs for a day, too."""
        return cast("types.SecretWebhook", self._ask(protocol.of_webhook("POST", webhook, "rotate")))

    def replay_webhook(self, webhook: str, after: str) -> types.Webhook:
        """It sends from another place: a cursor, “beginning” or “now”."""
        return cast("types.Webhook", self._ask(protocol.of_webhook("POST", webhook, "replay", after=after)))

    def test_webhook(self, webhook: str) -> types.Attempt:
        """What is answered to a ping."""
        return cast("types.Attempt", self._ask(protocol.of_webhook("POST", webhook, "test")))

    def _listed(self, *names: str, **parameters: Any) -> Iterator[Json]:
        return self._run(protocol.listed(protocol.place(*names), given(parameters)))

    def _one(self, kind: Kind, key: str, edition: int | None, parameters: Json) -> Json:
        return self._ask(protocol.one(kind, key, edition, given(parameters)))

    def _run(self, steps: Steps) -> Iterator[Json]:
        step = next(steps, None)
        while step is not None:
            if isinstance(step, Ask):
                step = protocol.after(steps, self._ask(step))
            else:
                yield step.value
                step = next(steps, None)

    def _ask(self, ask: Ask) -> Json:
        return protocol.body(self._lasting(ask, self._send))

    def _lasting(self, ask: Ask, attempt: Callable[[Ask], Outcome]) -> httpx2.Response:
        """The answer that stands, after as many attempts as it takes."""
        attempts = Attempts(ask, self._attempts)
        while (pause := attempts.pause(outcome := attempt(attempts.ask))) is not None:
            time.sleep(pause)
        return cast("httpx2.Response", outcome)

    def _send(self, ask: Ask) -> Outcome:
        try:
            return self._http.request(**ask.arguments(self._timeout))
        except httpx2.RequestError as error:
            return error

    def _receive(self, file: Arriving) -> Outcome:
        try:
            with self._http.stream(**file.ask.arguments(self._timeout)) as response:
                if file.comes(response):
                    for part in response.iter_bytes():
                        file.take(part)
                else:
                    response.read()
                return response
        except httpx2.RequestError as error:
            return error
