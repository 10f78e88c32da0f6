from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis as Client

from chat.live import tries
from chat.live.redis import connect
from chat.live.tries import RedisTries
from moderation.people.patience import Patience
from web.tries import WINDOW, Tries

NAMES = ["login ada", "login mo", "factor 1"]
ALLOWED = 3
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["wait", "wait", "wait", "succeeded", "take", "take", "give_back"]),
        st.sampled_from(NAMES),
        st.sampled_from([0.0, 0.5, 1.0, 4.0, 31.0, 250.0, 700.0]),
    ),
    max_size=40,
)


def hashed(name: str) -> bytes:
    """What Redis may know of a name."""
    return hashlib.sha256(name.encode()).digest()[:16]


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
async def test_redis_counts_as_one_node_does(
    client: Client, steps: list[tuple[str, str, float]]
) -> None:
    """Whatever is tried, whenever, the script answers as the two pure rules."""
    await client.flushall()
    now = 1_000.0
    patience, bucket = Patience(), Tries(bytes(32), ALLOWED)
    shared = RedisTries(client, "elm", hashed, lambda: now)
    for act, name, later in steps:
        now += later
        match act:
            case "wait":
                assert await shared.wait(name) == pytest.approx(patience.wait(name, now))
            case "succeeded":
                patience.succeeded(name)
                await shared.succeeded(name)
            case "take":
                expected = bucket.take(name, now) or 0.0
                assert await shared.take(name, ALLOWED, WINDOW) == pytest.approx(expected)
            case _:
                bucket.give_back(name, now)
                await shared.give_back(name, ALLOWED, WINDOW)


async def test_redis_is_told_no_name(client: Client) -> None:
    """Neither a login nor an address stands in a key, a field or a value; all are forgotten."""
    shared = RedisTries(client, "elm", hashed)
    await shared.wait("login ada")
    await shared.take("staff 192.0.2.7", ALLOWED, WINDOW)
    keys = await client.keys("*")
    assert len(keys) == 4
    for key in keys:
        assert b"{elm}" in key
        assert 0 < await client.ttl(key) <= tries.REMEMBERED
        kept = await client.dump(key)
        assert not any(word in kept + key for word in (b"ada", b"192.0.2.7"))


async def test_redis_keeps_no_more_than_one_node(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tries more names than that makes it forget the one tried longest ago, no other."""
    monkeypatch.setattr(tries, "MAX_LOGINS", 3)
    shared = RedisTries(client, "elm", hashed)
    for name in ("a", "a", "a", "b", "c", "a", "d"):
        await shared.wait(name)
    assert await client.hlen("peerline:{elm}:logins:values") == 3
    assert await client.hget("peerline:{elm}:logins:values", hashed("logins b")) is None
    assert (await shared.wait("a") or 0) > 0


async def test_schools_do_not_slow_each_other(client: Client) -> None:
    """The same login at another school is somebody else."""
    elm, oak = (RedisTries(client, school, hashed) for school in ("elm", "oak"))
    for _ in range(6):
        await elm.wait("login ada")
    assert await oak.wait("login ada") == 0


async def test_a_redis_that_is_gone_adds_nothing() -> None:
    """Then each node's own rule is what holds, and nobody waits long to learn it."""
    shared = RedisTries(connect("redis://127.0.0.1:1/0"), "elm", hashed)
    assert await shared.wait("login ada") == 0
    assert await shared.take("staff 192.0.2.7", ALLOWED, WINDOW) == 0
