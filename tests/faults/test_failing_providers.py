"""Providers that fail in every way: somebody is reached another way (F19, F20)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.faults import failing_providers
from tests.faults.failing_providers import SCHOOLS, fail
from tests.faults.progress import PART, Progress

FAILURES = int(os.environ.get("PEERLINE_TEST_FAILURES", "200"))


@pytest.mark.parametrize("school", range(len(SCHOOLS)))
async def test_F19_F20_a_person_is_reached_another_way_within_90_seconds(
    school: int, tmp_path: Path, progress: Progress
) -> None:
    """Fifty providers that fail at once, in every way: nobody is left waiting for longer."""
    times = FAILURES // len(SCHOOLS)
    seed = school + len(SCHOOLS) * int(os.environ.get(PART, "0"))
    assert await fail(times, seed=seed, folder=tmp_path, school=school) == {}
    progress(times, times, "failures of providers", reached_later_than_90_s=0)


async def test_P4_two_providers_that_lie_or_hang_cost_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is one that can fail: asked for ten seconds, it finds those that took longer."""
    monkeypatch.setattr(failing_providers, "WITHIN", 10.0)
    late = await fail(50, seed=1, folder=tmp_path, school=0)
    assert late
    assert all("lies" in kinds or "time-out" in kinds for kinds in late)
