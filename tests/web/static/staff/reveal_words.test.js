import assert from "node:assert/strict";
import { test } from "node:test";

import { minutes, standing, wanted } from "../../../../web/static/staff/reveal_words.js";

const one = { state: "asked", steps: [], alone: false, mine: false, expires_at: 900_000, review_due_at: null, reviewed_at: null };

test("time left is never rounded up", () => {
  assert.equal(minutes(899_999), "14 min");
  assert.equal(minutes(59_999), "59 s");
  assert.equal(minutes(-1), "0 s");
});

test("each is told what is wanted of them, and others nothing", () => {
  assert.equal(wanted(one, 0), "");
  assert.equal(wanted({ ...one, mine: true }, 0), "Waiting for a senior leader, 15 min left");
  assert.equal(wanted({ ...one, steps: ["approve", "refuse"] }, 60_000), "Your answer is needed within 14 min");
  assert.equal(wanted({ ...one, state: "approved", steps: ["open"] }, 0), "Ready: open it within 15 min");
  assert.equal(wanted({ ...one, state: "opened", steps: ["open"] }, 0), "");
  assert.equal(wanted({ ...one, state: "opened", alone: true, steps: ["review"], review_due_at: 5 }, 6), "The review is overdue");
});

test("an opening by one person never looks like one by two", () => {
  assert.equal(standing({ ...one, state: "opened" }), "Opened");
  assert.equal(standing({ ...one, state: "opened", alone: true }), "Opened alone, not reviewed yet");
  assert.equal(standing({ ...one, state: "opened", alone: true, reviewed_at: 1 }), "Opened alone, reviewed");
});
