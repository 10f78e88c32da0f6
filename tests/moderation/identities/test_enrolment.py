from __future__ import annotations

import secrets
from collections.abc import Sequence

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from moderation.identities import enrolment
from moderation.identities.enrolment import BadFile, Batch, Made, Roster
from moderation.identities.sealed import (
    Half,
    Identity,
    bytes_of,
    fingerprint,
    open_half,
    open_identity,
)
from moderation.people import cards

PRIVATE = {
    (half, n): ec.generate_private_key(ec.SECP256R1())
    for half in (Half.A, Half.B)
    for n in range(2)
}
KEYS = [(half, bytes_of(key.public_key())) for (half, _), key in PRIVATE.items()]
CSV = "name,class,number,band\nAnn Lee,9B,1001,year9\nBen Ó Sé,9B,1002,\nAnn Lee,7A,1003,year7\n"


def made(text: str = CSV, before: Roster | None = None) -> Made:
    return enrolment.enrol(enrolment.pupils_of(text), KEYS, secrets.token_bytes, before)


def opened(one: enrolment.Enrolled) -> Identity:
    parts = []
    for half in (Half.A, Half.B):
        key = PRIVATE[half, 1]
        own = fingerprint(bytes_of(key.public_key()))
        (line,) = [each for each in one.halves if (each.half, each.key) == (half, own)]
        parts.append(open_half(line.sealed, half, one.pseudonym, key))
    return open_identity(one.identity, one.pseudonym, parts[0], parts[1])


def test_every_pupil_gets_a_card_and_a_sealed_record() -> None:
    """The card of a name leads to the record that opens as that name, and to its band."""
    found = made()
    by_card = {one.card: one for one in found.batch.students}
    for card, who in zip(found.cards, found.roster.pupils, strict=True):
        student = by_card[cards.digest(card.code.replace("-", ""))]
        assert opened(student) == Identity(who.name, who.group, who.number)
        assert card.name == who.name
    assert sorted(one.band for one in found.batch.students) == ["all", "year7", "year9"]


def test_the_batch_says_no_name_and_no_code() -> None:
    """What the server gets has neither, and its order is not that of the list."""
    found = made()
    sent = msgspec.json.encode(found.batch)
    for card in found.cards:
        assert card.code.encode() not in sent
        assert card.code.replace("-", "").encode() not in sent
    assert not any(word in sent for word in (b"Ann Lee", b'"9B"', b'"1001"', b"name"))
    pseudonyms = [one.pseudonym for one in found.batch.students]
    assert pseudonyms == sorted(pseudonyms)


def test_the_roster_says_no_pseudonym_and_no_code() -> None:
    """Whoever has the list of names still knows nobody in the chat, and can sign in as nobody."""
    found = made()
    kept = msgspec.json.encode(found.roster)
    assert not any(one.pseudonym.encode() in kept for one in found.batch.students)
    assert not any(card.code.encode() in kept for card in found.cards)


def test_canaries_are_sealed_with_the_pupils_and_are_nobody() -> None:
    """Made-up students to practise on, with no card to come in by."""
    canaries = made().batch.canaries
    assert len(canaries) == enrolment.CANARIES
    assert all("nobody" in opened(one).name for one in canaries)
    assert not isinstance(canaries[0], enrolment.NewStudent)


@pytest.mark.parametrize("keys", [[], KEYS[:3], KEYS[1:], [KEYS[0], KEYS[0], KEYS[2], KEYS[3]]])
def test_nothing_is_sealed_for_one_custodian_alone(keys: Sequence[tuple[Half, bytes]]) -> None:
    """Two people of each rank, with keys of their own, or nothing is made."""
    with pytest.raises(BadFile, match="at least 2"):
        enrolment.enrol([(Identity("Ann Lee"), "all")], keys, secrets.token_bytes)


def test_the_next_term_names_the_card_before_and_no_pseudonym() -> None:
    """So a bar goes on, under a pseudonym that is new."""
    first = made()
    after = made(CSV.replace("9B", "10B") + "New Pupil,7A,1009,year7\n", first.roster)
    old = {one.card for one in first.roster.pupils}
    named = [one.replaces for one in after.batch.students]
    assert {one for one in named if one} == old
    assert named.count(None) == 1
    pseudonyms = {one.pseudonym for made_ in (first, after) for one in made_.batch.students}
    assert len(pseudonyms) == len(first.batch.students) + len(after.batch.students)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class\n9B\n", "columns"),
        ("name,email\nAnn,a@b\n", "columns"),
        ("name\n\n", "pupils"),
        ("name,class\n,9B\n", "line 2"),
        ("name,number\nAnn,1\nBen,1\n", "line 3"),
        ("name\n" + "A" * 300 + "\n", "line 2"),
        ("name\nA\x07nn\n", "line 2"),
        ("", "columns"),
        ("name\n" + "A" * 200_000 + "\n", "in CSV"),
    ],
)
def test_a_list_that_is_not_right_is_refused_without_quoting_it(text: str, why: str) -> None:
    """The message names the line, never the pupil: it may be read out, or land in a log."""
    with pytest.raises(BadFile, match=why) as refused:
        enrolment.pupils_of(text)
    assert "Ann" not in str(refused.value)


def test_a_file_that_was_changed_is_refused() -> None:
    """Another kind of file, a field more, a short half: none is taken for a batch."""
    batch = made().batch
    good = msgspec.json.encode(batch)
    assert enrolment.read(good, Batch) == batch
    for bad in (
        b"",
        b"[]",
        b"{}",
        good.replace(b'"students"', b'"roster"', 1),
        good[:-1] + b',"x":1}',
    ):
        with pytest.raises(BadFile):
            enrolment.read(bad, Batch)
    short = msgspec.to_builtins(batch, builtin_types=(bytes,))
    short["canaries"][0]["halves"][0]["sealed"] = b"x"
    with pytest.raises(BadFile):
        enrolment.read(msgspec.json.encode(short), Batch)
