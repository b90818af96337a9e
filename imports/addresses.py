"""Addresses as they are compared: two spellings of one address become one text. Nothing is ever fetched from it."""

from __future__ import annotations

import re

# Longer ones are compared as they stand; no page has such an address, and a hostile one must not cost time.
MAX_ADDRESS = 4_000

_PARTS = re.compile(r"(?:https?:)?//([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_WWW = re.compile(r"(?:www\.)+(?=[^.]+\.)")
_PORT = re.compile(r"(?:\.|:(?:80|443)?)+$")
_INDEXES = ("index.html", "index.htm", "index.php")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?#\[\]%]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
# Parameters that say where a reader came from, and not which page it is. Names in the first two lines count whatever
# their value; those in the third are names of real parameters too, and count with these values alone.
_TRACKING = re.compile(
    r"(?:utm_[^=]*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)"
    r"|spm|scm|isappinstalled|share_token)(?:=.*)?"
    r"|(?:from|ref|source|src)=(?:rss.*|feed|timeline|(?:single|group)message|weibo|wechat|weixin|twitter|facebook)"
    r"|rss=1",
    re.IGNORECASE | re.DOTALL,
)
_TRACKING_FRAGMENT = re.compile(
    r"(?:rss|feed|rd|wechat_redirect|(?:ref|from|utm_[^=]*|xtor)=.*|:~:.*)", re.IGNORECASE | re.DOTALL
)


def normalised(address: str) -> str:
    """The address for comparing: empty for none, and as it stands where it is not of the web. Never raises.

    Equal are http and https, a host with and without ``www.`` or a default port, any order of parameters, both
    spellings of a percent-encoded path, a folder and its index. The fragment is kept: a microblog's posts are parts
    of one page.
    """
    text = re.sub(r"[\t\r\n]", "", address).strip()
    parts = _PARTS.fullmatch(text) if len(text) <= MAX_ADDRESS else None
    if parts is None:
        return text
    host = _WWW.sub("", _PORT.sub("", "".join(parts[1].split()).lower()), count=1)
    if not host:
        return ""
    query = "&".join(sorted(p for p in _spelt(parts[3] or "").split("&") if p and not _TRACKING.fullmatch(p)))
    fragment = _spelt(parts[4] or "")
    if _TRACKING_FRAGMENT.fullmatch(fragment):
        fragment = ""
    return f"https://{host}{_path(_spelt(parts[2]))}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"


def beyond_host(address: str) -> str:
    """What follows the host in a normalised address: path, query and fragment; empty for a site's front page."""
    parts = re.match(r"https://[^/?#]*(.*)", address, re.DOTALL)
    return parts[1] if parts else ""


def _path(path: str) -> str:
    while True:
        path = path.rstrip("/")
        folder, _, last = path.rpartition("/")
        if last.lower() not in _INDEXES:
            return path
        path = folder


def _spelt(part: str) -> str:
    """With one spelling of each character: unreserved ones plain, all that must be escaped in upper-case hex."""
    return _ESCAPED.sub(_escape, part)


def _escape(found: re.Match[str]) -> str:
    if not found[1]:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))
    character = chr(int(found[1], 16))
    return character if _UNRESERVED.fullmatch(character) else f"%{found[1].upper()}"
