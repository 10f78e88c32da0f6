from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Self

import msgspec
import pytest
from sqlalchemy import Engine, event

import house
from chat.settings import School, Server, Settings
from house import rotation
from moderation.records import audit, transcript
from moderation.records import rooms as kept
from moderation.records.database import AlreadyOpen
from moderation.records.master_key import coming_of, read_master_key
from moderation.records.messages import say
from moderation.records.vault import BadKey
from tests.forked import FORKED
from tests.moderation.records.sample import SCHOOL, add_students, new_room, spoken
from tests.servers import Postgres

WORDS = "a quiet heron at noon"
ROOM = "r" * 22


class Killed(BaseException):
    """As if the process had been killed there."""


def settings(data: Path, database: str = "") -> Settings:
    """A school whose records lie there."""
    return Settings(school=School(id=SCHOOL), server=Server(data=str(data)), database=database)


async def begun(chosen: Settings) -> str:
    """A school with a card, somebody who can be reached, and a chat; answers the card."""
    async with house.open_ground(chosen) as ground:
        store, vault = ground.records.store, ground.records.vault
        (card,) = await ground.people.issue_cards(1)
        await ground.people.add_staff("lee", "Lee", "counsellor", WORDS)
        await ground.people.add_contact("lee", "mail", "lee@elm.example")
        key, wrapped = vault.new_room()
        for student in ("ann", "bob"):
            await store.write(add_students, student)
        await store.write(
            kept.open_rooms, replace(new_room("ann", "bob", ROOM), wrapped_key=wrapped)
        )
        row = spoken(ROOM)
        await store.write(say, msgspec.structs.replace(row, sealed=key.seal(WORDS, row.mid)))
    return card


async def reads(chosen: Settings, card: str) -> None:
    """The school opens, and what was said and who may come in is as before."""
    async with house.open_ground(chosen) as ground:
        store, vault = ground.records.store, ground.records.vault
        assert await ground.people.sign_in_student(card)
        found = await store.read(kept.room, ROOM)
        assert found is not None
        assert found.wrapped_key is not None
        (message,) = await store.read(transcript.recent, ROOM, 9)
        assert vault.room(found.wrapped_key).open(message.sealed, message.mid) == WORDS
        assert await store.read(audit.verify) is None


def keys_in(data: Path) -> list[str]:
    """The files of master keys that lie there."""
    return [file.name for file in data.glob("master.key*")]


@pytest.fixture(params=["sqlite", "postgresql"])
def chosen(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """A school over each kind of database."""
    if request.param == "sqlite":
        return settings(tmp_path / "data")
    server: Postgres = request.getfixturevalue("postgres")
    return settings(tmp_path / "data", asyncio.run(server.database(SCHOOL)))


async def test_a_new_key_opens_everything_and_the_old_one_nothing(chosen: Settings) -> None:
    """Cards, words and people go on; the old key lies aside, for the backups made under it."""
    card = await begun(chosen)
    path = Path(chosen.server.data) / "master.key"
    old = path.read_bytes()
    done = await rotation.rotate(chosen, keep_old=True)
    assert done.sealed.left == 0
    assert done.aside is not None
    assert read_master_key(done.aside) == old != path.read_bytes()
    await reads(chosen, card)
    assert not coming_of(path).exists()
    path.write_bytes(old)
    with pytest.raises(BadKey, match="not the key of these records"):
        await reads(chosen, card)


async def test_the_old_key_goes_where_that_is_asked_for(chosen: Settings) -> None:
    """Nothing of it is left in the directory; a key can be changed again and again."""
    card = await begun(chosen)
    data = Path(chosen.server.data)
    keys = [(data / "master.key").read_bytes()]
    for _ in range(2):
        assert (await rotation.rotate(chosen, keep_old=False)).aside is None
        keys.append((data / "master.key").read_bytes())
    assert keys_in(data) == ["master.key"]
    assert len(set(keys)) == 3
    await reads(chosen, card)


async def test_nobody_gets_a_new_key_while_a_server_runs(tmp_path: Path) -> None:
    """It is refused before anything is written, and the old key stays in force."""
    chosen = settings(tmp_path)
    card = await begun(chosen)
    async with house.open_ground(chosen):
        with pytest.raises(AlreadyOpen):
            await rotation.rotate(chosen, keep_old=True)
    assert keys_in(tmp_path) == ["master.key"]
    await reads(chosen, card)


async def test_a_key_is_changed_from_the_one_in_force_alone(chosen: Settings) -> None:
    """Somebody else changed it meanwhile, here or on another machine: nothing is written."""
    card = await begun(chosen)
    data = Path(chosen.server.data)
    old = read_master_key(data / "master.key")
    await rotation.rotate(chosen, keep_old=False)
    with pytest.raises(BadKey, match="meanwhile"):
        await rotation.change(chosen, old, keep_old=True, now=6)
    assert keys_in(data) == ["master.key"]
    await reads(chosen, card)


async def test_of_two_who_change_the_key_at_once_one_does(
    chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever comes between what is sealed and its key taking the place of the old touches none."""
    card = await begun(chosen)
    path, take_over = Path(chosen.server.data) / "master.key", rotation.take_over
    old = read_master_key(path)

    def interrupted(path: Path) -> None:
        monkeypatch.setattr(rotation, "take_over", take_over)
        with pytest.raises(BadKey, match="meanwhile"):
            asyncio.run(rotation.change(chosen, old, keep_old=False, now=6))
        take_over(path)

    monkeypatch.setattr(rotation, "take_over", interrupted)
    await rotation.change(chosen, old, keep_old=False, now=5)
    await reads(chosen, card)


class Steps:
    """Counts what a change of keys does to file and tables, and ends it at one of them."""

    def __init__(self, last: int, end: Callable[[], None]) -> None:
        self.count, self.last, self.end = 0, last, end
        self._fsync, self._replace = os.fsync, Path.replace

    def step(self, *_: object) -> None:
        """One more; the last is not done."""
        self.count += 1
        if self.count == self.last:
            self.end()

    def __enter__(self) -> Self:
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self.step)
        os.fsync = lambda file: (self.step(), self._fsync(file))[1]
        Path.replace = lambda old, new: (self.step(), self._replace(old, new))[1]
        return self

    def __exit__(self, *_: object) -> None:
        for name in ("before_cursor_execute", "commit"):
            event.remove(Engine, name, self.step)
        os.fsync, Path.replace = self._fsync, self._replace


def die() -> None:
    """As `kill -9` in this very place."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed() -> None:
    """The same, for a test that goes on."""
    raise Killed


async def resealing(chosen: Settings, steps: Steps) -> bool:
    """Change the key, from where something is changed first; whether that went to its end."""
    data = Path(chosen.server.data)
    old = await asyncio.to_thread(read_master_key, data / "master.key")
    try:
        with steps:
            await rotation.change(chosen, old, keep_old=True, now=5)
    except Killed:
        return False
    return True


async def test_killed_at_any_step_every_text_reads_as_before(tmp_path: Path) -> None:
    """Wherever a change of keys ends, the next start finds one key that opens everything.

    What lies aside can be shredded as `check` advises, without anything of the key in force.
    """
    first = tmp_path / "first"
    card = await begun(settings(first))
    before = (first / "master.key").read_bytes()
    in_force = set()
    for last in itertools.count(1, 2):
        data = tmp_path / str(last)
        await asyncio.to_thread(shutil.copytree, first, data)
        done = await resealing(settings(data), Steps(last, killed))
        for aside in data.glob("master.key.before-*"):
            aside.write_bytes(bytes(32))
        await reads(settings(data), card)
        in_force.add((data / "master.key").read_bytes() == before)
        if done:
            break
    assert last > 20
    assert in_force == {True, False}
    await rotation.rotate(settings(tmp_path / "1"), keep_old=True)  # what was begun is begun anew
    await reads(settings(tmp_path / "1"), card)


def _dying(data: Path, last: int) -> None:
    asyncio.run(resealing(settings(data), Steps(last, die)))


@pytest.mark.parametrize("last", [3, 12, 24])
async def test_after_kill_9_the_next_start_opens_everything(tmp_path: Path, last: int) -> None:
    """The same with a process that is really killed: before, while and after it is sealed."""
    card = await begun(settings(tmp_path))
    child = FORKED.Process(target=_dying, args=(tmp_path, last))
    child.start()
    await asyncio.to_thread(child.join, 120)
    assert child.exitcode == -signal.SIGKILL
    child.close()
    await reads(settings(tmp_path), card)


async def test_a_damaged_successor_is_not_taken(tmp_path: Path) -> None:
    """A key that opens nothing takes no other's place."""
    chosen = settings(tmp_path)
    await begun(chosen)
    path = tmp_path / "master.key"
    for file, key in ((path, bytes(32)), (coming_of(path), bytes(range(32)))):
        file.write_bytes(key)
        file.chmod(0o600)
    with pytest.raises(BadKey, match="not the key of these records"):
        async with house.open_ground(chosen):
            pass
    assert path.read_bytes() == bytes(32)
