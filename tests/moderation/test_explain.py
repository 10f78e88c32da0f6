from __future__ import annotations

from moderation.explain import explained
from tests.moderation.judging import shared_judge


def test_every_stage_of_judging_is_told() -> None:
    """The words read, the rule, its file and the decision all appear."""
    told = "\n".join(explained(shared_judge(), "im gonna k1ll mys3lf tonight"))
    for part in ("read", "words", "suicide_intent", "en/suicide.toml", "attention page"):
        assert part in told


def test_colour_is_used_only_when_asked_for() -> None:
    """Piped output carries no terminal codes."""
    judge = shared_judge()
    assert "\x1b" not in "\n".join(explained(judge, "kys"))
    assert "\x1b" in "\n".join(explained(judge, "kys", colour=True))
