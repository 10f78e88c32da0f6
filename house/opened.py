"""Opens the records of a school with the people in them, for a server or for a tool beside one.

Used by the verbs of `commands/`.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable

import structlog

from chat.settings import Settings
from house.places import data_directory, database_url
from moderation.people.accounts import Terms
from moderation.people.people import People
from moderation.records import rooms, tenancy
from moderation.records.database import AlreadyOpen, BadAddress
from moderation.records.store import Store
from moderation.records.vault import BadKey, Tampered, Vault, load_master_key

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def records(
    settings: Settings,
    *,
    beside: bool = False,
    terms: Terms | None = None,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[tuple[Store, Vault, People]]:
    """The records and the people in them; with `beside` also while a server is running.

    `terms` stand instead of those of the settings; `clock` is in seconds since 1970.

    Raises:
        AlreadyOpen: A server is using them, and `beside` is False.
        BadAddress: They cannot be reached, or not as somebody who sees this school alone.
        BadKey: The master key is readable by others, no key, or not that of these records.
    """
    data = data_directory(settings)
    vault = Vault(load_master_key(data / "master.key"))
    opened = await _open_store(database_url(settings), beside=beside)
    store = await _of_this_key(await of_this_school(opened, settings), vault, settings)
    people = People(store, vault, clock, settings.school.id, terms=terms or terms_of(settings))
    try:
        yield store, vault, people
    finally:
        people.close()
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


async def _of_this_key(store: Store, vault: Vault, settings: Settings) -> Store:
    """That store, unless another master key sealed what lies in it; then it is closed.

    It would open all the same: cards would seem wrong, and what waits for a person unreadable.
    """
    wrapped = await store.read(rooms.any_wrapped_key, settings.school.id)
    try:
        if wrapped is not None:
            vault.room(wrapped)
    except Tampered:
        await store.close()
        path = data_directory(settings) / "master.key"
        raise BadKey(
            f"{path} is not the key of these records: put back the one saved with them"
        ) from None
    return store


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
    log.critical("disk_failed", help="restart after checking the disk; nothing acked is lost")
    os._exit(os.EX_IOERR)
