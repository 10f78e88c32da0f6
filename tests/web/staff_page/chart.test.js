import assert from "node:assert/strict";
import { test } from "node:test";

import { ceiling, runs } from "../../../web/static/staff/chart.js";
import { took } from "../../../web/static/staff/numbers.js";

test("an axis ends on a round number that holds everything", () => {
  assert.deepEqual([0, 1, 3, 7, 12, 95, 101, 4999].map(ceiling), [1, 1, 3, 8, 15, 100, 150, 5000]);
});

test("a day without a value is a gap and not a zero", () => {
  assert.deepEqual(runs([1, 2, null, null, 0, null]), [[[0, 1], [1, 2]], [[4, 0]]]);
});

test("how long it took has a unit that fits", () => {
  assert.deepEqual([null, 12, 1500, 90_000, 300_000, 9_000_000].map(took), ["–", "12 ms", "1.5 s", "90 s", "5 min", "2.5 h"]);
});
