"""Web addresses that can be read in one way alone; whatever is doubtful is refused before anything is resolved."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2

MAX_LENGTH = 4_000
_PORTS = {"http": 80, "https": 443}
_SHAPE = re.compile(r"(?i:(https?)://)(\[[^\]/?#]*\]|[^:/?#\[\]]*)(?::([0-9]{1,5}))?(?:[/?#].*)?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label that some reader takes for a number, and so the whole for an IPv4 address.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Refused(Exception):
    """An address that the tracker does not take; the text is a sentence that says why."""


@dataclass(frozen=True)
class Address:
    """A web address in parts: what is checked, connected to and shown is this one object.

    ``host``: a lower-case ASCII name or an IP literal, without brackets; ``target``: path and query, percent-encoded.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """Host and port as the header Host has them; a scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def text(self) -> str:
        """The address in its canonical form, without a fragment."""
        return self.origin + self.target


def parse(text: str) -> Address:
    """Read an address; raise Refused for one that is not plainly an http or https address of a name or an IP."""
    _check_characters(text)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise Refused(
            "This is no web address: write http:// or https://, a host, and perhaps a port and a path, "
            "without a user name."
        )
    scheme = shape[1].lower()
    port = int(shape[3]) if shape[3] else _PORTS[scheme]
    if not 1 <= port <= 65_535:
        raise Refused(f"There is no port {port}.")
    host = _literal(shape[2][1:-1]) if shape[2].startswith("[") else _name(shape[2])
    found = Address(scheme, host, port, _agreed_target(text, (scheme, host, port)))
    if len(found.text) > MAX_LENGTH:
        raise Refused(f"The address is longer than {MAX_LENGTH} characters when it is encoded.")
    return found


def join(base: Address, reference: str) -> Address:
    """The address that a redirect or a link on the page ``base`` names; raise Refused as `parse` does."""
    _check_characters(reference)
    try:
        return parse(urljoin(base.text, reference))
    except ValueError:
        raise Refused("This is no web address.") from None


def _check_characters(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise Refused(f"The address is longer than {MAX_LENGTH} characters.")
    # Readers drop, or turn into another, what is unseen and the backslash.
    if not text.isprintable() or " " in text or "\\" in text:
        raise Refused("The address contains a space, a backslash or a character that cannot be seen.")


def _literal(text: str) -> str:
    try:
        canonical = str(ipaddress.IPv6Address(text))
    except ValueError:
        canonical = ""
    if canonical != text or "%" in text:
        raise Refused(f"“[{text}]” is no IPv6 address in its canonical form.")
    return text


def _name(text: str) -> str:
    host = text.lower() if text.isascii() else _encoded(text)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(f"“{text}” is no name of a host.")
    if _NUMBER.fullmatch(labels[-1]) and not _is_ipv4(host):
        raise Refused(f"“{text}” is no IPv4 address in its canonical form.")
    return host


def _encoded(text: str) -> str:
    """An international name in ASCII; of letters that mean themselves alone, for a fullwidth digit is a digit too."""
    foreign = [char for char in text if not char.isascii()]
    if unicodedata.normalize("NFKC", text) != text or any(
        unicodedata.category(char)[0] not in "LM" for char in foreign
    ):
        raise Refused(f"“{text}” contains characters that a host’s name cannot have.")
    try:
        return text.lower().encode("idna").decode("ascii")
    except UnicodeError:
        raise Refused(f"“{text}” is no name of a host.") from None


def _is_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _agreed_target(text: str, ours: tuple[str, str, int]) -> str:
    """Path and query, once two other readers saw the same scheme, host and port in the address as we did."""
    try:
        parts, url = urlsplit(text), httpx2.URL(text)
        host = parts.hostname or ""
        theirs = (
            (parts.scheme, host if host.isascii() else _encoded(host), parts.port or _PORTS[ours[0]]),
            (url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[ours[0]]),
        )
        target = url.raw_path.decode("ascii")
    except (ValueError, httpx2.InvalidURL):
        raise Refused("This is no web address that can be read.") from None
    if theirs != (ours, ours):
        raise Refused("The address can be read in two ways.")
    return target
