"""Subscribers on loopback, as they would be written by somebody who has read the Standard Webhooks alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def name(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def change(self) -> dict[str, Any]:
        assert self.message["type"] == "change"
        found: dict[str, Any] = self.message["data"]
        return found

    def signed_with(self, secret: str) -> bool:
        """As the specification has it: any one of the signatures, and a moment that is not long ago."""
        assert secret.startswith("whsec_")
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        assert 24 <= len(key) <= 64
        moment = self.headers["webhook-timestamp"]
        assert abs(time.time() - int(moment)) < 300
        content = b".".join([self.name.encode(), moment.encode(), self.body])
        wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


Answer = Callable[[Received], int]


class Receiver:
    """Takes what is posted, and answers as ``answer`` says: with 204, where nobody says otherwise."""

    def __init__(self, answer: Answer = lambda _: 204) -> None:
        self.got: list[Received] = []
        self.answer = answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): text for name, text in self.headers.items()}
                received = Received(self.path, headers, body)
                status = outer.answer(received)
                outer.got.append(received)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/hook"
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()

    @property
    def slugs(self) -> list[str]:
        return [received.change["document"]["slug"] for received in self.got]

    @property
    def positions(self) -> list[int]:
        return [received.change["position"] for received in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def receiving(answer: Answer = lambda _: 204) -> Iterator[Receiver]:
    receiver = Receiver(answer)
    try:
        yield receiver
    finally:
        receiver.close()
