from __future__ import annotations

import pytest

from moderation.disguise import suspicious
from moderation.terms import Attention, Delivery
from moderation.text import read
from tests.moderation.judging import shared_judge


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("k y s", ["kys"]),
        ("k.i.l.l myself", ["kill", "myself"]),
        ("i am s c a r e d", ["scared"]),
        ("i d o n t w a n t t o e x i s t", ["want", "to", "exist"]),
        ("b!tch", ["bitch"]),
        ("k*ll", ["kill"]),
        ("i.want.to.end.my.life", ["end", "my", "life"]),
        ("1 w4n7 70 d13 70n1gh7", ["i", "want", "to", "die"]),
        ("so_tired_of_being_here", ["tired", "of", "being", "here"]),
        ("7h3r3 15 4 kn1f3 1n my b4g", ["there", "is", "a", "knife"]),
    ],
)
def test_the_second_view_undoes_a_disguise(written: str, words: list[str]) -> None:
    """Spaced, dotted, starred and symbol letters become the word they spell."""
    judge = shared_judge()
    view = judge.reading(written).views[-1]
    codes = [judge.book.vocabulary[word] for word in words]
    assert "".join(codes) in "".join(view.pieces)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("the k!ttens and the pr!ncipal", ["the", "kittens", "and", "the", "principal"]),
        ("a l!st of ex@mples", ["a", "list", "of", "examples"]),
        ("no!stop", ["no", "!", "stop"]),
        ("q&a at jo@example.com", ["q", "a", "at", "jo", "example", ".", "com"]),
        ("h3 h45 5 d0g5 4nd 4 c47", ["h3", "h45", "5", "d0g5", "4nd", "a", "c47"]),
    ],
)
def test_symbols_stand_for_letters_in_any_word_that_somebody_wrote(
    written: str, tokens: list[str]
) -> None:
    """A word that no rule knows, but the weights do, is undone; a number stays one."""
    assert shared_judge().reading(written).views[-1].tokens == tokens


@pytest.mark.parametrize(
    "amount", ["it went up 4.8% this year", "4,800 & 4.8m", "$50 or 4.8% of it", "900k subs"]
)
def test_an_amount_is_no_word_in_disguise(amount: str) -> None:
    """A percentage, a price or thousands are looked at by nobody."""
    decision = shared_judge().judge(amount)
    assert (decision.attention, decision.delivery) == (Attention.NONE, Delivery.DELIVER)


@pytest.mark.parametrize("plain", ["i had a good day", "see you at nine", "she said yes and left"])
def test_ordinary_talk_is_not_suspected(plain: str) -> None:
    """The costly second view is not built for plain words."""
    assert not suspicious(read(plain))
