"""The texts the linear stage learns from, and the groups they are kept apart by.

Written messages: `moderation/corpus`, a hand a file, and `tests/data/dev-messages.jsonl`, another.
Real comments that disturb nobody: GoEmotions (Demszky et al. 2020, Google Research, Apache-2.0),
JSON lines with "id" and "text". Other real talk: the same with a "source" (which ones, and what may
be learnt from: `docs/moderation-figures.md`). Their paths are given on the command line, and their
text is not kept.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moderation.detectors.spelled import Spelled, spellings
from moderation.linear.features import words_of
from moderation.linear.heldout import held_out
from moderation.terms import Attention

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from moderation.pipeline import Judge
    from moderation.vocabulary import Vocabulary

ROOT = Path(__file__).parent.parent
HANDS = (
    "uk", "us", "es", "au", "ie", "mx", "sc", "nz", "ca", "in", "ar", "tl", "rd", "lk", "fx",
    "wa", "wb", "va", "vb", "vc", "vd", "ya", "yb", "yc", "dev",
)  # fmt: skip
COMMENTS, TALK = "comments", "talk"
MOST_OF_A_SOURCE = 6_000
"""Lines of one source of other talk that are learnt from, so that none outweighs the others."""
TURN = "turn"
"""Trait of a dialogue's harmless turns, of comments and of talk, which are in no table."""
FOLDS = len(HANDS)
GROUP_OF = {
    "suicide": "self",
    "self_harm": "self",
    "abuse": "abuse",
    "exploitation": "exploitation",
    "harm_to_others": "harm",
    "bullying": "aimed",
    "hate": "aimed",
    "eating_disorder": "eating",
    "substance": "substance",
    "concern_for_other": "friend",
}
# The comments have names and faiths masked; a mask that only they carry would give them away.
_NAMES = (Path(__file__).parent / "linear_names.txt").read_text(encoding="utf-8").split()
_FAITHS = ("christian", "muslim", "jewish", "catholic")
OFTENER = 5
"""How much oftener a plain word must be written than a token with digits that is read as it."""
_MASK = re.compile(r"\[(NAME|RELIGION)\]")
_BENIGN = re.compile(r"(-\d+|-(benign|ordinary|lookalikes?|safe|none|mentions?))+$")


@dataclass(slots=True)
class Record:
    """One text to learn from or measure on; `fold` is its hand, comments are dealt out."""

    id: str
    text: str
    hand: str
    fold: int
    family: str
    lang: str
    category: str
    attention: Attention
    delivery: str
    trait: str
    held_out: bool
    tokens: list[str]
    rules: Attention = Attention.NONE
    learnt: bool = True

    @property
    def risky(self) -> bool:
        """Whether somebody should see it for what it says."""
        return self.attention > Attention.NONE and self.category in GROUP_OF


def _unmasked(name: str, text: str) -> str:
    def chosen(match: re.Match[str]) -> str:
        words = _NAMES if match[1] == "NAME" else _FAITHS
        return words[zlib.crc32(f"{name}{match.start()}".encode()) % len(words)]

    return _MASK.sub(chosen, text)


def _written(hand: str, path: Path) -> list[Record]:
    return [
        Record(
            id=row["id"],
            text=row["text"],
            hand=hand,
            fold=HANDS.index(hand),
            family=_BENIGN.sub("", row.get("family", row.get("pair") or row["id"])),
            lang=row["lang"],
            category=row["category"],
            attention=Attention[row["attention"].upper()],
            delivery=row["delivery"],
            trait=row["trait"],
            held_out=hand != "dev" and held_out(row["id"]),
            tokens=[],
        )
        for row in _lines(path)
    ]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _harmless(name: str, text: str, hand: str, fold: int, family: str) -> Record:
    return Record(
        id=name,
        text=text,
        hand=hand,
        fold=fold,
        family=family,
        lang="",
        category="none",
        attention=Attention.NONE,
        delivery="deliver",
        trait=TURN,
        held_out=False,
        tokens=[],
    )


def _comments(path: Path) -> list[Record]:
    found = []
    for row in _lines(path):
        name = row["id"]
        fold = zlib.crc32(name.encode()) % FOLDS
        found.append(_harmless(name, _unmasked(name, row["text"]), COMMENTS, fold, name))
    return found


def talk(path: Path) -> list[Record]:
    """Other real talk, each source dealt out over the folds, in an order that chance gave it."""
    found, taken = [], Counter[str]()
    for row in sorted(_lines(path), key=lambda row: zlib.crc32(row["id"].encode())):
        name, source = row["id"], row["source"]
        taken[source] += 1
        found.append(_harmless(name, row["text"], TALK, taken[source] % FOLDS, source))
        found[-1].learnt = taken[source] <= MOST_OF_A_SOURCE
    return found


def _turns(hand: str, path: Path) -> list[Record]:
    """What is said by the one whom a dialogue is not about, which nobody need see."""
    found = []
    for dialogue in _lines(path):
        for number, said in enumerate(dialogue["turns"]):
            if said["from"] != dialogue["expect"]["about"]:
                name = f"{dialogue['id']}-{number}"
                fold, family = HANDS.index(hand), dialogue["id"]
                found.append(_harmless(name, said["text"], hand, fold, family))
    return found


def records(comments: Path) -> list[Record]:
    """Every written text, and the comments."""
    found: list[Record] = []
    for hand in HANDS[:-1]:
        found += _written(hand, ROOT / "moderation" / "corpus" / f"{hand}-messages.jsonl")
        dialogues = ROOT / "moderation" / "corpus" / f"{hand}-dialogues.jsonl"
        found += _turns(hand, dialogues) if dialogues.exists() else []
    found += _written("dev", ROOT / "tests" / "data" / "dev-messages.jsonl")
    found += _turns("dev", ROOT / "tests" / "data" / "dev-dialogues.jsonl")
    return [*found, *_comments(comments)]


def read(found: Iterable[Record], rules: Judge) -> list[Record]:
    """The same, with their tokens and what the rules alone say of them."""
    for record in found:
        record.tokens = rules.reading(record.text).views[-1].tokens
        record.rules = rules.judge(record.text).attention
    return [*found]


def words_read(
    rows: list[Record], slang: Mapping[str, str], vocabulary: Vocabulary
) -> list[list[str]]:
    """The words of every record as judging reads them, disguises undone.

    A word in disguise must not be learnt as a word of its own: judging leaves it as it is where the
    weights know it. Other talk brings no words: it tells what is meant by those that are known.
    """
    seen = Counter(token for row in rows if row.hand != TALK for token in row.tokens)
    known = {token for token, times in seen.items() if times > 1 and token.isalpha()}
    known |= {*vocabulary, *vocabulary.ordinary}

    def is_disguise(token: str, times: int) -> bool:
        """Not so a number with its unit ("6am"), since hardly anybody writes what it looks like."""
        inside = token[:1].isalpha() and token[-1:].isalpha()
        plain = [word for word in spellings(token) if word in known]
        return any(inside or seen[word] > OFTENER * times for word in plain)

    mixed = ((token, times) for token, times in seen.items() if times > 1 and not token.isalpha())
    own = {token for token, times in mixed if not is_disguise(token, times)}
    spelled = Spelled(slang, (known | own).__contains__)
    return [[word for token in row.tokens for word in words_of(token, spelled)] for row in rows]
