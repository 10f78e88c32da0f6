from __future__ import annotations

import pytest

from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("what the fuck", "what the ****"),
        ("fuuuuck it", "******* it"),
        ("oh sh!t no", "oh **** no"),
        ("s.h.i.t happens", "******* happens"),
        ("qué mierda de día", "qué ****** de día"),
        ("im in scunthorpe", "im in scunthorpe"),
        ("damn that was crap", "damn that was crap"),
        ("un cono de helado", "un cono de helado"),
    ],
)
def test_strong_swearing_is_starred_and_nothing_else(text: str, shown: str) -> None:
    """Strong words are starred in any spelling; mild words and lookalikes stay."""
    decision = shared_judge().judge(text)
    assert decision.shown == shown
    assert not decision.attention
