import assert from "node:assert/strict";
import { test } from "node:test";

import { before, gauges, heat, ofTopic, placed } from "../../../web/static/staff/order.js";

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

test("M14: the figures count what nobody has, and name the oldest of each class", () => {
  const all = [
    item("a", { attention: "page" }),
    item("b", { held: true, since: 500 }),
    item("c"),
    item("d", { claimed_by: "Ravi", since: 1 }),
    item("e", { since: 900 }),
  ];
  const { page, held, queue, oldest } = gauges(all);
  assert.deepEqual([page, held, queue], [{ count: 1, since: 1000 }, { count: 1, since: 500 }, { count: 2, since: 900 }]);
  assert.equal(oldest.id, "b");
  assert.equal(gauges([]).oldest, null);
});

test("the list can be kept to one topic; what is gone stays until it is put away", () => {
  const items = new Map([["a", { topic: "mood" }], ["b", { topic: "school" }]]);
  assert.deepEqual(ofTopic(["a", "b", "gone"], items, "mood"), ["a", "gone"]);
  assert.deepEqual(ofTopic(["a", "b"], items, ""), ["a", "b"]);
});

test("M9 a held message turns amber at 30 s and red at 60 s, others never", () => {
  const held = item("a", { held: true });
  assert.deepEqual([29_999, 30_000, 59_999, 60_000].map((waited) => heat(held, waited)), ["", "amber", "amber", "red"]);
  assert.equal(heat(item("b"), 90_000), "");
});
