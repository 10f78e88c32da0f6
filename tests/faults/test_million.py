"""The whole schedule of faults over one crowd: nothing is shown that no verdict allowed (K2).

Words are said once in the world, a witness hashes what each verdict allows at the judge's own
mouth, and what pages were sent is compared with that. CI says a few hundred; `make soak` a million.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from random import Random

from tests.faults import witness
from tests.faults.crowd import Crowd, a_config
from tests.faults.progress import Progress, seeded
from tests.faults.servers import Servers
from tests.faults.talkers import of_all_kinds

MESSAGES = int(os.environ.get("PEERLINE_TEST_MESSAGES", "400"))
ROOMS = 12 if MESSAGES < 10_000 else 40
"""More of them in a long run, where waiting for each other would take most of the time."""
ROUND = 1_000
"""Messages between two faults, at most."""
POINTS = ("judged", "handed_in", "kept", "sent", "releasing", "released", "page_sent")


async def fault(crowd: Crowd, chance: Random) -> None:
    """One fault out of the schedule; a server runs before and after it."""
    (server,) = crowd.servers
    kind = chance.choice(["kill", "stop", "stand_still", "cut_off", *POINTS])
    if kind == "stand_still":
        server.stand_still()
        await asyncio.sleep(chance.random())
        server.go_on()
        return
    if kind == "cut_off":
        for talker in crowd.talkers:
            talker.hang_up()
        return
    crowd.up.clear()
    await (server.stop() if kind == "stop" else server.kill())
    await server.start(f"{kind}:{chance.randint(1, 200)}" if kind in POINTS else "")
    crowd.up.set()


async def test_K2_nothing_is_shown_that_no_verdict_allowed(
    tmp_path: Path, progress: Progress
) -> None:
    """Through kills at every moment, stalls, cut lines and crashing judges, not one text.

    And nothing acknowledged is lost, doubled or out of order.
    """
    told, config = tmp_path / "witness", a_config(tmp_path)
    also = {witness.FILE: str(told), witness.FAULTY: "0.002"}
    server, chance = await Servers.ready(config, also=also), seeded(11)
    faults = 0
    async with Crowd.of(config, ROOMS, [server], of_all_kinds, heard=True) as crowd:
        crowd.pause = 0.02
        crowd.begin()
        await server.start()
        crowd.up.set()
        await crowd.seated()
        acks, goes_on = crowd.acks, True
        while acks.count < MESSAGES and goes_on:
            await crowd.more(min(ROUND, MESSAGES // 5))
            await fault(crowd, chance)
            faults += 1
            goes_on = progress(acks.count, MESSAGES + ROUND, "messages", faults=faults)
        await crowd.end()
        await server.stop()
        allowed = witness.allowed(told)
        heard = [one for talker in crowd.talkers for one in talker.heard or ()]
        unallowed = sum(one not in allowed for one in heard)
        held = sum(len(talker.taken_back) for talker in crowd.talkers)
        progress(
            acks.count,
            acks.count,
            "messages",
            faults=faults,
            slowest_back_s=crowd.slowest_back(),
            shown=len(heard),
            held=held,
            unallowed=unallowed,
        )
    assert heard
    assert unallowed == 0
