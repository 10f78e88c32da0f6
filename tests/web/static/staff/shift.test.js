import assert from "node:assert/strict";
import { test } from "node:test";

import { breakDue, load } from "../../../../web/static/staff/shift.js";

const MINUTE = 60_000;
const shift = (given = {}) => ({ on: true, since: 0, break_after: 50 * 60, read: {}, heavy: ["abuse"], ...given });

test("M13: after so long on shift a break is asked for, and again ten minutes after it was put off", () => {
  assert.equal(breakDue(shift(), 0, -Infinity, 49 * MINUTE), false);
  assert.equal(breakDue(shift(), 0, -Infinity, 50 * MINUTE), true);
  assert.equal(breakDue(shift(), 0, 50 * MINUTE, 55 * MINUTE), false);
  assert.equal(breakDue(shift(), 0, 50 * MINUTE, 60 * MINUTE), true);
});

test("M13: a break taken counts, and off shift nobody is asked to rest", () => {
  assert.equal(breakDue(shift(), 45 * MINUTE, -Infinity, 60 * MINUTE), false);
  assert.equal(breakDue(shift({ on: false }), 0, -Infinity, 90 * MINUTE), false);
  assert.equal(breakDue(null, 0, 0, 90 * MINUTE), false);
});

test("M13: only what is heavy counts", () => {
  assert.equal(load(shift({ read: { abuse: 2, profanity: 9 } })), 2);
});
