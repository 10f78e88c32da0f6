"""`serve`: a server, or several workers of it, until asked to stop."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import resource
import signal
import sys
import time

import house
from chat.settings import Settings
from chat.socket.no_room import SPARE_FILES
from commands import demo, workers
from commands.verbs import Verbs, at_least_one, invitation, stop_when_asked
from commands.watchdog import Watchdog
from house.ground import Ground
from moderation.in_force import Loaded
from moderation.records.store import StoreUnavailable
from moderation.roles import Role


def add(verbs: Verbs) -> None:
    """Add this verb."""
    serving = verbs.add("serve", serve, "run the server until it is asked to stop")
    serving.add_argument(
        "--workers", type=at_least_one, default=1, metavar="N", help="processes (1)"
    )


async def serve(options: argparse.Namespace, settings: Settings) -> int:
    """Run the server, or several workers of it, until it is asked to stop."""
    # A core file would hold what students are writing just then, unsealed, and the master key.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.workers > 1:
        return await workers.look_after(settings, options.config, options.workers)
    _open_more_files(settings)
    stop = stop_when_asked()
    if options.demo:
        print("Opening the made-up school. The first time takes a moment.", flush=True)
    async with house.open_ground(settings) as ground:
        server = house.Server(ground)
        reload_on_sighup(server)
        bell = await demo.furnish(ground) if options.demo else None
        port = await server.start()
        if bell is None:
            print(f"Peerline is open on port {port}.", flush=True)
            await _first_administrator(ground)
        else:
            print(bell.welcome(server.origins[0]), flush=True)
        _spare_the_collector()
        beating = asyncio.ensure_future(Watchdog(time.monotonic, _notified()).run())
        await stop.wait()
        beating.cancel()
        print("\nClosing; everything that was acknowledged is kept.", flush=True)
        await server.close()
        if bell is not None:
            await bell.close()
    return 0


def _spare_the_collector() -> None:
    """Look for unreachable cycles seldom, and never among what was built at the start.

    No message leaves a cycle behind, and the rules alone are hundreds of thousands of objects:
    walking them took a tenth of the processor under load. The middle generation is looked at
    early: with a school's sessions in it that took a quarter of a second at once.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 5, 80)


def reload_on_sighup(server: house.Server) -> None:
    """Read the rules again on SIGHUP, while messages are judged; the log says what came of it."""
    reloading: set[asyncio.Task[Loaded]] = set()

    def again() -> None:
        task = asyncio.ensure_future(server.judging.rules.reload())
        reloading.add(task)
        task.add_done_callback(reloading.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again)


async def _first_administrator(ground: Ground) -> None:
    """A fresh school has no account yet: whoever sees this console makes the first one.

    Where nobody may be looking, as under systemd, what is printed is kept, so no link is: whoever
    reads it there could be administrator. Students may be talking already, so records that are
    busy must not end the server.
    """
    with contextlib.suppress(StoreUnavailable):
        if await ground.people.accounts.has_administrator():
            return
        print("No administrator has an account yet.", flush=True)
        if not sys.stdout.isatty():
            print("  run_server.py staff invite --role administrator makes a link.", flush=True)
            return
        token = await ground.people.accounts.invite(Role.ADMINISTRATOR)
        print("This link makes one, once:", flush=True)
        print(f"  {invitation(ground.settings, token)}", flush=True)


def _open_more_files(settings: Settings) -> None:
    """Have as many open files as this server may need, as far as the machine allows it.

    Most machines give a process 1,024 and let it ask for more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.chat.max_connections + SPARE_FILES
    if 0 <= soft < wanted:
        allowed = wanted if hard < 0 else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _notified() -> str:
    """Where systemd wants to hear of this process, if it started it."""
    return os.environ.get("NOTIFY_SOCKET", "")
