from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import replace

from chat.settings import Chat, Pager, Server, Service, Settings
from chat.settings_file import convert
from commands import doctor
from moderation.records.store import Store
from tests.servers import Postgres, Redis


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose data directory is its owner's alone."""
    tmp_path.chmod(0o700)
    return Settings(server=Server(data=str(tmp_path)))


async def look(settings: Settings, url: str = "") -> list[str]:
    store = await Store.open(url or f"sqlite:///{settings.server.data}/peerline.db")
    try:
        return await doctor.look(settings, store)
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("school.demo", True),
        ("chat.needs_staff", False),
        ("audit.dead_man_url", ""),
        ("drills.at", ""),
        ("pager.mail.host", ""),
        ("server.origins", []),
        ("server.origins", ["http://chat.elm.example"]),
    ],
)
def test_what_is_unsafe_is_named(config: Path, path: str, value: object) -> None:
    """Each unsafe setting, addresses that can be read on the way among them, is told by name."""
    tree = tomllib.loads(config.read_text())
    *branches, leaf = path.split(".")
    branch = tree
    for name in branches:
        branch = branch.setdefault(name, {})
    branch[leaf] = value
    (fault,) = doctor.unsafe(convert(tree, Settings))
    assert fault.startswith(path)


def test_a_directory_that_others_can_read_is_named(settings: Settings) -> None:
    """Whoever else can read the data directory could read the key."""
    assert asyncio.run(look(settings)) == []
    Path(settings.server.data).chmod(0o755)
    (fault,) = asyncio.run(look(settings))
    assert "chmod 700" in fault


async def test_a_postgresql_that_is_set_up_badly_is_named(
    settings: Settings, postgres: Postgres
) -> None:
    """A database that forgets on a power cut, or does not know its tables, serves nobody well."""
    url = await asyncio.to_thread(lambda: asyncio.run(postgres.database("school")))
    fsync, autovacuum = await look(replace(settings, database=url), url)
    assert "power cut" in fsync
    assert "autovacuum" in autovacuum


async def test_a_redis_that_does_not_answer_is_named(settings: Settings, redis: Redis) -> None:
    """Without its Redis nobody would be matched."""
    assert await look(replace(settings, redis=redis.address)) == []
    (fault,) = await look(replace(settings, redis="redis://127.0.0.1:1/0"))
    assert "Redis" in fault


def test_too_few_open_files_are_advice(settings: Settings) -> None:
    """A limit below the connections it wants to take is told before the day it is met."""
    crowded = replace(settings, chat=Chat(max_connections=10**9))
    assert "LimitNOFILE" in doctor.advice(crowded)[0]
    assert "LimitNOFILE" not in repr(doctor.advice(replace(settings, chat=Chat(max_connections=1))))


def test_P13_a_school_without_a_telephone_that_calls_is_told(settings: Settings) -> None:
    """Of all ways only a call wakes somebody whose phone is on silent."""
    few = replace(settings, chat=Chat(max_connections=1))
    (words,) = doctor.advice(few)
    assert "nobody would be called" in words
    call = Service(url="twilio://SID:TOKEN@+441234567890/{address}", label="Call", spoken=True)
    assert doctor.advice(replace(few, pager=Pager(services={"call": call}))) == []


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (Settings(server=Server(host="192.0.2.1")), "server.host"),
        (Settings(redis="redis://127.0.0.1/0"), "redis"),
    ],
)
def test_what_could_be_read_or_would_not_work_is_named(settings: Settings, named: str) -> None:
    """An open port without TLS, and nodes that share no records, are told with what to do."""
    assert [fault for fault in doctor.unsafe(settings) if fault.startswith(named)]
