"""How well the shipped rules and weights judge: ceilings no change may break unseen."""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bench.linear_records import HANDS
from moderation.__main__ import replayed
from moderation.linear.heldout import held_out
from moderation.terms import CRY_FOR_HELP, Decision, Delivery
from tests.moderation.judging import shared_judge

DATA = Path(__file__).parent.parent / "data"
CORPUS = Path(__file__).parents[2] / "moderation" / "corpus"
REVENGE = {"in-0923", "in-3077", "in-3078", "in-3088"}
"""Wishes to hurt somebody, with no plea in them: four in five of such lines are to be held."""
UNMENDED = {"us-2278"}
"""A cry of the tenth that nobody tunes on: it stays to be measured."""
SCORE_ALONE = {"ie-1205"}
"""Held by the trained score alone."""
OF_ONESELF = {"vd-1074"}
"""A wish to hurt without a plea, which other hands label as to be held."""


@functools.cache
def _judged(text: str) -> Decision:
    """What is decided about a message; several tests ask about the same."""
    return shared_judge().judge(text)


def _records(name: str) -> list[dict[str, Any]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_figures_on_the_development_messages_do_not_fall() -> None:
    """The ceilings are where the rules stand, so that no change makes them silently worse."""
    counts: Counter[str] = Counter()
    for record in _records("dev-messages.jsonl"):
        decision = _judged(record["text"])
        wanted, got = record["attention"], decision.attention.word
        counts[wanted] += 1
        counts["missed"] += (wanted, got) == ("page", "none")
        counts["not paged"] += wanted == "page" and got != "page"
        counts["false page"] += (wanted, got) == ("none", "page")
        counts["false queue"] += (wanted, got) == ("none", "queue")
    assert counts["missed"] <= 2
    assert counts["not paged"] <= 14
    assert counts["false page"] <= 4
    assert counts["false queue"] <= 16


def test_no_cry_for_help_in_the_development_messages_is_held() -> None:
    """A message that should be delivered and looked at is never held."""
    held = [
        record["id"]
        for record in _records("dev-messages.jsonl")
        if record["category"] in CRY_FOR_HELP
        and record["attention"] != "none"
        and record["delivery"] != "hold"
        and _judged(record["text"]).delivery == Delivery.HOLD
    ]
    assert held == []


def test_no_cry_for_help_in_any_written_message_is_held() -> None:
    """Whatever is to be seen and delivered is delivered, but for a few that are named here."""
    held = set()
    for path in (DATA / "dev-messages.jsonl", *CORPUS.glob("*-messages.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["attention"] == "none" or record["delivery"] in ("hold", "redact"):
                continue
            if _judged(record["text"]).delivery == Delivery.HOLD:
                held.add(record["id"])
    assert held <= REVENGE | UNMENDED | SCORE_ALONE | OF_ONESELF


def test_most_development_dialogues_reach_the_right_attention_in_time() -> None:
    """At least thirty-three of the forty dialogues end as a careful reader would have them end."""
    order = {"none": 0, "queue": 1, "page": 2}
    right = 0
    for record in _records("dev-dialogues.jsonl"):
        got, expect = replayed(shared_judge(), record), record["expect"]
        if expect["attention"] == "none":
            right += got["attention"] == "none"
        else:
            right += order[got["attention"]] >= order[expect["attention"]] and (
                got["turn"] <= expect["by_turn"] and got["about"] == expect["about"]
            )
    assert right >= 33


def test_figures_on_the_tenth_that_nobody_tunes_on_do_not_fall() -> None:
    """The ceilings are where judging stands on written messages no rule or weight was made from.

    Only a hand that training reads has such a tenth. Of a newer one all is unseen: its figures
    stand in the corpus' own page, and its lines count here from the day weights learn from it.
    """
    counts: Counter[str] = Counter()
    for hand in HANDS[:-1]:
        path = CORPUS / f"{hand}-messages.jsonl"
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if not held_out(record["id"]):
                continue
            got, wanted = _judged(record["text"]).attention.word, record["attention"]
            counts[wanted] += 1
            counts["missed"] += (wanted, got) == ("page", "none")
            counts["not paged"] += wanted == "page" and got != "page"
            counts["false page"] += (wanted, got) == ("none", "page")
            counts["false queue"] += (wanted, got) == ("none", "queue")
    assert counts["page"] > 400
    assert counts["missed"] <= 0.33 * counts["page"]
    assert counts["not paged"] <= 0.65 * counts["page"]
    assert counts["false page"] <= 0.018 * counts["none"]
    assert counts["false queue"] <= 0.07 * counts["none"]
