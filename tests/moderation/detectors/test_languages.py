"""What no rule reads the language of is told; English and Spanish, however spelt, are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.corpus_lines import CORPUS
from moderation.detectors.languages import Languages
from moderation.terms import Attention, Category, Delivery
from tests.moderation.judging import shared_judge

DATA = Path(__file__).parents[2] / "data"
TRULY_FOREIGN = {"nz-2093"}
"""Harmless, and in Hindi but for four words."""

ONES = [one for one in shared_judge().detectors if isinstance(one, Languages)]


def told(text: str) -> bool:
    """Whether the detector says of a message that the rules do not read it."""
    return bool(ONES[0].find(shared_judge().reading(text)))


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        "je veux mourir",
        "chcę umrzeć",
        "chce umrzec",
        "ich will sterben",
        "main marna chahta hoon",
        "मैं मरना चाहता हूँ",
        "أريد أن أموت",
        "idk أريد أن أموت",
        "я хочу умереть",
        "我想死",
    ],
)
def test_a_cry_that_no_rule_reads_is_delivered_and_queued(text: str) -> None:
    """A moderator is told why, and the peer can answer."""
    decision = shared_judge().judge(text)
    assert (decision.attention, decision.delivery) == (Attention.QUEUE, Delivery.DELIVER)
    assert [(f.category, f.rule) for f in decision.findings if f.attention] == [
        (Category.LANGUAGE, "not_read")
    ]
    assert decision.shown == text


@pytest.mark.parametrize(
    "text",
    [
        "mdr ok see you at lunch",
        "bonjour",
        "привет",
        "你好",
        "merhaba",
        "namaste everyone",
        "lol that teacher said guten morgen",
        "c'est la vie",
        "ok yaar chalo",
        "tqm bestie nos vemos mañana jajaja",
        "mi primo dice que no way bro",
        "hahahahaha jajajaja",
        "sksksksk omgggg",
        "asdkjfh askdjfh qwoeiru",
        "hdjsksnd jdkfkf jfjdj",
        "no one loves me like the way you do do do la la la",
        "supercalifragilisticexpialidocious",
        "despacito te lo canto al oido despacito",
        "A zeppelin hovered majestically, the spectators were flabbergasted.",
        "El zorzal trina y los sauces se mecen",
        "Hombre cauteloso, cosecha copiosa.",
        "@RunnerQuickly @TheKitePress @MossAlden hooray",
        "newsdesk@thekitepress.example https://kitepress.example/mossalden",
        "haiz muz nid oredi lor, bcoz izzit onli mayb",
        "wot r u doin 2nite",
        "i h8 skool its sooo borin",
        "wen r we gona hav diner",
        "1 w4nt t0 d13",
        "і wаnt tо dіе",
        "my name is Mohammed and this is Krzysztof",
        "Ronaldo Mbappe Haaland",
        "i love BTS 방탄소년단 forever",
        "¯\\_(ツ)_/¯ ಠ_ಠ",
        "(づ｡◕‿‿◕｡)づ 😂😂",
        "",
    ],
)
def test_what_is_no_other_language_is_not_taken_for_one(text: str) -> None:
    """Greetings, laughter, names, random keys, songs, slang, disguises, rare words are not told."""
    assert not told(text)


def test_most_messages_in_other_languages_are_told() -> None:
    """Nine in ten of those the words were chosen with, and seven in ten that nobody looked at.

    Of those it was eight in ten before the weights had read three hands more and knew more words.
    """
    for seen, least in ((True, 0.88), (False, 0.74)):
        texts = [one["text"] for one in records(DATA / "languages.jsonl") if one["seen"] is seen]
        assert sum(map(told, texts)) >= least * len(texts)


def test_hardly_a_harmless_message_is_taken_for_another_language() -> None:
    """Of harmless messages, misspelt and disguised ones among them, less than one in a thousand."""
    paths = [DATA / "dev-messages.jsonl", *CORPUS.glob("*-messages.jsonl")]
    harmless = [one for path in paths for one in records(path) if one["attention"] == "none"]
    wrong = {one["id"] for one in harmless if told(one["text"])} - TRULY_FOREIGN
    assert len(wrong) < 0.001 * len(harmless)


def test_no_rule_uses_a_word_that_tells() -> None:
    """A word that a rule reads, or a small one of what is read, tells of no other language."""
    book = shared_judge().book
    data = book.data["languages.toml"]
    telling, read = (" ".join(data[which].values()).split() for which in ("telling", "read"))
    assert [word for word in telling if word in book.vocabulary] == []
    assert {*telling}.isdisjoint(read)


@given(st.text(max_size=200))
def test_any_text_gets_at_most_one_finding(text: str) -> None:
    """Of the whole message, to the queue, whatever is written."""
    found = ONES[0].find(shared_judge().reading(text))
    assert len(found) <= 1
    assert all((one.start, one.end, one.delivery) == (0, 0, Delivery.DELIVER) for one in found)


@given(st.lists(st.sampled_from(["i", "want", "to", "go", "home", "hola", "quiero", "school"])))
def test_known_words_alone_are_never_another_language(words: list[str]) -> None:
    """However many, in whatever order."""
    assert not told(" ".join(words))


@given(st.integers(4, 12))
def test_enough_words_that_are_known_outweigh_the_others(known: int) -> None:
    """A message most of whose words are read is read."""
    assert told("chcę umrzeć")
    assert not told("chcę umrzeć" + " i want you" * known)
