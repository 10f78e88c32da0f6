import assert from "node:assert/strict";
import { test } from "node:test";

import { ceiling, longest, runs } from "../../../../web/static/staff/chart.js";
import { took, weekly } from "../../../../web/static/staff/numbers.js";

test("an axis ends on a round number that holds everything", () => {
  assert.deepEqual([0, 1, 3, 7, 12, 95, 101, 4999].map(ceiling), [2, 2, 4, 8, 20, 100, 200, 6000]);
});

test("a day without a value is a gap and not a zero", () => {
  assert.deepEqual(runs([1, 2, null, null, 0, null]), [[[0, 1], [1, 2]], [[4, 0]]]);
});

test("how long it took has a unit that fits", () => {
  assert.deepEqual([null, 0, 12, 1500, 90_000, 300_000, 9_000_000].map(took), ["–", "0", "12 ms", "1.5 s", "90 s", "5 min", "2.5 h"]);
});

test("an axis of times ends on a round time that holds everything", () => {
  const ends = [0, 900, 15_000, 70_000, 110_000, 200_000, 90_000_000].map(longest);
  assert.deepEqual(ends.map(took), ["1 s", "1 s", "20 s", "2 min", "2 min", "4 min", "48 h"]);
});

test("more than a month is added up by weeks that end today, and a percentile is never added", () => {
  const days = Array.from({ length: 90 }, (_, n) => ({ at: n, items: 1, agreed: n % 2, look_p50: 9 }));
  const weeks = weekly(days);
  assert.equal(weekly(days.slice(0, 31)).length, 31);
  assert.deepEqual(weeks.map(({ items }) => items), [6, ...Array(12).fill(7)]);
  assert.deepEqual(weeks.at(-1), { at: 83, items: 7, agreed: 4 });
});
