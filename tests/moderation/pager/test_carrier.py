import asyncio

from moderation.pager.carrier import AT_ONCE, Carrier
from moderation.pager.channel import Notice, Outcome
from tests.moderation.pager.listeners import Hook, web_server

NOTICE = Notice("ABC-DEFG", "possible abuse", "02:14 UTC", "https://chat.test/staff/x")


def _service(hook: Hook) -> dict[str, object]:
    return {"schema": "json", "host": "127.0.0.1", "port": hook.url.rpartition(":")[2]}


async def test_service_that_apprise_does_not_know_fails_for_good() -> None:
    """A description nobody can build is no matter for a retry."""
    service = {"schema": "no-such-thing"}
    assert await Carrier(5).send("somebody", service, NOTICE) is Outcome.FAILED_FOR_GOOD


async def test_F19_hung_provider_holds_up_no_other_address() -> None:
    """Ten addresses whose provider hangs; the page to an eleventh goes out meanwhile."""
    hang = asyncio.Event()
    async with web_server(hang=hang) as hung, web_server() as well, asyncio.timeout(60):
        carrier = Carrier(30)
        stuck = [
            asyncio.ensure_future(carrier.send(f"stuck {number}", _service(hung), NOTICE))
            for number in range(10)
        ]
        for _ in stuck:
            await hung.arrived.acquire()
        assert await carrier.send("free", _service(well), NOTICE) is Outcome.SENT
        assert not any(page.done() for page in stuck)
        hang.set()
        assert await asyncio.gather(*stuck) == [Outcome.SENT] * 10


async def test_F19_one_address_takes_only_so_many_threads() -> None:
    """Calls that hang on count against their address, even when nobody waits for them any more."""
    hang = asyncio.Event()
    async with web_server(hang=hang) as hung, asyncio.timeout(60):
        carrier = Carrier(30, turn=0.1)

        def send() -> asyncio.Future[Outcome]:
            return asyncio.ensure_future(carrier.send("stuck", _service(hung), NOTICE))

        stuck = [send() for _ in range(AT_ONCE)]
        for _ in stuck:
            await hung.arrived.acquire()
        stuck[0].cancel()
        await asyncio.wait(stuck[:1])
        assert await send() is Outcome.FAILED_FOR_NOW
        hang.set()
        assert await asyncio.gather(*stuck[1:]) == [Outcome.SENT] * (AT_ONCE - 1)


async def test_many_pages_to_one_address_take_turns_and_none_fails() -> None:
    """Many cases come at once: a failure would call the next adult, and there was none."""
    hang = asyncio.Event()
    async with web_server(hang=hang) as slow, asyncio.timeout(60):
        carrier = Carrier(30, turn=30)
        pages = [
            asyncio.ensure_future(carrier.send("ola", _service(slow), NOTICE))
            for _ in range(AT_ONCE + 3)
        ]
        for _ in range(AT_ONCE):
            await slow.arrived.acquire()
        hang.set()
        assert await asyncio.gather(*pages) == [Outcome.SENT] * (AT_ONCE + 3)
