"""Only global unicast addresses may be connected to; every class of others is named."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.policy import forbidden, refusal

FORBIDDEN = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254 168.63.129.16 169.254.169.254
    172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.9 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
    192.168.1.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255 :: ::1 ::7f00:1 ::ffff:7f00:1 ::ffff:808:808 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b::808:808
    64:ff9b:1::1 100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1
    2001:db8::1 2001:1::1 2002:7f00:1::1 2002:808:808::1 3fff::1 3ffe::1 4000::1 5f00::1 fc00::1 fd00:ec2::254
    fe80::1 fe80::1%eth0 febf::1 fec0::1 ff02::1 ff0e::1 2600::5efe:7f00:1 2600::200:5efe:a00:1 f000::1 1::1
"""
ALLOWED = "1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 172.32.0.1 192.0.1.1 198.20.0.1 223.255.255.254 2606:4700::1111 2001:4860:4860::8888 2400:3200::1 2a00:1450::1"  # noqa: E501


@pytest.mark.parametrize("text", FORBIDDEN.split())
def test_what_is_not_public_is_forbidden_in_words(text: str) -> None:
    words = forbidden(ip_address(text))
    assert words.startswith(("a ", "an "))


@pytest.mark.parametrize("text", ALLOWED.split())
def test_what_is_public_is_not(text: str) -> None:
    assert forbidden(ip_address(text)) == ""


@given(st.one_of(st.ip_addresses(), st.ip_addresses(network="2001::/16")))
def test_it_is_never_laxer_than_the_standard_library(ip: IPv4Address | IPv6Address) -> None:
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_private:
        assert forbidden(ip)


def test_the_setting_excuses_one_ip_with_one_port(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1:8123", "[::1]:80"]
    assert refusal(ip_address("127.0.0.1"), 8123) == "" == refusal(ip_address("::1"), 80)
    for ip, port in (("127.0.0.1", 8124), ("127.0.0.2", 8123), ("::ffff:7f00:1", 8123), ("::1", 8123)):
        assert refusal(ip_address(ip), port)


def test_nothing_is_excused_unless_it_is_set(settings: Any) -> None:
    assert settings.OUTBOUND_ALLOWED == []
