from __future__ import annotations

import pytest

from moderation.terms import Delivery
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    "text",
    [
        "ask for Jasper K. Whitlow",
        "my name is orla fennimore",
        "im Marcus Ellingworth btw",
        "i sit next to Saoirse Kilbrannan in maths",
        "me llamo Diego Fuentemayor",
        "my form tutor mrs Philippa Garrowby is kind",
        "hello im quenby thrustleworth",
        "Oluwadara Ezechukwu-Bright here",
        "last name: Wrexcombe, first: Jonquil",
        "my full name is Corentin Brooks",
        "its wilhelmina jane trubshawe, hi",
        "my best mate is saoirse quilligan-bass shes sound",
        "my teacher is mrs philippa garrowby",
    ],
)
def test_full_names_are_replaced(text: str) -> None:
    """A given name with its surname does not reach the peer."""
    assert shared_judge().judge(text).delivery == Delivery.REDACT


@pytest.mark.parametrize(
    "text",
    [
        "im Grace",
        "we listened to Taylor Swift all day",
        "my friend Grace is lovely",
        "i moved from New Zealand",
        "Happy Birthday to you",
        "this is my curtain call",
        "im soooo tirrrred of this",
        "my name is common",
        "my teacher is mr bean levels of chaos",
        "my best mate is really kind",
    ],
)
def test_first_names_and_famous_ones_stay(text: str) -> None:
    """A first name alone, a famous pair or a place identifies nobody in the room."""
    assert shared_judge().judge(text).delivery == Delivery.DELIVER
