import assert from "node:assert/strict";
import { test } from "node:test";

import { estimateWords, waitedWords } from "../../../../web/static/student/estimate.js";

test("S13: without an estimate the page says that it cannot tell", () => {
  assert.equal(estimateWords(30, null, null).path, "waiting.none");
});

test("S13: an estimate is said in whole minutes", () => {
  assert.equal(estimateWords(0, 20, null).path, "waiting.soon");
  assert.equal(estimateWords(0, 70, null).path, "waiting.about_one");
  assert.deepEqual(estimateWords(0, 130, null).values, { minutes: 2 });
});

test("S13: an estimate that has grown says so", () => {
  const first = estimateWords(0, 120, null);
  assert.equal(estimateWords(60, 60, first.due).path, "waiting.about_one");
  assert.equal(estimateWords(60, 180, first.due).path, "waiting.longer");
  assert.equal(estimateWords(140, 40, first.due).path, "waiting.longer_soon");
});

test("S13: an estimate that was too short says so", () => {
  const first = estimateWords(0, 40, null);
  assert.equal(estimateWords(60, null, first.due).path, "waiting.longer_unknown");
});

test("S13: while nobody can be matched no estimate is given, and an older one holds no more", () => {
  const first = estimateWords(0, 40, null);
  const paused = estimateWords(20, null, first.due, true);
  assert.equal(paused.path, "waiting.paused");
  assert.equal(estimateWords(300, 40, paused.due).path, "waiting.soon");
});

test("how long one has waited never says more than it is", () => {
  assert.equal(waitedWords(59).path, "waiting.waited_under");
  assert.equal(waitedWords(119).path, "waiting.waited_one");
  assert.deepEqual(waitedWords(185).values, { minutes: 3 });
});
