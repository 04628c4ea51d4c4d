"""Which network addresses a catalogue may make this machine speak to."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = ipaddress.IPv6Network("::/96")
_CARRIER_NAT = ipaddress.IPv4Network("100.64.0.0/10")
# Ranges that Python versions disagree about.
_NEVER: tuple[tuple[Network, str], ...] = (
    (ipaddress.IPv4Network("0.0.0.0/8"), "unspecified"),
    (_CARRIER_NAT, "carrier-grade NAT"),
    (ipaddress.IPv4Network("192.0.0.0/24"), "reserved"),
    (ipaddress.IPv4Network("192.88.99.0/24"), "6to4 relay"),
    (ipaddress.IPv4Network("198.18.0.0/15"), "benchmarking"),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), "local NAT64"),
    (ipaddress.IPv6Network("2001::/32"), "Teredo"),
    (ipaddress.IPv6Network("fec0::/10"), "site-local"),
)


def forbidden_kind(address: str, *, allow_private: bool = False, allowed: Sequence[Network] = ()) -> str:
    """Return why `address` may not be connected to, such as "loopback"; "" if it may.

    An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) is judged as the IPv4 address that it reaches.

    Args:
        address: IPv4 or IPv6; a scope (`%eth0`) is ignored.
        allow_private: loopback and private networks are allowed; link-local ones, where clouds keep their secrets,
            multicast and unspecified addresses never are.
        allowed: networks that are allowed whatever they are.
    """
    ip = _reached(ipaddress.ip_address(address.partition("%")[0]))
    if any(ip.version == network.version and ip in network for network in allowed):
        return ""
    for network, kind in _NEVER:
        if ip.version == network.version and ip in network:
            return kind
    return _kind(ip, allow_private)


def _kind(ip: Address, allow_private: bool) -> str:
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_multicast:
        return "multicast"
    if ip.is_link_local:
        return "link-local"
    if ip.is_loopback:
        return "" if allow_private else "loopback"
    if ip.is_reserved:
        return "reserved"
    if ip.is_private:
        return "" if allow_private else "private"
    return "" if ip.is_global else "not global"


def _reached(ip: Address) -> Address:
    if not isinstance(ip, ipaddress.IPv6Address):
        return ip
    if ip.ipv4_mapped:
        return ip.ipv4_mapped
    if ip.sixtofour:
        return ip.sixtofour
    low = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip in _NAT64 or (ip in _V4_COMPATIBLE and int(ip) > 1):
        return low
    return ip
