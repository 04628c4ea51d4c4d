"""Addresses that no catalogue may make this machine speak to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.feeds.addresses import forbidden_kind


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.9.10", "loopback"),
        ("::1", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("fd00::1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("::", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("240.0.0.1", "reserved"),
        ("198.18.0.1", "benchmarking"),
        ("192.88.99.1", "6to4 relay"),
        ("fec0::1", "site-local"),
        ("2001::1", "Teredo"),
        ("64:ff9b:1::a00:1", "local NAT64"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:a9fe:a9fe", "link-local"),
        ("::127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("2002:7f00:1::", "loopback"),
        ("2002:a00:1::1", "private"),
    ],
)
def test_forbidden(address: str, kind: str) -> None:
    assert forbidden_kind(address) == kind


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert forbidden_kind(address) == ""


def test_private_networks_only_by_permission_and_never_what_clouds_hide_there() -> None:
    for address in ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fd00::1"):
        assert forbidden_kind(address, allow_private=True) == ""
    for address in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "::ffff:169.254.169.254"):
        assert forbidden_kind(address, allow_private=True) != ""


def test_a_named_network_is_allowed_and_nothing_beside_it() -> None:
    allowed = [ipaddress.ip_network("10.1.0.0/16")]
    assert forbidden_kind("10.1.255.255", allowed=allowed) == ""
    assert forbidden_kind("::ffff:10.1.0.1", allowed=allowed) == ""
    assert forbidden_kind("10.2.0.0", allowed=allowed) == "private"


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_alike(inner: ipaddress.IPv4Address) -> None:
    kind = forbidden_kind(str(inner))
    number = int(inner)
    assert forbidden_kind(str(ipaddress.IPv6Address((0xFFFF << 32) | number))) == kind
    assert forbidden_kind(str(ipaddress.IPv6Address((0x64FF9B << 96) | number))) == kind
    assert forbidden_kind(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80)))) == kind
