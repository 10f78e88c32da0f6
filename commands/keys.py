"""`keys`: a new master key in the place of the one there is."""

from __future__ import annotations

import argparse

from chat.settings import Settings
from commands.verbs import Verbs, acts_of
from house.places import MASTER_KEY, data_directory
from house.rotation import rotate


def add(verbs: Verbs) -> None:
    """Add the verb and its act."""
    acts = acts_of(verbs.add("keys", keys, "a new master key, while no server runs"))
    rotating = verbs.act(acts, "rotate", "make a new master key, and seal everything under it")
    gone = "do not keep the old key, which older backups need"
    rotating.add_argument("--delete-old", action="store_true", help=gone)


async def keys(options: argparse.Namespace, settings: Settings) -> int:
    """Make a new master key, and say what is to be done with both."""
    done = await rotate(settings, keep_old=not options.delete_old)
    sealed = done.sealed
    print(f"Sealed anew: keys of rooms {sealed.rooms}, other values {sealed.fields}.")
    if sealed.left:
        print(f"{sealed.left} were damaged before, opened with no key, and were left as they are.")
    path = data_directory(settings) / MASTER_KEY
    print(f"{path} is new: save a copy apart from the records, and give it to every other node.")
    if done.aside is not None:
        print(f"The old key lies at {done.aside}: backups made until now open with it alone.")
        print("Keep it with them, apart from this machine, and destroy it when the last is gone.")
    return 0
