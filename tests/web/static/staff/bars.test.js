import assert from "node:assert/strict";
import test from "node:test";

import { sooner } from "../../../../web/static/staff/bars.js";

const HOUR = 3_600_000;
const minutes = (until, now) => sooner(until, now).map(([each]) => each);

test("a bar may end now, or at any of the times that come before its end", () => {
  assert.deepEqual(minutes(HOUR / 2, 0), [0]);
  assert.deepEqual(minutes(HOUR, 0), [0]);
  assert.deepEqual(minutes(2 * HOUR, 0), [0, 60]);
  assert.deepEqual(minutes(400 * 24 * HOUR, 0), [0, 60, 1440, 10080]);
  assert.deepEqual(minutes(400 * 24 * HOUR, 399 * 24 * HOUR + 1), [0, 60]);
});
