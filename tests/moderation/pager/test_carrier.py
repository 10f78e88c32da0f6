import asyncio

from moderation.pager.carrier import Carrier
from moderation.pager.channel import Notice, Outcome
from tests.moderation.pager.listeners import web_server

NOTICE = Notice("ABC-DEFG", "possible abuse", "02:14 UTC", "https://chat.test/staff/x")


async def test_service_that_apprise_does_not_know_fails_for_good() -> None:
    """A description nobody can build is no matter for a retry."""
    assert await Carrier(5).send({"schema": "no-such-thing"}, NOTICE) is Outcome.FAILED_FOR_GOOD


async def test_F19_hanging_provider_leaves_threads_to_another_channel() -> None:
    """However many pages wait at one hung provider, another channel's page goes out meanwhile."""
    hang = asyncio.Event()
    async with web_server(hang=hang) as hung, web_server() as well:
        stuck, free = Carrier(5), Carrier(5)

        def service(url: str) -> dict[str, object]:
            return {"schema": "json", "host": "127.0.0.1", "port": url.rpartition(":")[2]}

        waiting = [asyncio.ensure_future(stuck.send(service(hung.url), NOTICE)) for _ in range(20)]
        assert await free.send(service(well.url), NOTICE) is Outcome.SENT
        assert not any(page.done() for page in waiting)
        hang.set()
        assert await asyncio.gather(*waiting) == [Outcome.SENT] * 20
