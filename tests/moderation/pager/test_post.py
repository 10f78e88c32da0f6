import asyncio
import ssl
from collections.abc import Sequence

import pytest

from moderation.pager.networks import networks
from moderation.pager.post import Forbidden, Poster
from tests.moderation.pager.listeners import web_server

HERE = networks(["127.0.0.1"])
PUBLIC = "93.184.215.14"


async def test_a_named_network_may_be_posted_to() -> None:
    """A gateway in the school, named by an administrator, is reached over plain http."""
    async with web_server() as hook:
        assert await Poster(5, HERE).post(hook.url + "/x", b"page", {"A": "b"}) == 200
    ((headers, body),) = hook.posts
    assert (headers["A"], body) == ("b", b"page")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_this_machine_is_not_posted_to(host: str, scheme: str) -> None:
    """However this machine is written, nothing arrives unless an administrator named it."""
    async with web_server() as hook:
        port = hook.url.rpartition(":")[2]
        with pytest.raises(Forbidden):
            await Poster(5).post(f"{scheme}://{host}:{port}/x", b"page", {})
    assert hook.posts == []


async def test_one_inside_address_among_many_forbids_the_host() -> None:
    """A name is judged by all its addresses, since any of them could be connected to."""
    poster = Poster(5, lookup=lambda _host, _port: [PUBLIC, "127.0.0.1"])
    with pytest.raises(Forbidden):
        await poster.post("https://gateway.example/", b"page", {})


async def test_dns_rebinding_reaches_nobody() -> None:
    """A name that is public when it is judged and local afterwards is asked only once."""
    answers = [[PUBLIC], ["127.0.0.1"]]
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers.pop(0)

    async with web_server() as hook:
        port = hook.url.rpartition(":")[2]
        with pytest.raises(OSError):  # noqa: PT011 - nobody answers at that address
            await Poster(0.3, lookup=rebinding).post(f"https://evil.example:{port}/", b"", {})
    assert asked == ["evil.example"]
    assert hook.posts == []


async def test_the_address_that_was_judged_is_the_one_connected_to() -> None:
    """A name nobody else knows is reached where the one look-up said it is."""
    async with web_server() as hook:
        port = hook.url.rpartition(":")[2]
        poster = Poster(5, HERE, lookup=lambda _host, _port: ["127.0.0.1"])
        assert await poster.post(f"http://bell.invalid:{port}/", b"page", {}) == 200
    ((headers, _),) = hook.posts
    assert headers["Host"] == f"bell.invalid:{port}"


async def test_public_hosts_need_encryption() -> None:
    """Plain http to the internet would show a page to everybody on the way."""
    poster = Poster(5, HERE, lookup=lambda _host, _port: [PUBLIC])
    with pytest.raises(Forbidden):
        await poster.post("http://gateway.example/", b"page", {})


async def test_F19_wrong_certificate_is_an_error() -> None:
    """A server that speaks no TLS, or somebody else's, gets nothing."""
    async with web_server() as hook:
        with pytest.raises((OSError, ssl.SSLError)):
            await Poster(5, HERE).post(hook.url.replace("http", "https"), b"page", {})
    assert hook.posts == []


async def test_F19_hanging_provider_ends_at_the_time_out() -> None:
    """Nobody waits longer than was said."""
    async with web_server(hang=asyncio.Event()) as hook:
        with pytest.raises(TimeoutError):
            await Poster(0.2, HERE).post(hook.url, b"page", {})


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://gateway.example/x", True),
        ("http://gateway.example/x", False),
        ("https://8.8.8.8/", True),
        ("http://8.8.8.8/", False),
        ("https://10.0.0.1/", False),
        ("https://[::1]/", False),
        ("https://2130706433/", False),
        ("ftp://gateway.example/", False),
        ("https://gateway.example/a b", False),
        ("https://" + "a" * 64 + ".example/", False),
        ("https://a..example/", False),
        ("", False),
    ],
)
def test_addresses_are_judged_before_they_are_saved(url: str, *, fine: bool) -> None:
    """What could never be posted to is refused without asking a name server."""
    assert Poster(5).accepts(url) is fine
