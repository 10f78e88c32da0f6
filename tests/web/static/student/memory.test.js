import assert from "node:assert/strict";
import { test } from "node:test";

import { Memory } from "../../../../web/static/student/memory.js";

/** A sessionStorage of its own. */
function store() {
  const kept = new Map();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
    clear: () => kept.clear(),
    kept,
  };
}

function asleep(away) {
  const there = store();
  let now = 1_000_000;
  const memory = new Memory(there, () => now);
  memory.token = "token";
  memory.place = { room: "r", epoch: "e" };
  memory.sleep();
  now += away;
  memory.wake();
  return memory;
}

test("a reload keeps the session and the place", () => {
  const memory = asleep(5_000);
  assert.equal(memory.token, "token");
  assert.deepEqual(memory.place, { room: "r", epoch: "e" });
});

test("S5: a closed tab that the browser brings back later remembers nothing", () => {
  const memory = asleep(31_000);
  assert.equal(memory.token, null);
  assert.equal(memory.place, null);
});

test("a clock that was set back does not keep a session alive", () => {
  assert.equal(asleep(-31_000).token, null);
});

test("S8: only the token, the room and its epoch are ever kept", () => {
  const there = store();
  const memory = new Memory(there, () => 1);
  memory.token = "token";
  memory.place = { room: "r", epoch: "e" };
  memory.sleep();
  assert.deepEqual([...there.kept.keys()].sort(), ["place", "token", "went"]);
});

test("a place that cannot be read is no place", () => {
  const there = store();
  there.setItem("place", "{");
  assert.equal(new Memory(there, () => 1).place, null);
});

test("from where nobody read along is as it was noted first, in that room alone", () => {
  const memory = new Memory(store(), () => 0);
  assert.equal(memory.goneSince("r", 3), 3);
  assert.equal(memory.goneSince("r", 7), 3);
  assert.equal(memory.goneSince("other", 2), 2);
});
