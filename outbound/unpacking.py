"""Bodies that came compressed are unpacked bit by bit, and no further than they may grow."""

from __future__ import annotations

import io
import zlib

from outbound.network import Trip

ACCEPTED = "gzip, deflate"
_PIECE = 16_384
_BROKEN = "The answer’s compression is damaged."


def unpack(trip: Trip, body: bytes, coding: str) -> bytes:
    """The body without the Content-Encoding that it came with; raise Failed where it is damaged, large or unknown."""
    coding = coding.strip().lower()
    if not body or coding in ("", "identity"):
        return _bounded(trip, body)
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise trip.failed(
            "broken", f"The answer is compressed in a way that was not asked for: “{coding[:40]}”."
        )
    try:
        return _inflated(trip, body, _window(body, coding))
    except zlib.error:
        raise trip.failed("broken", _BROKEN) from None


def _window(body: bytes, coding: str) -> int:
    if coding != "deflate":
        return 16 + zlib.MAX_WBITS
    # Some servers leave out the wrapping that the standard asks for.
    wrapped = body[0] & 15 == 8 and int.from_bytes(body[:2], "big") % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


def _inflated(trip: Trip, body: bytes, window: int) -> bytes:
    """All members of a compressed body, one after the other; zeros after the last are padding."""
    out = io.BytesIO()
    stream = zlib.decompressobj(window)
    for start in range(0, len(body), _PIECE):
        piece = body[start : start + _PIECE]
        while piece:
            trip.left(0)
            out.write(stream.decompress(piece, _PIECE))
            if out.tell() > trip.limits.unfolded:
                raise _too_large(trip)
            piece = stream.unconsumed_tail
            if stream.eof and (piece := stream.unused_data.lstrip(b"\0")):
                stream = zlib.decompressobj(window)
    out.write(stream.decompress(b"", _PIECE))  # what the last bits of the input still stood for
    if not stream.eof:
        raise trip.failed("broken", _BROKEN)
    return out.getvalue()


def _bounded(trip: Trip, body: bytes) -> bytes:
    if len(body) > trip.limits.unfolded:
        raise _too_large(trip)
    return body


def _too_large(trip: Trip) -> Exception:
    return trip.failed("too_large", f"The answer unpacks to more than {trip.limits.unfolded:,} bytes.")
