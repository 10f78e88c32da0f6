from __future__ import annotations

import pytest

from chat.opinions import Opinions, second_opinion
from chat.settings import BadSettings, Second
from chat.settings_file import convert
from moderation.scorers.onnx import OnnxScorer
from moderation.scorers.web import WebScorer

NOTHING = Opinions(None, None, print, lambda: None)  # type: ignore[arg-type]


async def test_the_settings_name_at_most_one_scorer() -> None:
    """None by default; a file or an address makes one; both are refused."""
    assert second_opinion(Second(), NOTHING) is None
    model = second_opinion(Second(model="m.onnx"), NOTHING)
    web = second_opinion(Second(url="http://10.0.0.1/score"), NOTHING)
    assert model is not None
    assert web is not None
    assert isinstance(model._scorer, OnnxScorer)
    assert isinstance(web._scorer, WebScorer)
    with pytest.raises(ValueError, match="not both"):
        second_opinion(Second(model="m.onnx", url="http://10.0.0.1/"), NOTHING)


@pytest.mark.parametrize(
    "wrong", [{"queue_from": 0}, {"queue_from": 1.5}, {"page_from": 2}, {"waiting": 0}]
)
def test_limits_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    """A score lies between 0 and 1, a queue has room for one."""
    with pytest.raises(BadSettings):
        convert(wrong, Second)


@pytest.mark.parametrize(
    "wrong", [{"url": "nowhere"}, {"url": "http://10.0.0.1/", "networks": ["the school"]}]
)
def test_addresses_that_mean_nothing_stop_the_start(wrong: dict[str, object]) -> None:
    """What cannot be asked is not found out later."""
    with pytest.raises(ValueError):  # noqa: PT011 - each says its own words
        second_opinion(convert(wrong, Second), NOTHING)
