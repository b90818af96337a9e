"""Which addresses changes may be sent to: looked at when one is given, and again at each delivery."""

from __future__ import annotations

import ipaddress

from django.conf import settings

from outbound.addresses import Address, Refused, parse
from outbound.policy import refusal

HTTPS = "Write an address that begins with https://."
NO_NAME = "“{}” is no name on the public internet."


def checked(text: str) -> Address:
    """The address, where it may be sent to as far as can be seen without asking for it. Raises Refused."""
    address = parse(text)
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.scheme != "https" and f"{host}:{address.port}" not in settings.OUTBOUND_ALLOWED:
        raise Refused(HTTPS)
    try:
        ip = ipaddress.ip_address(address.host)
    except ValueError:
        # A name is resolved when something is sent, and what it leads to is looked at then.
        if "." not in address.host or address.host.endswith((".localhost", ".local", ".internal")):
            raise Refused(NO_NAME.format(address.host)) from None
        return address
    if words := refusal(ip, address.port):
        raise Refused(f"{address.host} is {words}; changes are sent to the public internet alone.")
    return address
