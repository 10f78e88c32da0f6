"""Opens what every part of a running server is built on: settings, records and people.

Used by the files beside it and by the verbs of `commands/`, some of them beside a server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from chat.settings import Settings
from house.places import MASTER_KEY, data_directory, database_url
from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.records import sealed_with, tenancy
from moderation.records.database import AlreadyOpen, BadAddress, Lost, file_of, is_file
from moderation.records.master_key import (
    NoKey,
    coming_of,
    make_master_key,
    read_master_key,
    take_over,
)
from moderation.records.of_school import SchoolRecords
from moderation.records.store import Store
from moderation.records.vault import BadKey, Vault

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Ground:
    """The settings, the records of the school with the time, and who may come in."""

    settings: Settings
    records: SchoolRecords
    people: People


@contextlib.asynccontextmanager
async def open_ground(
    settings: Settings,
    *,
    beside: bool = False,
    terms: Terms | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Ground]:
    """What a server of these settings is built from; with `beside` also while one is running.

    `terms` stand instead of those of the settings; `clock` is in seconds since 1970.

    Raises:
        AlreadyOpen: A server is using them, and `beside` is False.
        BadAddress: They cannot be reached, or not as somebody who sees this school alone.
        BadKey: The master key is missing, readable by others, no key, or not that of these records.
        Lost: The records are missing while their key is there.
    """
    path = data_directory(settings) / MASTER_KEY
    url = database_url(settings)
    key = _key_of(path, url)
    store = await of_this_school(await _open_store(url, beside=beside), settings)
    try:
        await store.read(sealed_with.settled)
        key = await _begun_with(store, settings.school.id, path) if key is None else key
        vault = await _in_force(store, settings.school.id, path, key)
        records = SchoolRecords(settings.school.id, store, vault, clock)
        people = People(records, terms=terms or terms_of(settings))
        try:
            yield Ground(settings, records, people)
        finally:
            people.close()
    finally:
        await store.close()


async def of_this_school(store: Store, settings: Settings) -> Store:
    """That store, unless whoever it connects as could see another school's rows; then it is closed.

    Raises:
        BadAddress: It could; the message says what to do.
    """
    if faults := await store.read(tenancy.faults, settings.school.id):
        await store.close()
        raise BadAddress("; ".join(faults))
    return store


def _key_of(path: Path, url: str) -> bytes | None:
    """The master key; None for a school that has none yet."""
    try:
        key = read_master_key(path)
    except NoKey:
        return None
    if is_file(url) and not (file := file_of(url)).exists():
        raise Lost(
            f"{file} is missing, and {path} was made for it: put a copy back with restore"
            " --from FILE, or begin anew with migrate"
        )
    return key


async def _begun_with(store: Store, school: str, path: Path) -> bytes:
    """A new master key, unless there are records that another one sealed."""
    if await store.read(sealed_with.are_begun, school):
        raise NoKey(
            f"{path} is missing, and only it opens these records: put back the copy that was kept"
            " apart from them, with mode 600. No new key is made: it would open nothing of them"
        )
    return await asyncio.to_thread(make_master_key, path)


async def _in_force(store: Store, school: str, path: Path, key: bytes) -> Vault:
    """The vault of the key that sealed these records; ends a change of keys that was cut short."""
    if await store.read(sealed_with.is_key, school, vault := Vault(key)):
        return vault
    try:
        coming = Vault(await asyncio.to_thread(read_master_key, coming_of(path)))
    except NoKey:
        coming = None
    if coming is None or not await store.read(sealed_with.is_key, school, coming):
        raise BadKey(f"{path} is not the key of these records: put back the one saved with them")
    await asyncio.to_thread(take_over, path)
    return coming


def terms_of(settings: Settings) -> Terms:
    """How long accounts last. Only a made-up school lets anybody in without a second factor."""
    staff = settings.staff
    return Terms(not settings.school.demo, staff.term_ends, staff.account_days)


async def _open_store(url: str, *, beside: bool) -> Store:
    try:
        return await Store.open(url, fatal=_disk_failed)
    except AlreadyOpen:
        if not beside:
            raise
        return await Store.beside(url, fatal=_disk_failed)


def _disk_failed() -> None:
    """The disk did not confirm a write: what it holds is unknown, so nothing may go on."""
    _log.critical("disk_failed", help="restart after checking the disk; nothing acked is lost")
    os._exit(os.EX_IOERR)
