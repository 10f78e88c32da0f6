from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from moderation.identities.sealed import (
    HALF_BYTES,
    IDENTITY_BYTES,
    PADDED,
    BadIdentity,
    Half,
    Identity,
    Sealed,
    SealedRecord,
    bytes_of,
    fingerprint,
    open_half,
    open_identity,
    point,
    seal,
)

KEYS = {
    half: [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    for half in (Half.A, Half.B, Half.SAFE)
}
ALL = [(half, bytes_of(key.public_key())) for half, keys in KEYS.items() for key in keys]
NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40)
ANN = "pseudonym-of-ann-lee-1"


def made(who: Identity, pseudonym: str = ANN) -> SealedRecord:
    return seal(who, pseudonym, ALL, secrets.token_bytes)


def part(record: SealedRecord, half: Half, which: int = 0, pseudonym: str = ANN) -> bytes:
    key = KEYS[half][which]
    return open_half(
        record.halves[half, fingerprint(bytes_of(key.public_key()))], half, pseudonym, key
    )


@given(NAMES, NAMES, NAMES, st.sampled_from([Half.B, Half.SAFE]), st.integers(0, 1))
@settings(max_examples=30, deadline=None)
def test_K11_one_key_of_each_rank_opens_whoever_they_are(
    name: str, group: str, number: str, second: Half, which: int
) -> None:
    """Any lead's key with any senior leader's, or the safe's, gives exactly who was sealed."""
    who = Identity(name, group, number)
    assume(len(name + group + number) < 60)
    record = made(who)
    found = open_identity(record.identity, ANN, part(record, Half.A, which), part(record, second))
    assert found == who


@given(st.sampled_from([Half.A, Half.B]), st.integers(0, 1), st.binary(min_size=32, max_size=32))
@settings(max_examples=30, deadline=None)
def test_K11_one_rank_opens_nothing(half: Half, which: int, guess: bytes) -> None:
    """Both keys of one rank, or one half with anything else, leave the identity closed."""
    record = made(Identity("Ann Lee"))
    own = part(record, half, which)
    for one, other in ((own, own), (own, guess), (own, bytes(32))):
        with pytest.raises(Sealed):
            open_identity(record.identity, ANN, one, other)


@given(st.integers(0, IDENTITY_BYTES - 1), st.integers(0, HALF_BYTES - 1), st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_K11_any_change_is_found(at: int, in_half: int, change: int) -> None:
    """One byte changed anywhere in the record, and it does not open at all."""
    record = made(Identity("Ann Lee", "9B", "1001"))
    first, second = part(record, Half.A), part(record, Half.B)
    with pytest.raises(Sealed):
        open_identity(_changed(record.identity, at, change), ANN, first, second)
    name = (Half.A, fingerprint(bytes_of(KEYS[Half.A][0].public_key())))
    broken = replace(record, halves={name: _changed(record.halves[name], in_half, change)})
    with pytest.raises(Sealed):
        part(broken, Half.A)


def _changed(raw: bytes, at: int, change: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ change]) + raw[at + 1 :]


def test_K11_a_half_is_good_for_its_rank_and_its_student_only() -> None:
    """A half moved to another pseudonym, or taken for one of the other rank, does not open."""
    record = made(Identity("Ann Lee"))
    key = KEYS[Half.A][0]
    sealed = record.halves[Half.A, fingerprint(bytes_of(key.public_key()))]
    for half, pseudonym in ((Half.A, "somebody-else-entirely"), (Half.B, ANN)):
        with pytest.raises(Sealed):
            open_half(sealed, half, pseudonym, key)
    first, second = part(record, Half.A), part(record, Half.B)
    with pytest.raises(Sealed):
        open_identity(record.identity, "somebody-else-entirely", first, second)


def test_K11_a_strangers_key_opens_no_half() -> None:
    """Whoever is no custodian gets nothing from any half."""
    record = made(Identity("Ann Lee"))
    stranger = ec.generate_private_key(ec.SECP256R1())
    for (half, _), sealed in record.halves.items():
        with pytest.raises(Sealed):
            open_half(sealed, half, ANN, stranger)
    with pytest.raises(Sealed):
        open_half(b"", Half.A, ANN, stranger)


def test_every_record_has_the_same_size() -> None:
    """A long name cannot be told from a short one, nor one sealed half from another."""
    records = [made(Identity("Al")), made(Identity("Maximiliane-Alexandra " * 5, "13 Blue", "99"))]
    assert {len(one.identity) for one in records} == {IDENTITY_BYTES}
    assert {len(half) for one in records for half in one.halves.values()} == {HALF_BYTES}


def test_a_name_that_does_not_fit_is_refused() -> None:
    """Nothing is cut short: a cut name could be another pupil's."""
    with pytest.raises(BadIdentity):
        made(Identity("é" * PADDED))


def test_what_is_no_point_of_the_curve_is_no_key() -> None:
    """A public key that is made up, or of another kind, is refused before anything is sealed."""
    for raw in (b"", b"\x04" + bytes(64), bytes(65), b"\x02" + bytes(32)):
        with pytest.raises(ValueError):  # noqa: PT011 - the library's words
            point(raw)


def test_a_fingerprint_can_be_read_aloud() -> None:
    """Eight groups of four letters that nobody mistakes for one another."""
    found = {fingerprint(public) for _, public in ALL}
    assert len(found) == len(ALL)
    assert all([len(group) for group in one.split("-")] == [4] * 8 for one in found)
    assert not set("ILOU") & set("".join(found))
