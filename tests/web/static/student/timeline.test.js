import assert from "node:assert/strict";
import { test } from "node:test";

import { Timeline } from "../../../../web/static/student/timeline.js";

const peer = (seq, text = `peer ${seq}`) => ({ seq, mid: `m${seq}`, who: "peer", text });
const mine = (seq, cid, text = `me ${cid}`) => ({ seq, mid: `m${seq}`, who: "me", text, cid });
const ack = (cid, state, seq) => ({ cid, mid: `mid-${cid}`, state, seq });
const texts = (timeline) => timeline.entries().map((entry) => entry.text);

/** A small repeatable source of chance (Park and Miller 1988). */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
}

test("only the message after the last one is shown", () => {
  const timeline = new Timeline("r", "e");
  assert.equal(timeline.message(peer(1)), "placed");
  assert.equal(timeline.message(peer(1)), "old");
  assert.equal(timeline.message(peer(3)), "ahead");
  assert.deepEqual(texts(timeline), ["peer 1"]);
});

test("an own message on its way stands at the end until its number is known", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "me a");
  timeline.message(peer(1));
  assert.deepEqual(texts(timeline), ["peer 1", "me a"]);
  assert.equal(timeline.settle(ack("a", "released", 2)), "placed");
  timeline.message(peer(3));
  assert.deepEqual(texts(timeline), ["peer 1", "me a", "peer 3"]);
});

test("a held message stays where it was written and moves when it is passed on", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "me a");
  timeline.settle(ack("a", "held"), 5);
  timeline.message(peer(1));
  assert.deepEqual(texts(timeline), ["me a", "peer 1"]);
  assert.equal(timeline.own("a").heldAt, 5);
  timeline.settle(ack("a", "released", 2));
  assert.deepEqual(texts(timeline), ["peer 1", "me a"]);
});

test("an own message that comes back in the replay is the same entry, not a second one", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "me a");
  timeline.message(mine(1, "a"));
  assert.equal(timeline.entries().length, 1);
  assert.equal(timeline.own("a").state, "released");
  assert.equal(timeline.settle(ack("a", "released", 1)), "old");
});

test("S11: a hidden part is shown to the writer as the peer sees it", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "call me on 12345");
  timeline.settle({ ...ack("a", "redacted", 1), text: "call me on [hidden]" });
  assert.deepEqual(texts(timeline), ["call me on [hidden]"]);
});

test("S11: what would be hidden stands where it was written until its writer answers", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "call me on 12345");
  assert.equal(timeline.mark("a", [[11, 16]]), true);
  timeline.message(peer(1));
  assert.deepEqual(texts(timeline), ["call me on 12345", "peer 1"]);
  timeline.sayMarked(timeline.own("a"));
  assert.deepEqual(texts(timeline), ["peer 1", "call me on 12345"]);
  timeline.settle({ ...ack("a", "redacted", 2), text: "call me on [hidden]" });
  assert.equal(timeline.mark("a", [[11, 16]]), false, "a mark that comes late changes nothing");
  assert.equal(timeline.own("a").state, "redacted");
});

test("S11: what was marked when the room ended is said to be not sent", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "call me on 12345");
  timeline.mark("a", [[11, 16]]);
  timeline.close("over");
  assert.equal(timeline.own("a").state, "refused");
});

test("S7: a message that was held before a reload has waited since then", () => {
  const timeline = new Timeline("r", "e");
  timeline.settle({ ...ack("a", "held"), text: "x", waited: 90 }, 100_000);
  assert.equal(timeline.own("a").heldAt, 10_000);
});

test("S6: nothing disappears when a message is refused, withheld or taken back", () => {
  const timeline = new Timeline("r", "e");
  for (const cid of ["a", "b", "c"]) timeline.say(cid, `me ${cid}`);
  timeline.refuse("a", "why");
  timeline.settle(ack("b", "withheld"));
  timeline.settle(ack("c", "taken_back"));
  assert.deepEqual(texts(timeline), ["me a", "me b", "me c"]);
  assert.equal(timeline.own("a").why, "why");
});

test("S6: once the room is over, what was on its way is said to be not sent", () => {
  const timeline = new Timeline("r", "e");
  timeline.say("a", "me a");
  timeline.say("b", "me b");
  timeline.settle(ack("a", "held"), 5);
  timeline.close("over");
  assert.deepEqual(timeline.entries().map((entry) => [entry.text, entry.state, entry.why]), [
    ["me a", "refused", "over"],
    ["me b", "refused", "over"],
  ]);
});

test("after a reload a held own message comes back with its words", () => {
  const timeline = new Timeline("r", "e");
  timeline.message(peer(1));
  timeline.settle({ ...ack("a", "held"), text: "me a" }, 7);
  assert.deepEqual(texts(timeline), ["peer 1", "me a"]);
});

test("a reset draws a gap and goes on from its head", () => {
  const timeline = new Timeline("r", "e");
  timeline.message(peer(1));
  timeline.say("a", "me a");
  timeline.reset({ room: "r", epoch: "f", head: 40 });
  assert.equal(timeline.message(peer(41)), "placed");
  assert.deepEqual(timeline.entries().map((entry) => entry.who), ["peer", "gap", "peer", "me"]);
  assert.equal(timeline.epoch, "f");
});

test("a new history that counts from one again comes after the gap", () => {
  const timeline = new Timeline("r", "e");
  for (const seq of [1, 2, 3]) timeline.message(peer(seq));
  timeline.reset({ room: "r", epoch: "f", head: 0 });
  timeline.message(peer(1, "new 1"));
  assert.deepEqual(texts(timeline), ["peer 1", "peer 2", "peer 3", "", "new 1"]);
});

test("F14: whatever is repeated or lost on the way, each message stands once and in order", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const pick = chance(seed);
    const log = Array.from({ length: 30 }, (_, at) =>
      pick(2) ? peer(at + 1) : mine(at + 1, `c${at + 1}`),
    );
    const timeline = new Timeline("r", "e");
    let at = 0;
    while (timeline.last < log.length) {
      const frame = log[at];
      if (frame.cid && !timeline.own(frame.cid) && pick(2)) timeline.say(frame.cid, frame.text);
      const known = frame.cid && timeline.own(frame.cid);
      const outcome =
        known && pick(2) ? timeline.settle(ack(frame.cid, "released", frame.seq)) : timeline.message(frame);
      const step = pick(6);
      if (outcome === "ahead" || step === 0) at = timeline.last;
      else at = Math.min(log.length - 1, Math.max(0, at + (step === 1 ? -2 : step === 2 ? 2 : 1)));
    }
    assert.deepEqual(texts(timeline), log.map((frame) => frame.text));
  }
});

test("M12: words to one student stand where they came, once, and take no place", () => {
  const timeline = new Timeline("room", "epoch");
  timeline.message(peer(1));
  const frame = { mid: "t1", who: "moderator", text: "are you all right?" };
  assert.equal(timeline.told(frame), true);
  assert.equal(timeline.told(frame), false);
  assert.equal(timeline.message(peer(2)), "placed");
  assert.deepEqual(texts(timeline), ["peer 1", "are you all right?", "peer 2"]);
});
