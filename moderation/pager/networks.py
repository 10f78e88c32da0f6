"""Which network addresses a page may be posted to; pure.

Used by `post.py`, by the scorers, and by what reads the settings. An address that staff type in
must never make this machine talk to itself, to the school's network or to a cloud's metadata
service (server-side request forgery, OWASP ASVS 5.0 13.2.4): public addresses only, and those
networks an administrator named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_NAT64 = ip_network("64:ff9b::/96")
_INSIDE = tuple(
    ip_network(name) for name in ("64:ff9b:1::/48", "fec0::/10", "::/96", "::ffff:0:0:0/96")
)
"""Called global by Python, and inside or leading there: NAT64 of a network's own (RFC 8215),
site-local (RFC 3879), IPv4-compatible (RFC 4291), translated (RFC 7915)."""


def networks(named: Iterable[str]) -> tuple[Network, ...]:
    """Networks as settings write them (`10.1.2.0/24`, `127.0.0.1`); raises ValueError."""
    return tuple(ip_network(name) for name in named)


def is_named(address: str, named: Sequence[Network]) -> bool:
    """Whether an administrator named a network that has this address."""
    found = _plain(address)
    return found is not None and any(
        found.version == network.version and found in network for network in named
    )


def is_public(address: str) -> bool:
    """Whether this is an address of the open internet, also when one hides inside another."""
    found = _plain(address)
    if found is None or any(found in network for network in _INSIDE):
        return False
    return found.is_global and not found.is_multicast


def _plain(address: str) -> IPv4Address | IPv6Address | None:
    """The address that packets would reach: IPv4 inside IPv6 is taken out (RFC 4291, 6052)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    hidden = found.ipv4_mapped or found.sixtofour or (found.teredo and found.teredo[1])
    return hidden or found
