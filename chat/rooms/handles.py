"""Handles: the pseudonyms two peers see in one room, fresh each time; pure.

Made from plain, kind words, so that a handle says nothing about anybody and nobody wants to keep
one. Used when a room is opened.
"""

from __future__ import annotations

from random import Random

_HOW = (
    "Amber", "Bright", "Calm", "Cosy", "Curious", "Dapper", "Early", "Gentle", "Golden", "Happy",
    "Honest", "Kind", "Lively", "Lucky", "Mellow", "Merry", "Misty", "Patient", "Quiet", "Rainy",
    "Silver", "Sleepy", "Snowy", "Steady", "Sunny", "Tidy", "Velvet", "Warm", "Windy", "Woolly",
)  # fmt: skip
_WHO = (
    "Badger", "Beaver", "Bison", "Curlew", "Deer", "Dormouse", "Falcon", "Finch", "Fox", "Gecko",
    "Hare", "Hedgehog", "Heron", "Kestrel", "Koala", "Lark", "Lynx", "Magpie", "Marten", "Mole",
    "Newt", "Otter", "Owl", "Panda", "Penguin", "Puffin", "Robin", "Seal", "Swift", "Wren",
)  # fmt: skip


def two_handles(chance: Random) -> tuple[str, str]:
    """Two handles that share no word, drawn from `chance`."""
    how = chance.sample(_HOW, 2)
    who = chance.sample(_WHO, 2)
    return f"{how[0]} {who[0]}", f"{how[1]} {who[1]}"
