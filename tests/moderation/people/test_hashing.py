from __future__ import annotations

import threading

from argon2 import PasswordHasher

from moderation.people.hashing import Hashing, password_hasher


def quick() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_passwords_are_hashed_as_the_standard_says() -> None:
    """Passwords of staff are hashed with argon2id, 64 MiB, three passes."""
    hasher = password_hasher()
    assert (hasher.type.name, hasher.memory_cost, hasher.time_cost) == ("ID", 65_536, 3)


async def test_hashing_never_holds_the_loop() -> None:
    """The work is done in a thread that is not the loop's."""
    seen: list[str] = []

    class Watched(PasswordHasher):
        def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
            seen.append(threading.current_thread().name)
            return quick().hash(password, salt=salt)

    hashing = Hashing(Watched())
    hashed = await hashing.hash("quiet evening")
    assert seen[-1].startswith("hash")
    assert await Hashing(quick()).fits(hashed, "quiet evening")
    hashing.close()


async def test_a_password_fits_however_the_keyboard_composed_it() -> None:
    """An accent typed as one letter or as two is the same password."""
    hashing = Hashing(quick())
    hashed = await hashing.hash("cafe\u0301 au lait")
    assert await hashing.fits(hashed, "caf\u00e9 au lait")
    assert not await hashing.fits(hashed, "cafe au lait")
    hashing.close()


async def test_without_a_hash_nothing_fits() -> None:
    """An unknown login, or an account without a password, costs one hash and lets nobody in."""
    hashing = Hashing(quick())
    for hashed in (None, "", "-", "no hash"):
        assert not await hashing.fits(hashed, "quiet evening")
    hashing.close()
