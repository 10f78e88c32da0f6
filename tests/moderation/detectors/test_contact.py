from __future__ import annotations

import pytest

from moderation.decide import HIDDEN
from moderation.terms import Delivery
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    "text",
    [
        "my number is 07700 900123",
        "+44 7700 900 311 if you need me",
        "text me 555-0147",
        "five five five 0 one four seven thats mine",
        "0 7 7 0 0 9 0 0 7 3 1",
        "write to moss.fern@example.org",
        "moss fern at example dot org",
        "im @moss.fern_07 on insta",
        "my discord is mossfern#4821",
        "my kik is fernwhistler",
        "find me its lil_moss_07",
        "O77OO 9OO 152 dont tell on me",
        "its 5five5 zero1two3",
        "07700 then 900 then 188",
        "its 8765550144 save it",
        "digits in order: 0,7,7,0,0,9,0,0,1,8,2",
        "m o s s @ e x a m p l e . o r g",
        "mossy at example dot net",
        "come to 4 Larkspur Villas",
        "number nine, bracken drive",
        "vivo en Pasaje Los Boldos 219",
        "form five green, Thornhill Boys College",
        "i live at 22 Thornmere Road",
        "vivo en la calle Jacaranda 45",
        "im in 10B at Brackenfield Academy",
        "5️⃣5️⃣5️⃣0️⃣1️⃣4️⃣2️⃣ thats me",
        "first bit is 07700 and the end is 900118",
        "6OO OO OO 41 with letter o s",
        "insta: otter with a hat, all one word",
        "my house is 61 Fernley, past the shop",
        "vivo en C/ Jacaranda 45",
    ],
)
def test_ways_to_reach_somebody_are_replaced(text: str) -> None:
    """Numbers, mail, handles, addresses and a school with a class do not reach the peer."""
    decision = shared_judge().judge(text)
    assert decision.delivery == Delivery.REDACT
    assert HIDDEN in decision.shown


@pytest.mark.parametrize(
    "text",
    [
        "you can call 988 any time",
        "samaritans are on 116 123",
        "text SHOUT to 85258 or 741741",
        "childline is 0800 1111",
        "im 15 and in year 10",
        "we got 5550198 points at the arcade",
        "we scored 40 points in 20 minutes",
        "meet at 3.30 on 14/06",
        "rip my grades 2019-2025",
        "the wars were 1914 to 1918 then 1939 to 1945",
        "pi is 3.14159265",
        "it got 1,000,000 views",
        "the 11 outer circle is late again",
        "my snap is broken",
        "which number, 45, 90 and 135",
    ],
)
def test_help_lines_and_harmless_numbers_stay(text: str) -> None:
    """A helper can give a crisis line, and ages, times and scores identify nobody."""
    assert shared_judge().judge(text).delivery == Delivery.DELIVER
