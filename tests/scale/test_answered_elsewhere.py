"""An adult at one node, students at another: they hear who has answered, and who is there."""

from __future__ import annotations

import aiohttp
from sqlalchemy import select

from moderation.records import tables as t
from tests.clients import Student, sign_in_staff
from tests.journeys.conftest import PASSWORD, Running
from tests.journeys.test_restart import place
from tests.scale.test_two_nodes import matched_across

DISCLOSURE = "i am going to kill myself tonight"


async def ola(two: tuple[Running, Running]) -> None:
    """An adult who can be reached, as both nodes know."""
    await two[0].on_call()
    for node in two:
        await node.server.on_call.look_who_is_there()


class Adult:
    """The adult who is on call, with a page at whichever node is asked."""

    def __init__(self, two: tuple[Running, Running], cookie: str, code: str) -> None:
        self._two, self._cookie, self._code = two, cookie, code

    @classmethod
    async def called(cls, two: tuple[Running, Running]) -> Adult:
        """They have signed in once there is an incident."""
        (code,) = await two[0].store.read(
            lambda conn: list(conn.scalars(select(t.incidents.c.code)))
        )
        return cls(two, await sign_in_staff(two[0].origin, "ola", PASSWORD), code)

    async def does(self, node: int, act: str) -> int:
        """Press that at one of the nodes; the status of its answer."""
        url = f"{self._two[node].origin}/api/incidents/{self._code}/{act}"
        headers = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"}
        async with aiohttp.ClientSession(headers=headers) as session:
            if act == "chat":
                return (await session.get(url)).status
            return (await session.post(url, json={})).status


def told(page: Student) -> list[str]:
    """What a page was told of calls, in order."""
    return [frame["code"] for frame in page.seen if frame["t"] == "notice"]


async def heard(one: Student, other: Student) -> None:
    """Whatever was sent to these two has come."""
    for page, peer in ((one, other), (other, one)):
        await page.until("ack", cid=await page.say("are you there"))
        await peer.until("message", text="are you there")


async def test_S10_students_hear_of_an_adult_who_answers_where_their_room_is_not(
    two: tuple[Running, Running],
) -> None:
    """The node that has them looks for itself."""
    await ola(two)
    one, other = await two[0].pair()
    await one.say(DISCLOSURE)
    await other.until("notice", code="peer_adult_coming")
    adult = await Adult.called(two)
    assert await adult.does(1, "acknowledge") == 200
    await one.until("notice", code="adult_answered")
    await other.until("notice", code="peer_adult_answered")


async def test_P9_whose_page_asks_another_node_each_time_is_in_the_room_at_all(
    two: tuple[Running, Running],
) -> None:
    """She comes in at one, reads and goes at the other; each student hears of it once."""
    await ola(two)
    one, other = await matched_across(two)
    await one.say(DISCLOSURE)
    await other.until("notice", code="peer_adult_coming")
    adult = await Adult.called(two)
    assert await adult.does(0, "acknowledge") == 200
    assert await adult.does(0, "join") == 200
    for page in (one, other):
        await page.until("notice", code="adult_here")
    assert await adult.does(1, "chat") == 200
    other = await Student.open(two[1].origin, other.token, place(other))
    await other.until("notice", code="adult_here", standing=True)
    assert await adult.does(1, "leave") == 200
    for page in (one, other):
        await page.until("notice", code="adult_gone")
    await heard(one, other)
    assert told(one)[-2:] == ["adult_here", "adult_gone"]
    assert told(other) == ["adult_here", "adult_gone"]


async def test_S10_both_nodes_of_a_room_know_who_has_answered(
    two: tuple[Running, Running],
) -> None:
    """Each student hears it once, hears it again after a reload, and when nobody has it."""
    await ola(two)
    one, other = await matched_across(two)
    await one.say(DISCLOSURE)
    await one.until("notice", code="adult_coming")
    await other.until("notice", code="peer_adult_coming")
    adult = await Adult.called(two)
    assert await adult.does(1, "acknowledge") == 200
    await one.until("notice", code="adult_answered")
    await other.until("notice", code="peer_adult_answered")
    await heard(one, other)
    assert told(one) == ["adult_coming", "adult_answered"]
    assert told(other) == ["peer_adult_coming", "peer_adult_answered"]
    one = await Student.open(two[0].origin, one.token, place(one))
    other = await Student.open(two[1].origin, other.token, place(other))
    await one.until("notice", code="adult_answered", standing=True)
    await other.until("notice", code="peer_adult_answered", standing=True)
    assert await adult.does(0, "recuse") == 200
    await one.until("notice", code="adult_coming")
    await other.until("notice", code="peer_adult_coming")


async def test_S10_whoever_stays_at_one_node_meets_the_adult_when_the_peer_leaves_at_another(
    two: tuple[Running, Running],
) -> None:
    """Each node lets the one go who left, and talks on with the other, wherever their page is."""
    await ola(two)
    one, other = await matched_across(two)
    await one.say(DISCLOSURE)
    await one.until("notice", code="adult_coming")
    adult = await Adult.called(two)
    assert await adult.does(1, "acknowledge") == 200
    await other.send("leave")
    await other.until("ended", why="left")
    await one.until("notice", code="peer_gone")
    assert await adult.does(1, "join") == 200
    await one.until("notice", code="adult_here")
    await one.until("ack", cid=await one.say("are you there"))
    other = await Student.open(two[0].origin, other.token, place(other))
    await other.until("topics")
    one = await Student.open(two[1].origin, one.token, place(one))
    await one.until("notice", code="peer_gone", standing=True)
    await one.until("notice", code="adult_here", standing=True)
    await one.until("ack", cid=await one.say("and here"))
    assert told(one).count("peer_gone") == 1
