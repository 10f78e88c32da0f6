from __future__ import annotations

from moderation.examples import failures
from tests.moderation.judging import shared_judge


def test_every_example_of_every_rule_holds() -> None:
    """Each rule catches what it says it catches and spares what it says it spares."""
    assert list(failures(shared_judge())) == []
