from __future__ import annotations

import asyncio
import tomllib
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from chat.settings import Chat, Pager, Server, Service, Settings, Staff
from chat.settings_file import convert
from commands import doctor
from moderation.records.store import Store
from tests.servers import Postgres, Redis

TODAY = date(2027, 2, 1)


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
        ("audit.dead_man_url", "watch.example/ping"),
        ("audit.dead_man_url", "http://watch.example/ping"),
        ("audit.dead_man_url", "https://watch example/ping"),
        ("server.tls_certificate", "nowhere.pem"),
        ("audit.webhook", "ftp://watch.example/ping"),
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


def test_an_auditor_that_only_raises_pages_is_not_enough(config: Path) -> None:
    """Whoever this machine pages hears nothing when it stops, and keeps no end of the log."""
    tree = tomllib.loads(config.read_text())
    tree["audit"] = {"webhook": "https://watch.example/page"}
    (fault,) = doctor.unsafe(convert(tree, Settings))
    assert fault.startswith("audit.dead_man_url is empty")


def test_a_directory_that_others_can_read_is_named(settings: Settings) -> None:
    """Whoever else can read the data directory could read the key."""
    assert asyncio.run(look(settings)) == []
    Path(settings.server.data).chmod(0o755)
    (fault,) = asyncio.run(look(settings))
    assert "chmod 700" in fault


@pytest.mark.parametrize("secret", ["peerline.toml", "tls.key"])
def test_a_file_with_secrets_that_everybody_can_read_is_named(
    settings: Settings, secret: str
) -> None:
    """Passwords stand in the settings, and the key of the door in a file of its own."""
    data = Path(settings.server.data)
    config, key = data / "peerline.toml", data / "tls.key"
    for file in (config, key):
        file.touch(0o600)
    proven = replace(settings, server=replace(settings.server, tls_key=str(key)))
    (data / secret).chmod(0o640)  # a group of one's own may read it
    assert doctor.exposed(proven, config) == doctor.exposed(settings, None) == []
    (data / secret).chmod(0o644)
    (fault,) = doctor.exposed(proven, config)
    assert fault.startswith(str(data / secret))


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
    assert "LimitNOFILE" in doctor.advice(crowded, TODAY)[0]
    assert "LimitNOFILE" not in repr(
        doctor.advice(replace(settings, chat=Chat(max_connections=1)), TODAY)
    )


def test_P13_a_school_without_a_telephone_that_calls_is_told(settings: Settings) -> None:
    """Of all ways only a call wakes somebody whose phone is on silent."""
    few = replace(settings, chat=Chat(max_connections=1))
    (words,) = doctor.advice(few, TODAY)
    assert "nobody would be called" in words
    call = Service(url="twilio://SID:TOKEN@+441234567890/{address}", label="Call", spoken=True)
    assert doctor.advice(replace(few, pager=Pager(services={"call": call})), TODAY) == []


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


@pytest.mark.parametrize(
    ("ends", "told"),
    [
        (None, ""),
        (date(2027, 3, 1), ""),
        (date(2027, 2, 1), "every account of this term ends with it"),
        (date(2027, 1, 31), "over since 2027-01-31"),
    ],
)
def test_the_end_of_a_term_is_told(settings: Settings, ends: date | None, told: str) -> None:
    """A last day that comes soon, or was forgotten since, is told with what it means."""
    words = " ".join(doctor.advice(replace(settings, staff=Staff(term_ends=ends)), TODAY))
    assert ("staff.term_ends" in words) is bool(told)
    assert told in words
