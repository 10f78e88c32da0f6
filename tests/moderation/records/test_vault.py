from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.records.vault import BadKey, Tampered, Vault, successor
from moderation.terms import Text

VAULT = Vault(bytes(range(32)))
ROOM, WRAPPED = VAULT.new_room()
_IDS = st.text("abcXYZ-_0", min_size=1, max_size=22)


@given(text=st.text(), about=_IDS)
def test_what_is_sealed_opens_again(text: str, about: str) -> None:
    """Words sealed for a message open for that message, as words no log may show."""
    opened = VAULT.room(WRAPPED).open(ROOM.seal(text, about), about)
    assert opened == text
    assert isinstance(opened, Text)
    field = VAULT.open_field(VAULT.seal_field(text, about), about)
    assert field == text


@given(text=st.text(), data=st.data())
def test_any_changed_byte_is_found(text: str, data: st.DataObject) -> None:
    """A sealed value with any byte changed, or cut short, does not open."""
    sealed = ROOM.seal(text, "mid")
    place = data.draw(st.integers(0, len(sealed) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = sealed[:place] + bytes([sealed[place] ^ flip]) + sealed[place + 1 :]
    for wrong in (changed, sealed[:place]):
        with pytest.raises(Tampered):
            ROOM.open(wrong, "mid")


@given(text=st.text(), one=_IDS, other=_IDS)
def test_a_value_moved_to_another_row_does_not_open(text: str, one: str, other: str) -> None:
    """What was sealed for one row opens for no other."""
    if one == other:
        return
    with pytest.raises(Tampered):
        ROOM.open(ROOM.seal(text, one), other)
    with pytest.raises(Tampered):
        VAULT.open_field(VAULT.seal_field(text, one), other)


def test_rooms_and_vaults_are_strangers() -> None:
    """A room's words open under no other room's key, and its key under no other master key."""
    other, _ = VAULT.new_room()
    with pytest.raises(Tampered):
        other.open(ROOM.seal("hello", "mid"), "mid")
    with pytest.raises(Tampered):
        Vault(bytes(32)).room(WRAPPED)
    with pytest.raises(Tampered):
        VAULT.room(VAULT.seal_field("x" * 32, "room"))


def test_the_same_words_never_look_the_same() -> None:
    """Sealing twice gives different bytes, so that equal messages cannot be told."""
    assert ROOM.seal("hello", "mid") != ROOM.seal("hello", "mid")


def test_lookup_depends_on_the_code_and_the_key() -> None:
    """A card is found by a hash that nobody can make without the master key."""
    assert VAULT.lookup("AAAA") == Vault(bytes(range(32))).lookup("AAAA")
    assert len({VAULT.lookup("AAAA"), VAULT.lookup("AAAB"), Vault(bytes(32)).lookup("AAAA")}) == 3


def test_no_key_is_ever_shown() -> None:
    """What a log or a traceback would print of a vault or a room key holds no key."""
    assert (repr(VAULT), repr(ROOM)) == ("<vault>", "<room key>")


def test_a_key_of_another_length_is_refused() -> None:
    """A vault is made from a whole key or not at all."""
    with pytest.raises(BadKey):
        Vault(os.urandom(16))


def test_a_link_is_only_what_was_signed_here() -> None:
    """A page's word leads back to it; a word changed anywhere, or of another key, to nothing."""
    vault = Vault(bytes(32))
    word = vault.sign_link("page-7")
    assert vault.page_of(word) == "page-7"
    assert word == vault.sign_link("page-7")
    for forged in (word[:-1], word + "A", word.replace("7", "8"), "page-7", "page-7.", "", "é"):
        assert vault.page_of(forged) is None
    assert Vault(bytes(31) + b"1").page_of(word) is None


def test_the_key_for_push_stays_the_same() -> None:
    """Browsers subscribe for one key, so that it outlives a restart; another house has another."""
    keys = [Vault(master).push_key().private_numbers() for master in (bytes(32), bytes(32))]
    assert keys[0] == keys[1]
    assert Vault(bytes(31) + b"1").push_key().private_numbers() != keys[0]


@given(st.binary(min_size=32, max_size=32))
def test_a_successor_hashes_as_before_and_opens_nothing_of_before(master: bytes) -> None:
    """Cards, links, known browsers and the push key stay; what was sealed needs the old key."""
    old, new = Vault(master), Vault(successor(master))
    third = Vault(successor(successor(master)))
    for vault in (new, third):
        assert vault.lookup("a card") == old.lookup("a card")
        assert vault.hash_try("ann") == old.hash_try("ann")
        assert vault.sign_link("page") == old.sign_link("page")
        assert vault.mark("ann") == old.mark("ann")
        mine, theirs = vault.push_key(), old.push_key()
        assert mine.private_numbers() == theirs.private_numbers()
        with pytest.raises(Tampered):
            vault.open_field(old.seal_field("words", "row"), "row")
        with pytest.raises(Tampered):
            vault.room(old.new_room()[1])


def test_a_successor_does_not_hold_the_key_before() -> None:
    """Whoever finds the new file cannot open a backup made under the old one."""
    master = os.urandom(32)
    held, sealed = successor(master), Vault(master).seal_field("words", "row")
    assert master not in held
    for start in range(len(held) - 31):
        with pytest.raises(Tampered):
            Vault(held[start : start + 32]).open_field(sealed, "row")
