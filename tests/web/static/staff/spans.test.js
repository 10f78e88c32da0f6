import assert from "node:assert/strict";
import { test } from "node:test";

import { pieces, wordsOf } from "../../../../web/static/staff/spans.js";

const marked = (text, ...spans) =>
  pieces(text, spans.map(([start, end]) => ({ start, end }))).filter((one) => one.marked).map((one) => one.text);

test("what was seen is marked and the rest is not", () => {
  assert.deepEqual(pieces("one two three", [{ start: 4, end: 7 }]), [
    { text: "one ", marked: false },
    { text: "two", marked: true },
    { text: " three", marked: false },
  ]);
});

test("offsets count characters as Unicode does, not halves of them", () => {
  assert.deepEqual(marked("😔😔 alone", [3, 8]), ["alone"]);
});

test("spans that overlap or touch are one mark", () => {
  assert.deepEqual(marked("abcdef", [1, 3], [2, 4], [4, 5]), ["bcde"]);
});

test("an empty span, one past the end, and none at all mark nothing wrong", () => {
  assert.deepEqual(marked("abc", [0, 0]), []);
  assert.deepEqual(marked("abc", [2, 99]), ["c"]);
  assert.deepEqual(pieces("", []), []);
});

test("every text comes back whole", () => {
  const text = "e\u0301 👩‍👩‍👧 עברית <b>";
  assert.equal(pieces(text, [{ start: 1, end: 4 }]).map((one) => one.text).join(""), text);
});

test("words can be hidden one by one, and those that were seen are chosen already", () => {
  assert.deepEqual(wordsOf("\u{1f614} call  me now", [{ start: 3, end: 5 }]), [
    { text: "\u{1f614}", start: 0, end: 1, marked: false },
    { text: "call", start: 2, end: 6, marked: true },
    { text: "me", start: 8, end: 10, marked: false },
    { text: "now", start: 11, end: 14, marked: false },
  ]);
});
