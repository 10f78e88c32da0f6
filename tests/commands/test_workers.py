"""Workers of one machine: looked after, renewed and ended; `tests/scale/` has real nodes."""

from __future__ import annotations

import asyncio
import sys

import pytest

from chat.settings import BadSettings, Settings
from chat.settings_file import convert
from commands import workers


@pytest.mark.parametrize(
    ("tree", "named"),
    [
        ({"redis": "redis://127.0.0.1/0", "server": {"port": 1}}, "database"),
        ({"database": "sqlite:///x.db", "redis": "redis://127.0.0.1/0"}, "database"),
        ({"database": "postgresql://127.0.0.1/x"}, "redis"),
        (
            {
                "database": "postgresql://127.0.0.1/x",
                "redis": "redis://127.0.0.1/0",
                "server": {"port": 0},
            },
            "port",
        ),
    ],
)
def test_workers_that_could_not_work_together_are_refused(
    tree: dict[str, object], named: str
) -> None:
    """Without shared records, a shared Redis or a known port there is no second worker."""
    with pytest.raises(BadSettings, match=named):
        workers.check(convert(tree, Settings))


_WORKER = "import signal; print('Peerline is open', flush=True); signal.sigwait([signal.SIGTERM])"


async def test_workers_that_die_are_started_again_and_renewed_one_by_one() -> None:
    """Whatever happens to one of them, there are as many again soon, until they are closed."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(2)
    first = list(found.running)
    first[0].kill()
    await first[0].wait()
    await found.complete(2, without=first[0])
    second = list(found.running)
    await found.renew()
    assert len(found.running) == 2
    assert not {worker.pid for worker in second} & {worker.pid for worker in found.running}
    await found.close()
    assert not found.running


async def test_a_worker_that_cannot_start_is_told() -> None:
    """When the first worker ends before it is open, the parent ends too."""
    found = workers.Workers([sys.executable, "-S", "-c", "raise SystemExit(3)"])
    with pytest.raises(workers.Failed):
        await found.start(2)
    await found.close()
    assert not found.running


async def test_who_renews_twice_has_as_many_as_before() -> None:
    """The second renewal waits for the first, and no worker of either is left over."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(2)
    first = {worker.pid for worker in found.running}
    await asyncio.gather(found.renew(), found.renew())
    assert len(found.running) == 2
    assert not first & {worker.pid for worker in found.running}
    await found.close()


async def test_a_worker_that_dies_while_they_are_renewed_is_replaced_once() -> None:
    """Neither the renewal nor the watch over it leaves one too many."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(2)
    dying, watches = found.running[0], set(found._watching)
    renewing = asyncio.ensure_future(found.renew())
    dying.kill()
    await renewing
    await asyncio.wait(watches)  # over both who were there at first: each has done what it does
    assert len(found.running) == 2
    await found.close()


async def test_a_worker_that_does_not_open_replaces_nobody() -> None:
    """The old one goes on: a version that cannot start takes no school down."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(1)
    (old,) = found.running
    found.command = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
    await found.renew()
    assert found.running == [old]
    await found.close()


async def test_closing_in_the_middle_of_a_renewal_leaves_nobody() -> None:
    """Also the worker that was just being made is asked to end, though it never opened."""
    found = workers.Workers([sys.executable, "-S", "-c", _WORKER])
    await found.start(1)
    found.command = [sys.executable, "-S", "-c", _WORKER.partition(";")[0] + "; signal.pause()"]
    renewing = asyncio.ensure_future(found.renew())
    await asyncio.sleep(0)
    await found.close()
    assert not found.running
    await renewing
