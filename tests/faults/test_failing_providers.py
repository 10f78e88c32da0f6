from pathlib import Path

import pytest

from tests.faults import failing_providers
from tests.faults.failing_providers import SCHOOLS, fail


@pytest.mark.parametrize("school", range(len(SCHOOLS)))
async def test_F19_F20_a_person_is_reached_another_way_within_90_seconds(
    school: int, tmp_path: Path
) -> None:
    """Fifty providers that fail at once, in every way: nobody is left waiting for longer."""
    assert await fail(50, seed=school, folder=tmp_path, school=school) == {}


async def test_P4_two_providers_that_lie_or_hang_cost_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is one that can fail: asked for ten seconds, it finds those that took longer."""
    monkeypatch.setattr(failing_providers, "WITHIN", 10.0)
    late = await fail(50, seed=1, folder=tmp_path, school=0)
    assert late
    assert all("lies" in kinds or "time-out" in kinds for kinds in late)
