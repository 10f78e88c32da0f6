import assert from "node:assert/strict";
import { test } from "node:test";

import { alone } from "../../../../web/static/staff/alone.js";

test("M3 a claim left alone warns after a minute and goes back after a minute and a half", () => {
  const at = (seconds) => alone(seconds * 1000, true);
  assert.deepEqual(at(59), { left: 0, back: false, end: false });
  assert.deepEqual(at(60), { left: 30, back: false, end: false });
  assert.deepEqual(at(89.5), { left: 1, back: false, end: false });
  assert.deepEqual(at(90), { left: 0, back: true, end: false });
});

test("without a claimed item there is nothing to warn of, until the session ends", () => {
  assert.deepEqual(alone(14 * 60_000, false), { left: 0, back: false, end: false });
  assert.deepEqual(alone(15 * 60_000, false), { left: 0, back: false, end: true });
});
