from __future__ import annotations

import subprocess
import sys

from moderation.terms import Delivery
from moderation.wordlist import kept, published, starred
from tests.moderation.judging import shared_judge

SIGNS = str.maketrans({"a": "@", "i": "!", "o": "0", "e": "3", "s": "$"})


def test_what_the_published_list_stars_we_star_except_reviewed_words() -> None:
    """Every published word that was not reviewed away is starred by our own reading."""
    judge = shared_judge()
    data = judge.book.data["profanity.toml"]
    missed = [
        word
        for word in sorted(published() - kept(data))
        if judge.judge(f"well {word} then").delivery < Delivery.MASK
    ]
    assert missed == []


def test_disguised_strong_words_are_starred() -> None:
    """Digits and symbols for letters do not get a strong word through."""
    judge = shared_judge()
    for word in ("fucking", "shit", "bitch", "wanker", "bastard", "bullshit"):
        assert judge.judge(f"oh {word.translate(SIGNS)} no").delivery == Delivery.MASK


def test_identity_words_are_left_alone() -> None:
    """Who somebody is never looks like a dirty word."""
    for word in ("gay", "queer", "lesbians", "god", "menstruation"):
        assert word not in starred(shared_judge().book.data["profanity.toml"])
        assert shared_judge().judge(f"my friend said {word}").delivery == Delivery.DELIVER


def test_the_published_scanner_is_never_imported() -> None:
    """Only the list is read; the scanner would cost a thousand times more."""
    script = (
        "import sys, moderation.pipeline as p; p.Judge.load();"
        "print('better_profanity' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
