from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from moderation.pipeline import Judge
from tests.journeys.conftest import an_open_house, in_time, settings


@pytest.fixture(scope="module")
def rules() -> Judge:
    """The shipped rules, loaded once."""
    return Judge.load()


def _counted(text: str) -> dict[str, float]:
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("peerline_"))
    return {name: float(number) for name, number in lines}


async def _asked(port: int) -> dict[str, float]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.status == 200
        return _counted(await answer.text())


async def test_the_house_counts_what_its_keepers_watch(tmp_path: Path, rules: Judge) -> None:
    """Who is there, what works, what was refused and what waits for the disk, as it stands now."""
    async with an_open_house(settings(tmp_path), in_time(rules)) as running:
        port = running.settings.server.port
        before = await _asked(port)
        assert before["peerline_students"] == before["peerline_rooms"] == 0
        assert before['peerline_part_ready{part="on_call"}'] == 0
        await running.on_call()
        await running.server.on_call.look_who_is_there()
        await running.student()
        after = await _asked(port)
    assert after["peerline_students"] == 1
    assert after["peerline_connections"] > 0
    assert after['peerline_part_ready{part="on_call"}'] == 1
    assert after["peerline_rows_total"] > before["peerline_rows_total"]
    assert after["peerline_rows_total"] >= after["peerline_batches_total"]
    assert after["peerline_rows_waiting"] == after["peerline_unjudged_total"] == 0
    assert after['peerline_connections_refused_total{how="turned_away"}'] == 0
