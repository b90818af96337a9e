"""Which IP addresses may be connected to: global unicast alone, less every transition and special range.

Python's own `is_global` is not asked: it lets through what leads back into private networks, such as NAT64.
"""

from __future__ import annotations

import ipaddress

from django.conf import settings

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

# The first that holds an address names it.
_SPECIAL = tuple(
    (ipaddress.ip_network(network), words)
    for words, networks in {
        "an address of “this network”": "0.0.0.0/8 ::/128",
        "a private address": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
        "an address shared by a provider’s customers": "100.64.0.0/10",
        "an address of this machine": "127.0.0.0/8 ::1/128",
        "a link-local address": "169.254.0.0/16 fe80::/10",
        "a site-local address": "fec0::/10",
        "an address inside a cloud": "168.63.129.16/32",
        "an address of a protocol": "192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 5f00::/16",
        "an address for documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
        "an address for benchmarks": "198.18.0.0/15 2001:2::/48",
        "a multicast address": "224.0.0.0/4 ff00::/8",
        "an address of a transition to IPv6": (
            "192.88.99.0/24 ::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 ::/96"
        ),
        "an address of an experiment": "2001::/23 3ffe::/16",
        "a reserved address": "240.0.0.0/4",
    }.items()
    for network in networks.split()
)
_GLOBAL = ipaddress.ip_network("2000::/3")
# The third quarter of an address that ISATAP gives out; its last quarter is an IPv4 address.
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def forbidden(ip: IP) -> str:
    """The class of an address that must not be connected to, in words; empty where it may."""
    for network, words in _SPECIAL:
        if ip in network:
            return words
    if isinstance(ip, ipaddress.IPv6Address):
        if ip not in _GLOBAL:
            return "a reserved address"
        if int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP:
            return "an address of a transition to IPv6"
    return ""


def refusal(ip: IP, port: int) -> str:
    """As `forbidden`, but empty also for an IP and port that the setting OUTBOUND_ALLOWED names."""
    host = f"[{ip}]" if isinstance(ip, ipaddress.IPv6Address) else str(ip)
    return "" if f"{host}:{port}" in settings.OUTBOUND_ALLOWED else forbidden(ip)
