import assert from "node:assert/strict";
import { test } from "node:test";

import { backoff, mayReturn } from "../../../../web/static/student/backoff.js";

test("pauses grow, never beyond twenty seconds, and never below a quarter of a second", () => {
  for (let failures = 0; failures < 60; failures += 1) {
    for (const chance of [0, 0.5, 0.999]) {
      const pause = backoff(failures, chance);
      assert.ok(pause >= 250 && pause <= 20_000);
      assert.ok(pause <= backoff(failures + 1, chance));
    }
  }
});

test("chance spreads each pause over half of its length", () => {
  assert.equal(backoff(3, 0), 2000);
  assert.ok(backoff(3, 0.999) > 3900);
});

test("close codes from 4500 to 4999 mean do not come back, all others do", () => {
  for (const code of [4500, 4501, 4999]) assert.equal(mayReturn(code), false);
  for (const code of [1000, 1001, 1006, 1011, 4000, 4499]) assert.equal(mayReturn(code), true);
});
