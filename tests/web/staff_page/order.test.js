import assert from "node:assert/strict";
import { test } from "node:test";

import { before, gauges, heat, placed } from "../../../web/static/staff/order.js";

const item = (id, given = {}) => ({
  id, kind: "message", attention: "queue", held: false, since: 1000, claimed_by: null, ...given,
});

test("a page comes first, then who waits for a word, then who waits longest", () => {
  const order = [
    item("page", { attention: "page", since: 9000 }),
    item("held", { held: true, since: 8000 }),
    item("help", { kind: "help", since: 8500 }),
    item("old", { since: 1 }),
    item("new", { since: 2 }),
  ];
  for (let at = 1; at < order.length; at += 1) {
    assert.ok(before(order[at - 1], order[at]), order[at].id);
    assert.ok(!before(order[at], order[at - 1]), order[at].id);
  }
});

test("a new item takes its place and moves no other", () => {
  const items = new Map([item("a", { since: 1 }), item("b", { since: 5 })].map((one) => [one.id, one]));
  const fresh = item("x", { since: 3 });
  items.set("x", fresh);
  assert.deepEqual(placed(["a", "b"], items, fresh), ["a", "x", "b"]);
  assert.deepEqual(placed(["b", "a"], items, fresh), ["x", "b", "a"]);
});

test("the figures count what nobody has, and name the oldest of it", () => {
  const all = [
    item("a", { attention: "page" }),
    item("b", { held: true, since: 500 }),
    item("c"),
    item("d", { claimed_by: "Ravi", since: 1 }),
  ];
  assert.deepEqual({ ...gauges(all), oldest: gauges(all).oldest.id }, { page: 1, held: 1, queue: 1, oldest: "b" });
  assert.equal(gauges([]).oldest, null);
});

test("M9 a held message turns amber at 30 s and red at 60 s, others never", () => {
  const held = item("a", { held: true });
  assert.deepEqual([29_999, 30_000, 59_999, 60_000].map((waited) => heat(held, waited)), ["", "amber", "amber", "red"]);
  assert.equal(heat(item("b"), 90_000), "");
});
