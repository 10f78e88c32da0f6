"""The records opened: by one server at a time, with a key that is its owner's alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

import house
from chat.settings import School, Settings
from moderation.records.database import AlreadyOpen, Lost
from moderation.records.rooms import NewRoom, open_rooms
from moderation.records.tables import students
from moderation.records.vault import BadKey
from tests.journeys.conftest import settings


async def test_one_house_at_a_time(tmp_path: Path) -> None:
    """A second server on the same records is refused; a tool beside a server is not."""
    chosen = settings(tmp_path)
    async with house.open_ground(chosen):
        with pytest.raises(AlreadyOpen):
            async with house.open_ground(chosen):
                pass
        async with house.open_ground(chosen, beside=True) as ground:
            (card,) = await ground.people.issue_cards(1)
    async with house.open_ground(chosen) as ground:
        assert await ground.people.sign_in_student(card)


async def test_a_key_that_others_can_read_is_no_key(tmp_path: Path) -> None:
    """The house does not open with a master key that is not its owner's alone."""
    chosen = settings(tmp_path)
    async with house.open_ground(chosen):
        pass
    (tmp_path / "master.key").chmod(0o644)
    with pytest.raises(BadKey):
        async with house.open_ground(chosen):
            pass


async def test_the_key_of_other_records_is_no_key(tmp_path: Path) -> None:
    """A key that opens nothing here is said to be the wrong one; the right one still opens."""
    chosen = settings(tmp_path)
    async with house.open_ground(chosen) as ground:
        await ground.people.issue_cards(1)
        (student,) = await ground.records.store.read(
            lambda conn: list(conn.scalars(select(students.c.id)))
        )
        _, wrapped = ground.records.vault.new_room()
        seats = ((student, "Calm Otter"),)
        room = NewRoom("r" * 22, chosen.school.id, "mood", "e" * 16, 1, wrapped, seats)
        await ground.records.store.write(open_rooms, room)
    right = (tmp_path / "master.key").read_bytes()
    (tmp_path / "master.key").write_bytes(bytes(32))
    with pytest.raises(BadKey, match="not the key of these records"):
        async with house.open_ground(chosen):
            pass
    (tmp_path / "master.key").write_bytes(right)
    async with house.open_ground(chosen):
        pass


async def test_a_missing_key_is_not_made_anew_for_records_that_were_begun(tmp_path: Path) -> None:
    """As soon as one card was given, only its own key opens the records; its loss is told."""
    chosen = settings(tmp_path)
    key = tmp_path / "master.key"
    async with house.open_ground(chosen):
        pass
    key.unlink()
    async with house.open_ground(chosen) as ground:  # nobody was there: as on the first day
        (card,) = await ground.people.issue_cards(1)
    right = key.read_bytes()
    key.unlink()
    for beside in (False, True):
        with pytest.raises(BadKey, match=r"master\.key is missing.*put back the copy"):
            async with house.open_ground(chosen, beside=beside):
                pass
    assert not key.exists()
    key.write_bytes(right)
    key.chmod(0o600)
    async with house.open_ground(chosen) as ground:
        assert await ground.people.sign_in_student(card)


async def test_the_key_is_tried_on_addresses_where_no_room_is_left(tmp_path: Path) -> None:
    """The key of other records is told from the right one by a contact alone."""
    chosen = settings(tmp_path)
    async with house.open_ground(chosen) as ground:
        await ground.people.add_staff("lee", "Lee", "counsellor", "a quiet heron at noon")
        await ground.people.add_contact("lee", "mail", "lee@elm.example")
    (tmp_path / "master.key").write_bytes(bytes(32))
    with pytest.raises(BadKey, match="not the key of these records"):
        async with house.open_ground(chosen):
            pass


async def test_missing_records_are_not_begun_anew_beside_their_key(tmp_path: Path) -> None:
    """A key without its file of records is a loss or a wrong path; a school is not begun by it."""
    chosen = settings(tmp_path)
    async with house.open_ground(chosen):
        pass
    (tmp_path / "peerline.db").rename(tmp_path / "elsewhere.db")
    with pytest.raises(Lost, match=r"peerline\.db is missing.*restore"):
        async with house.open_ground(chosen):
            pass
    assert not (tmp_path / "peerline.db").exists()
    (tmp_path / "elsewhere.db").rename(tmp_path / "peerline.db")
    async with house.open_ground(chosen):
        pass


@pytest.mark.parametrize("made_up", [False, True])
def test_only_a_made_up_school_lets_in_without_a_second_factor(*, made_up: bool) -> None:
    """No setting switches it off: the terms of every real school ask for one."""
    terms = house.terms_of(Settings(school=School(demo=made_up)))
    assert terms.second_factor is not made_up
    assert terms.shortest == (15 if made_up else 8)
