import assert from "node:assert/strict";
import { test } from "node:test";

import { before, chipOf, chosen, gauges, heat, placed } from "../../../../web/static/staff/order.js";

const item = (id, given = {}) => ({
  id, kind: "message", attention: "queue", held: false, since: 1000, claimed_by: null, ...given,
});

test("the risk decides about what came together, and who waited too long goes first", () => {
  const order = [
    item("held-long", { held: true, since: 0 }),
    item("page", { attention: "page", since: 50_000 }),
    item("help", { kind: "help", since: 50_000 }),
    item("asked", { asked_by: "Jo", since: 50_500 }),
    item("look-long", { since: 40_000 }),
    item("look", { since: 50_000 }),
  ];
  for (let at = 1; at < order.length; at += 1) {
    assert.ok(before(order[at - 1], order[at]), order[at].id);
    assert.ok(!before(order[at], order[at - 1]), order[at].id);
  }
});

test("M9: a page that comes a minute after a held message waits behind it", () => {
  assert.ok(before(item("held", { held: true, since: 0 }), item("page", { attention: "page", since: 60_000 })));
});

test("a new item takes its place and moves no other", () => {
  const items = new Map([item("a", { since: 1 }), item("b", { since: 5 })].map((one) => [one.id, one]));
  const fresh = item("x", { since: 3 });
  items.set("x", fresh);
  assert.deepEqual(placed(["a", "b"], items, fresh), ["a", "x", "b"]);
  assert.deepEqual(placed(["b", "a"], items, fresh), ["x", "b", "a"]);
});

test("M14: the figures count what nobody has, and since when the oldest of each class waits", () => {
  const all = [
    item("a", { attention: "page" }),
    item("b", { held: true, since: 500 }),
    item("c"),
    item("d", { claimed_by: "Ravi", since: 1 }),
    item("e", { since: 900 }),
    item("f", { kind: "help", since: 700 }),
  ];
  assert.deepEqual(gauges(all), { page: { count: 1, since: 1000 }, waiting: { count: 2, since: 500 }, look: { count: 2, since: 900 } });
  assert.deepEqual(gauges([]).page, { count: 0 });
});

test("the list can be kept to a topic, a class and what nobody has; what is gone stays until it is put away", () => {
  const items = new Map([
    item("a", { topic: "mood", attention: "page" }), item("b", { topic: "school", held: true }),
    item("c", { topic: "mood", kind: "help", claimed_by: "Ravi" }), item("d", { topic: "mood" }),
  ].map((one) => [one.id, one]));
  const kept = (choice) => chosen(["a", "b", "c", "d", "gone"], items, choice).join("");
  assert.equal(kept({}), "abcdgone");
  assert.equal(kept({ topic: "mood" }), "acdgone");
  assert.equal(kept({ kind: "waiting" }), "bcgone");
  assert.equal(kept({ state: "free" }), "abdgone");
  assert.equal(kept({ topic: "mood", kind: "waiting", state: "free" }), "gone");
});

test("a mark says what an item is, and of a message that is held that it is", () => {
  const all = [item("a", { attention: "page", held: true }), item("b", { held: true }), item("c", { kind: "help" }), item("d")];
  assert.deepEqual(all.map(chipOf), ["page", "held", "waiting", "look"]);
});

test("M9: what somebody waits for turns amber at 30 s and red at 60 s, the rest never", () => {
  for (const one of [item("a", { held: true }), item("b", { kind: "help" }), item("c", { asked_by: "Jo" })]) {
    assert.deepEqual([29_999, 30_000, 59_999, 60_000].map((waited) => heat(one, waited)), ["", "amber", "amber", "red"]);
  }
  assert.equal(heat(item("b"), 90_000), "");
});
