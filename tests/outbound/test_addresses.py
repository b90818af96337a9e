"""An address is taken where it can be read in one way alone, and refused with a sentence everywhere else."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from outbound.addresses import MAX_LENGTH, Address, Refused, join, parse


@pytest.mark.parametrize(
    ("text", "canonical", "host", "port"),
    [
        ("http://example.org", "http://example.org/", "example.org", 80),
        ("HTTPS://Example.ORG:443/a?b=c#d", "https://example.org/a?b=c", "example.org", 443),
        ("http://example.org:8080/", "http://example.org:8080/", "example.org", 8080),
        ("https://example.org:80/", "https://example.org:80/", "example.org", 80),
        ("http://localhost/", "http://localhost/", "localhost", 80),
        ("http://my_feed.example.org/@me", "http://my_feed.example.org/@me", "my_feed.example.org", 80),
        ("http://8.8.8.8/", "http://8.8.8.8/", "8.8.8.8", 80),
        ("http://[2001:db8::1]:81/", "http://[2001:db8::1]:81/", "2001:db8::1", 81),
        ("http://中文.com/人工?智=能", "http://xn--fiq228c.com/%E4%BA%BA%E5%B7%A5?%E6%99%BA=%E8%83%BD",
         "xn--fiq228c.com", 80),
        ("http://bücher.example/", "http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80),
        ("http://example.org?q", "http://example.org/?q", "example.org", 80),
        ("http://127.0.0.1.example.org/", "http://127.0.0.1.example.org/", "127.0.0.1.example.org", 80),
        ("http://example.org/a%20b?c=%2F", "http://example.org/a%20b?c=%2F", "example.org", 80),
    ],
)  # fmt: skip
def test_what_is_plain_is_taken(text: str, canonical: str, host: str, port: int) -> None:
    address = parse(text)
    assert (address.text, address.host, address.port) == (canonical, host, port)


@pytest.mark.parametrize(
    "text",
    [
        # Not of the web, or of no host.
        "", "example.org", "//example.org/", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)",
        "gopher://example.org/", "http:example.org", "http:/example.org", "http:///path", "http://", "http://:80/",
        "http\u017f://example.org/", "http://?", "http://#",
        # Whoever reads these may read another host.
        "http://user@example.org/", "http://user:secret@example.org/", "http://example.org@127.0.0.1/",
        "http://example.org\\@127.0.0.1/", "http://example.org\\.evil.example/", "http:\\\\example.org/",
        "http://exam\tple.org/", "http://example.org\n/", " http://example.org/", "http://example.org/ ",
        "http://example.org/\x00", "http://example.org/\x7f", "http://example.org/\u200b", "http://example.org/\ud800",
        "http://exa mple.org/", "http://example.org#@evil.example/\u2028", "http://example.org,evil.example/",
        "http://example.org;evil.example/", "http://example.org&evil.example/", "http://[::1]evil.example/",
        "http://example%2eorg/", "http://127.0.0.1%00.example.org/", "http://%31%32%37.0.0.1/",
        # IPv4 in any form but one.
        "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f.1/",
        "http://0x7f000001/", "http://0x/", "http://127.0.0.01/", "http://127.0.0.1./", "http://256.0.0.1/",
        "http://1.2.3.4.5/", "http://example.0x7f/", "http://example.1/", "http://017700000001/", "http://0/",
        "http://127.0.0.0x1/", "http://١٢٧.0.0.1/",
        # IPv6 likewise.
        "http://[::FFFF]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::0001]/", "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[::1/", "http://::1/", "http://[]/",
        "http://[127.0.0.1]/", "http://[v1.fe]/", "http://[[::1]]/",
        # What normalises into another name or an IP.
        "http://\uff11\uff12\uff17.0.0.1/", "http://127。0。0。1/", "http://127\uff0e0\uff0e0\uff0e1/", "http://127｡0｡0｡1/",
        "http://\uff45xample.org/", "http://ⓔxample.org/", "http://example。org/", "http://example\uff0eorg/",
        "http://ⅷ.example/", "http://₁₂₇.0.0.1/", "http://a℀b.example/", "http://exampl\u00ade.org/",
        "http://faß.example/", "http://a\u200db.example/", "http://\u212a.example/", "http://😀.example/",
        # No name.
        "http://example.org./", "http://.example.org/", "http://example..org/", "http://-a.example/",
        "http://a-.example/", f"http://{'a' * 64}.example/", f"http://{'a.' * 127}aa/", "http://a*b.example/",
        # No port.
        "http://example.org:0/", "http://example.org:65536/", "http://example.org:/", "http://example.org:80a/",
        "http://example.org:-1/", "http://example.org:\uff18\uff10/", "http://example.org:80:80/", "http://example.org:+80/",
        "http://example.org/" + "a" * MAX_LENGTH,
    ],
)  # fmt: skip
def test_what_is_doubtful_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    sentence = str(refused.value)
    assert sentence[0].isupper() or sentence[0] == "“"
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("/c", "https://example.org/c"), ("c", "https://example.org/a/c"), ("?c", "https://example.org/a/b?c"),
        ("../../c", "https://example.org/c"), ("//other.example/c", "https://other.example/c"),
        ("http://other.example:81", "http://other.example:81/"), ("", "https://example.org/a/b"),
    ],
)  # fmt: skip
def test_what_a_redirect_names_is_read_from_where_it_stands(reference: str, target: str) -> None:
    assert join(parse("https://example.org/a/b"), reference).text == target


@pytest.mark.parametrize(
    "reference",
    ["/\t/evil.example", "\\\\evil.example", "http://[::1", "ftp://a.example", "//a@b.example", "//0x7f.1/"],
)
def test_what_a_redirect_names_is_read_as_strictly(reference: str) -> None:
    with pytest.raises(Refused):
        join(parse("https://example.org/a/b"), reference)


PIECES = st.sampled_from(
    ["http", "https", "://", ":", "/", "//", "@", "\\", "[", "]", "%", "%2e", ".", "。", "\uff0e", "-", "_", "#", "?",
     "127", "1", "0x7f", "0177", "::1", "localhost", "example", "org", "xn--", "中文", "ü", "ß", "\uff11", "\t", " ",
     "80", ":80", "é", "\u212a"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(),
    st.text().map("http://".__add__),
    st.lists(PIECES, max_size=9).map(lambda some: "http://" + "".join(some)),
)


@given(TEXTS)
@example("http://[::1]:80:80")
def test_whatever_is_taken_is_read_alike_by_everybody(text: str) -> None:
    try:
        address = parse(text)
    except Refused:
        return
    for spelt in (text, address.text):
        parts, url = urlsplit(spelt), httpx2.URL(spelt)
        host = (
            (parts.hostname or "").encode("idna").decode() if not address.host.count(":") else parts.hostname
        )
        default = 443 if address.scheme == "https" else 80
        assert (parts.scheme, host, parts.port or default) == (address.scheme, address.host, address.port)
        assert (url.scheme, url.raw_host.decode(), url.port or default) == (
            address.scheme,
            address.host,
            address.port,
        )
    assert parse(address.text) == address


@given(TEXTS)
def test_a_redirect_is_an_address_or_refused(reference: str) -> None:
    with suppress(Refused):
        assert isinstance(join(parse("http://example.org/"), reference), Address)


def test_an_address_is_no_longer_encoded_than_as_it_is_given() -> None:
    with pytest.raises(Refused, match="when it is encoded"):
        parse("https://example.org/" + "网" * 600)
