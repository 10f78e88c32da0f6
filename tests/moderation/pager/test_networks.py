import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.pager.networks import is_named, is_public, networks

INSIDE = (
    "127.0.0.1",
    "10.0.0.8",
    "172.16.4.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - to be refused
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "64:ff9b:1::a00:1",
    "fec0::1",
    "::10.0.0.1",
    "::ffff:0:10.0.0.1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_public(address: str) -> None:
    """This machine, its network and a cloud's metadata are not the internet, however written."""
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    """What any provider would answer with is allowed."""
    assert is_public(address)


@pytest.mark.parametrize("address", ["", "localhost", "2130706433", "0x7f.1", "1.2.3"])
def test_what_is_no_address_is_nothing(address: str) -> None:
    """Only plain addresses are judged; everything else is refused."""
    assert not is_public(address)
    assert not is_named(address, networks(["0.0.0.0/0", "::/0"]))


@given(st.ip_addresses())
def test_named_networks_hold_exactly_their_addresses(address: object) -> None:
    """Naming one address names no other, of either version."""
    named = networks(["10.1.2.3"])
    assert is_named(str(address), named) is (str(address) in {"10.1.2.3", "::ffff:10.1.2.3"})


def test_named_network_also_counts_inside_ipv6() -> None:
    """An address that the system wrote as IPv6 is the same address."""
    assert is_named("::ffff:10.1.2.3", networks(["10.1.2.0/24"]))


def test_what_is_no_network_is_told() -> None:
    """A mistake in the settings stops the start, instead of naming nothing."""
    with pytest.raises(ValueError, match="does not appear"):
        networks(["the school"])
