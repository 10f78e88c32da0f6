from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis as Client

from chat.live.memory import MemoryLive
from chat.live.redis import LEASE, RedisLive, connect
from chat.settings import BadSettings
from chat.students.matching import Ticket
from tests.servers import Redis

SCHOOL = "elm"
NAMES = [f"s{n}" for n in range(8)]


def ticket(student: str, since: float = 0.0, **fields: object) -> Ticket:
    """A wish to be matched."""
    values: dict[str, object] = {"band": "all", "topic": "mood", "avoid": frozenset(), **fields}
    return Ticket(student=student, school=SCHOOL, since=since, **values)  # type: ignore[arg-type]


_KNOCKS = st.tuples(
    st.just("knock"),
    st.builds(
        ticket,
        student=st.sampled_from(NAMES),
        since=st.just(0.0),
        band=st.sampled_from(["all", "year 9"]),
        topic=st.sampled_from(["mood", "school", "anything"]),
        avoid=st.frozensets(st.sampled_from(NAMES), max_size=3),
    ),
)
_STEPS = st.one_of(
    _KNOCKS,
    _KNOCKS,
    st.tuples(st.just("withdraw"), st.sampled_from(NAMES)),
    st.tuples(st.just("leave"), st.sampled_from(NAMES)),
    st.tuples(st.just("widened"), st.sampled_from([0, 1, 9])),
    st.tuples(st.just("wait"), st.floats(0.0, 15.0, allow_subnormal=False)),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEPS, max_size=30))
async def test_the_script_pairs_exactly_as_the_rules_do(
    client: Client, steps: list[tuple[str, object]]
) -> None:
    """Whatever knocks, withdraws and waits, Redis and memory pair the same students."""
    await client.flushall()
    here, there, now = MemoryLive(), RedisLive(client, SCHOOL), 1_790_000_000.123456
    wishes: dict[str, Ticket] = {}
    for act, what in steps:
        if isinstance(what, Ticket):
            knock = ticket(what.student, now, band=what.band, topic=what.topic, avoid=what.avoid)
            assert await there.knock(knock, now) == await here.knock(knock, now)
            wishes.setdefault(what.student, knock)  # a page that is gone may have an older one
        elif act == "withdraw":
            assert await there.withdraw(str(what)) == await here.withdraw(str(what))
        elif act == "leave":
            for live in (here, there):
                await live.leave(wishes.get(str(what), ticket(str(what))), now, 10.0)
        elif isinstance(what, float):
            now += what
            await there.renew(NAMES, now)
        elif isinstance(what, int):
            assert await there.widened(now, what) == await here.widened(now, what)
        assert set(await there.renew(NAMES, now)) == set(await here.renew(NAMES, now))
        for name in NAMES:
            assert await there.ticket_of(name, now) == await here.ticket_of(name, now)


async def test_a_ticket_nobody_promises_for_is_dropped(client: Client) -> None:
    """A student whose node died is not paired with anybody once the lease is over."""
    live = RedisLive(client, SCHOOL)
    await live.knock(ticket("ann"), 0.0)
    assert await live.renew(["ann"], 10.0) == []
    assert await live.widened(10.0 + LEASE - 1, 9) == []
    assert await live.renew(["ann"], 11.0) == []
    await live.widened(11.0 + LEASE, 9)
    assert await live.renew(["ann"], 12.0 + LEASE) == ["ann"]


async def test_two_nodes_never_pair_one_student_twice(redis: Redis, client: Client) -> None:
    """Of two nodes that knock for partners at once, one gets the student who waits."""
    other = connect(redis.address)
    nodes = [RedisLive(client, SCHOOL), RedisLive(other, SCHOOL)]
    await nodes[0].knock(ticket("ann"), 0.0)
    found = [
        await node.knock(ticket(name, 1.0), 1.0) for node, name in zip(nodes, "bc", strict=True)
    ]
    assert [pair is None for pair in found] == [False, True]
    await other.aclose()


async def test_K9_schools_are_kept_apart(client: Client) -> None:
    """Students of two schools on one Redis never meet."""
    elm, oak = RedisLive(client, "elm"), RedisLive(client, "oak")
    assert await elm.knock(ticket("ann"), 0.0) is None
    assert await oak.knock(ticket("bob"), 0.0) is None
    assert await elm.knock(ticket("cat", 1.0), 1.0) == (ticket("ann"), ticket("cat", 1.0))


async def test_every_name_lies_in_one_slot_of_a_cluster(client: Client) -> None:
    """All names of a school carry it as their hash tag."""
    live = RedisLive(client, SCHOOL)
    await live.knock(ticket("ann"), 0.0)
    names = [name.decode() for name in await client.keys()]
    assert names
    assert all(name.startswith("peerline:{elm}:") for name in names)


async def test_F7_without_redis_everybody_keeps_waiting() -> None:
    """A Redis that is not there is no error to anybody: nobody is paired, and that is all."""
    nowhere = connect("redis://127.0.0.1:1/0")
    live = RedisLive(nowhere, SCHOOL)
    assert await live.knock(ticket("ann"), 0.0) is None
    assert await live.withdraw("ann") is None
    assert await live.widened(30.0, 9) == []
    assert await live.renew(["ann"], 1.0) == []
    await nowhere.aclose()


async def test_F7_a_redis_that_forgot_everything_is_told_again(client: Client) -> None:
    """After FLUSHALL those who wait are named, and may knock again with their place."""
    live = RedisLive(client, SCHOOL)
    await live.knock(ticket("ann"), 0.0)
    await client.flushall()
    assert await live.renew(["ann"], 1.0) == ["ann"]
    await live.knock(ticket("ann"), 1.0)
    assert await live.knock(ticket("bob", 2.0), 2.0) == (ticket("ann"), ticket("bob", 2.0))


@pytest.mark.parametrize(
    "url",
    ["redis://:secret@redis.example:6379/0", "rediss://redis.example/0", "redis://10.0.0.1/0"],
)
def test_a_redis_elsewhere_needs_tls_and_a_password(url: str) -> None:
    """Off this machine a Redis that could be read or entered is refused."""
    with pytest.raises(BadSettings):
        connect(url)
    connect("rediss://:secret@redis.example/0")
