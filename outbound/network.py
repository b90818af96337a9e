"""The one place that opens a socket: a name is resolved once, all its addresses are checked, and one is dialled.

Every wait is bounded by its own limit and by what is left of the whole fetch.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Iterable
from time import monotonic
from typing import Any

import httpcore2

from outbound.addresses import Address
from outbound.answers import Failed, Kind, Limits, Step
from outbound.policy import IP, refusal

# Of a name’s addresses, in a step; all of them are checked.
_SHOWN = 10


class Trip:
    """One fetch on its way: its limits, what it has used of them, and its steps."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.steps: list[Step] = []
        self.ip = ""
        self._received = 0
        self._since = monotonic()
        self._end = self._since + limits.whole

    def step(self, sentence: str) -> None:
        """Note what was done since the last step."""
        now = monotonic()
        self.steps.append(Step(sentence, now - self._since))
        self._since = now

    def failed(self, kind: Kind, sentence: str) -> Failed:
        """What to raise."""
        return Failed(kind, sentence, tuple(self.steps))

    def left(self, most: float) -> float:
        """Seconds that one wait may take, at most ``most``; raise Failed when the whole is used up."""
        left = self._end - monotonic()
        if left <= 0:
            raise self.failed("timeout", f"The fetch did not end within {self.limits.whole:g} seconds.")
        return min(most, left)

    def late(self, sentence: str) -> Failed:
        """What to raise when a wait took too long: the whole, if it is used up, or else this wait."""
        self.left(0)
        return self.failed("timeout", sentence)

    def receive(self, count: int) -> None:
        """Count bytes that came; raise Failed when they are too many."""
        self._received += count
        if self._received > self.limits.received:
            raise self.failed("too_large", f"The answer is larger than {self.limits.received:,} bytes.")


class Door(httpcore2.NetworkBackend):
    """Connects to the address that it was made with, whatever it is asked for."""

    def __init__(self, trip: Trip, address: Address) -> None:
        self._trip, self._address = trip, address

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """A connection to the first of the host's addresses that takes one, once all of them have been checked."""
        trip, name, port = self._trip, self._address.host, self._address.port
        fault: OSError | None = None
        for ip in _checked(trip, self._address):
            try:
                connection = _dial(ip, port, trip.left(trip.limits.connect))
            except OSError as error:
                fault = error
                continue
            trip.ip = str(ip)
            trip.step(f"Connected to {ip}, port {port}.")
            return Stream(trip, connection)
        if isinstance(fault, TimeoutError):
            raise trip.late(f"{name} took no connection within {trip.limits.connect:g} seconds.")
        raise trip.failed("unreachable", f"{name} takes no connection at port {port}: {_reason(fault)}.")


class Stream(httpcore2.NetworkStream):
    """A connection whose every wait is bounded, and whose every byte is counted."""

    def __init__(self, trip: Trip, connection: socket.socket) -> None:
        self._trip, self._socket = trip, connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has come, at least one byte; empty at the end."""
        trip = self._trip
        self._socket.settimeout(trip.left(trip.limits.read))
        try:
            content = self._socket.recv(max_bytes)
        except TimeoutError:
            raise trip.late(f"Nothing more came within {trip.limits.read:g} seconds.") from None
        except OSError as error:
            raise trip.failed("broken", f"The connection broke: {_reason(error)}.") from None
        trip.receive(len(content))
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        trip = self._trip
        self._socket.settimeout(trip.left(trip.limits.read))
        try:
            self._socket.sendall(buffer)
        except TimeoutError:
            raise trip.late(f"The request was not taken within {trip.limits.read:g} seconds.") from None
        except OSError as error:
            # A server may refuse with an answer before it has read all, so that one is looked for first.
            raise httpcore2.WriteError(error) from None

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """The same connection, encrypted, with a certificate that is that of the host."""
        trip = self._trip
        try:
            self._socket.settimeout(trip.left(trip.limits.connect))
            secured = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException as error:
            self.close()
            if isinstance(error, TimeoutError):
                raise trip.late(
                    f"Encryption was not agreed on within {trip.limits.connect:g} seconds."
                ) from None
            if isinstance(error, OSError):
                raise trip.failed("tls", f"No encrypted connection came about: {_reason(error)}.") from None
            raise
        trip.step(f"Encrypted, with a certificate of {server_hostname}.")
        return Stream(trip, secured)

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


def _dial(ip: IP, port: int, timeout: float) -> socket.socket:
    connection = socket.socket(socket.AF_INET if ip.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        connection.connect((str(ip), port))
    except BaseException:
        connection.close()
        raise
    return connection


def _checked(trip: Trip, address: Address) -> list[IP]:
    """All addresses of the host; raise Failed if a single one of them is forbidden."""
    ips = _resolve(trip, address)
    for ip in ips:
        words = refusal(ip, address.port)
        if words:
            led = "is" if str(ip) == address.host else f"leads to {ip},"
            raise trip.failed(
                "refused", f"{address.host} {led} {words}; fetch from the public internet alone."
            )
    return ips


def _resolve(trip: Trip, address: Address) -> list[IP]:
    """All addresses of the host, in the resolver's order; a literal is its own."""
    try:
        return [ipaddress.ip_address(address.host)]
    except ValueError:
        pass
    # The resolver heeds no timeout, so it is left alone when it takes too long, and ends by its own.
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=(address, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=trip.left(trip.limits.whole))
    except queue.Empty:
        raise trip.late(f"The name {address.host} was not resolved in time.") from None
    if isinstance(answer, OSError) or not answer:
        raise trip.failed("unresolved", f"The name {address.host} leads nowhere: {_reason(answer)}.")
    trip.step(f"Resolved {address.host}: {', '.join(answer[:_SHOWN])}.")
    return [ipaddress.ip_address(ip) for ip in answer]


def _ask(address: Address, answers: queue.SimpleQueue[list[str] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except OSError as error:
        answers.put(error)
    else:
        answers.put(list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)))


def _reason(fault: object) -> str:
    """What the system says of a fault, in one line."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"the certificate is not valid ({fault.verify_message.rstrip('.')})"
    if isinstance(fault, ssl.SSLError):
        return (fault.reason or "the connection broke").replace("_", " ").lower()
    return (getattr(fault, "strerror", None) or "no address").rstrip(".")
