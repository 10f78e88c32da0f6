"""Handles: the pseudonyms two peers see in one room, fresh each time; pure.

Made from plain, kind words, so that a handle says nothing about anybody and nobody wants to keep
one. None is a given name or has a second meaning to grin at. Used when a room is opened.
"""

from __future__ import annotations

from random import Random

_HOW = (
    "Breezy", "Bright", "Calm", "Cosy", "Curious", "Dapper", "Early", "Gentle", "Golden", "Happy",
    "Honest", "Kind", "Lively", "Lucky", "Mellow", "Minty", "Mossy", "Patient", "Quiet", "Rainy",
    "Silver", "Sleepy", "Snowy", "Steady", "Sunlit", "Tidy", "Velvet", "Warm", "Wintry", "Woolly",
)  # fmt: skip
_WHO = (
    "Badger", "Bison", "Bunting", "Curlew", "Deer", "Dormouse", "Falcon", "Finch", "Fox", "Gecko",
    "Hare", "Hedgehog", "Heron", "Kestrel", "Koala", "Lark", "Lynx", "Magpie", "Marmot", "Newt",
    "Otter", "Owl", "Panda", "Penguin", "Puffin", "Seal", "Starling", "Swift", "Tortoise", "Walrus",
)  # fmt: skip


def two_handles(chance: Random) -> tuple[str, str]:
    """Two handles that share no word, drawn from `chance`."""
    how = chance.sample(_HOW, 2)
    who = chance.sample(_WHO, 2)
    return f"{how[0]} {who[0]}", f"{how[1]} {who[1]}"
