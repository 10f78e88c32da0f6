from __future__ import annotations

import pytest

from moderation.terms import Delivery
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    "text",
    [
        "same name everywhere, quillbramblefox",
        "my @ is dunemarten on everything",
        "message me @ velvet.marrow",
        "dm me at tidepool.ferrant anytime",
        "find me, its lantern.the.goose",
        "disc is under marrowmint_ ok",
        "write to gorsefern at gmail",
        "spelt p e l l i n o r on there",
    ],
)
def test_user_names_told_around_the_apps_are_replaced(text: str) -> None:
    """Frames, dots, spaced letters and mail said in words do not reach the peer."""
    assert shared_judge().judge(text).delivery == Delivery.REDACT


@pytest.mark.parametrize(
    "text",
    [
        "same name as my cousin, funny",
        "find me after lunch.please",
        "add more salt.it helps",
        "i watch too much YouTube and TikTok",
        "its my first time at any point in the year",
        "do you know how its spelt",
        "the same line again: widgetry.renderer(1)",
    ],
)
def test_ordinary_words_beside_such_frames_stay(text: str) -> None:
    """A run-on sentence, an app in capitals, a common word and code are no user names."""
    assert shared_judge().judge(text).delivery == Delivery.DELIVER
