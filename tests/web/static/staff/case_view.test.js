import assert from "node:assert/strict";
import test from "node:test";

import { another, leftOut, whoLeft, wordsAt } from "../../../../web/static/staff/case_view.js";

test("P8 words that began an incident stand before it, and words that came to it later keep their time", () => {
  assert.equal(wordsAt(10_040, 10_000), 10_000);
  assert.equal(wordsAt(9_000, 10_000), 9_000);
  assert.equal(wordsAt(38_000, 10_000), 38_000);
});

test("P8 a long conversation says how much of it is not shown", () => {
  assert.equal(leftOut(1), "1 message of this long conversation is not shown here. What follows was said last.");
  assert.match(leftOut(312), /^312 messages of this long conversation are not shown here\./);
});

test("P8 what only whoever has it can do is asked of nobody else", () => {
  assert.equal(another({ state: "acknowledged", yours: false, holder: "Ola" }), "Ola");
  assert.equal(another({ state: "with_student", yours: true, holder: "Ola" }), "");
  assert.equal(another({ state: "open", yours: false, holder: "Ola" }), "");
});

test("P9 a server older than the page, which does not say who has left, is understood", () => {
  assert.equal(whoLeft({ left: ["Otter"] }), "Otter has left this chat. It stays open for the other student.");
  assert.equal(whoLeft({ left: [] }), "");
  assert.equal(whoLeft({}), "");
});
