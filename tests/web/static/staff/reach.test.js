import assert from "node:assert/strict";
import { test } from "node:test";

import { asks, standing, summary, testWords } from "../../../../web/static/staff/reach.js";

const WEEK = 7 * 24 * 3_600_000;
const proof = { state: "sent", asked_at: 0, answered_at: null };
const way = (proven, more = null) => ({ proven_at: proven, proof: more });

test("a way counts for a week after it was heard", () => {
  assert.deepEqual([0, WEEK, WEEK + 1].map((now) => standing(way(0), now, WEEK)), ["good", "good", "none"]);
  assert.equal(standing(way(null), 0, WEEK), "none");
});

test("a test page asks until it is answered, and not for ever", () => {
  assert.ok(asks(way(null, proof), 60_000));
  assert.ok(!asks(way(null, { ...proof, answered_at: 1 }), 60_000));
  assert.ok(!asks(way(null, proof), WEEK));
  assert.ok(!asks(way(null), 0));
});

test("nobody counts on somebody with no way that works", () => {
  assert.equal(summary([], 0, WEEK).good, 0);
  assert.match(summary([way(null)], 0, WEEK).words, /cannot be reached/);
  assert.match(summary([way(0)], 0, WEEK).words, /second one/);
  assert.match(summary([way(0), way(0)], 0, WEEK).words, /2 ways work/);
});

test("whoever has no telephone that calls is told, where the school has one", () => {
  const ways = [{ ...way(0), channel: "mail" }, { ...way(0), channel: "sms" }];
  assert.match(summary(ways, 0, WEEK, ["call"]).words, /none of them calls you/);
  assert.match(summary([...ways, { ...way(0), channel: "call" }], 0, WEEK, ["call"]).words, /You can be reached/);
});

test("a provider that took a page has not brought it", () => {
  assert.match(testWords(proof), /nobody knows yet/);
});
