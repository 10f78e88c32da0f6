"""`check` and `audit`: whether an installation is safe, and whether paging works, from outside."""

from __future__ import annotations

import argparse
import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

import house
from chat.settings import Settings
from commands import doctor
from commands.verbs import Verbs, stop_when_asked
from house.auditing import auditor_of
from house.ground import of_this_school
from house.paging import channels_of
from house.places import database_url, origins_of
from moderation.in_force import load_rules
from moderation.records import audit as log
from moderation.records import watch
from moderation.records.store import Store


def add(verbs: Verbs) -> None:
    """Add these verbs."""
    verbs.add("check", check, "say what is unsafe or broken, without starting anything")
    auditing = verbs.add("audit", audit, "watch from outside whether paging works, until stopped")
    ways = auditing.add_mutually_exclusive_group()
    ways.add_argument("--once", action="store_true", help="look once, say what is wrong")
    ways.add_argument("--log", action="store_true", help="follow the whole audit log, say its end")
    since = "the same, and whether it goes on from an END that was kept elsewhere"
    ways.add_argument("--since", type=_end, metavar="END", help=since)


async def check(options: argparse.Namespace, settings: Settings) -> int:
    """Say what is not as it should be, without starting anything."""
    data = Path(settings.server.data)
    judge = await asyncio.to_thread(load_rules, data, settings.decisions)
    print(f"rules      {judge.version}")
    address = make_url(database_url(settings))
    print(f"database   {address.render_as_string(hide_password=True)}")
    async with house.open_ground(settings, beside=True) as ground:
        print("records    open and up to date")
        ways = channels_of(settings, ground.records.vault, "https://localhost")
        print(f"channels   {', '.join(sorted(ways))}")
        faults = [*doctor.unsafe(settings), *await doctor.look(settings, ground.records.store)]
        faults += await doctor.custodians(settings, ground.records.store, time.time())
        advice = await doctor.keys(settings, ground.records.store, time.time())
        advice += await doctor.hours(settings, ground.records.store)
    faults += doctor.exposed(settings, options.config)
    for fault in faults:
        print(f"unsafe     {fault}")
    for words in [*doctor.advice(settings, datetime.now(UTC).date()), *advice]:
        print(f"advice     {words}")
    return 1 if faults else 0


async def audit(options: argparse.Namespace, settings: Settings) -> int:
    """Watch whether paging works until asked to stop; with --once, say what is wrong and end.

    With --log, say whether every entry of the audit log follows from those before, and its end;
    with --since, also whether an end that was kept elsewhere is one that it once had.
    """
    stop = stop_when_asked()
    store = await of_this_school(await Store.beside(database_url(settings)), settings)
    try:
        if options.log or options.since:
            return await _follow(store, options.since)
        auditor = auditor_of(settings, store, time.time, origins_of(settings)[0])
        if not options.once:
            print("The auditor watches.", flush=True)
            await auditor.run(settings.audit.every_seconds, stop)
            return 0
        troubles = await auditor.look()
    finally:
        await store.close()
    print("\n".join(troubles) or "Paging works.")
    return 1 if troubles else 0


async def _follow(store: Store, since: bytes | None) -> int:
    wrong = await store.read(log.verify)
    if wrong is not None:
        print(f"The audit log was changed: entry {wrong} does not follow from those before.")
        return 1
    last, digest = await store.read(log.head)
    print(f"The audit log is whole. Entries: {last}. Its end: {digest.hex()}")
    if since is None:
        return 0
    known = await store.read(watch.number_of, since)
    if known is None:
        print("It never had that end: it was written anew since, or does not reach back so far.")
        return 1
    print(f"It goes on from that end, which was entry {known}.")
    return 0


def _end(typed: str) -> bytes:
    """An end of the audit log as it is told; argparse says what is not right about it."""
    if not re.fullmatch(r"[0-9a-f]{64}", typed):
        raise argparse.ArgumentTypeError("not the 64 letters and digits of an end of the log")
    return bytes.fromhex(typed)
