import assert from "node:assert/strict";
import { test } from "node:test";

import { age, ago, calendarDay, category, clock, coarse, count, moment, named } from "../../../../web/static/staff/words.js";

test("a length of time always has its units", () => {
  const given = [-5, 0, 59_999, 60_000, 3_599_000, 3_600_000, 172_799_000, 176_400_000];
  assert.deepEqual(given.map(age), ["0 s", "0 s", "59 s", "1 min 0 s", "59 min 59 s", "1 h 0 min", "47 h 59 min", "2 d 1 h"]);
});

test("how long something waits has seconds for ten minutes: the head of the queue keeps to its line", () => {
  assert.deepEqual([8000, 599_000, 600_000, 7_500_000].map(coarse), ["8 s", "9 min 59 s", "10 min", "2 h 5 min"]);
});

test("how long ago is coarse", () => {
  assert.deepEqual([3000, 75_000, 725_000, 7_500_000].map(ago), ["just now", "1 min 15 s ago", "12 min ago", "2 h 5 min ago"]);
});

test("many codes are the first two and how many more", () => {
  assert.equal(named(["A", "B", "C"]), "A, B, C");
  assert.equal(named(["A", "B", "C", "D"]), "A, B and 2 more");
});

test("a category nobody named shows nothing of itself", () => {
  assert.equal(category("<b>"), "A concern");
});

test("one is not many", () => {
  assert.deepEqual([count(1, "item", "items"), count(2, "item", "items")], ["1 item", "2 items"]);
});

test("what followed on another day says on which", () => {
  const began = new Date(2026, 11, 1, 23, 50).getTime();
  const on = (...given) => new Date(...given).getTime();
  assert.equal(moment(began + 60_000, began), clock(began + 60_000));
  assert.match(moment(on(2026, 11, 2, 0, 5), began), /^2 Dec, /);
  assert.match(moment(on(2028, 2, 3, 9, 0), began, true), /^3 Mar 2028, /);
});

test("a day is that of the clocks here", () => {
  assert.equal(calendarDay(new Date(2026, 2, 4, 23, 59)), "2026-03-04");
  assert.equal(calendarDay(new Date(2026, 11, 31, 0, 0)), "2026-12-31");
});
