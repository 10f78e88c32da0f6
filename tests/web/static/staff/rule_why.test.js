import assert from "node:assert/strict";
import test from "node:test";

import { brought, heard, once } from "../../../../web/static/staff/rule_why.js";

const limits = { gate: -3, agrees: -3.3, weak: -1.9, queue: 1.4, strong: 4.2, hold: -1.6, urgent: 5.5 };

test("a trained score is told by what follows from it", () => {
  const first = [5, 1.4, -1.9, -3, -4].map((score) => heard(score, limits).split(/[.,:]/)[0]);
  assert.deepEqual(first, ["It hears danger clearly", "It hears danger", "It hears a faint sign",
    "It hears no danger of its own", "It calls this plainly harmless"]);
});

test("what a decision brings has a word; another stays as it is", () => {
  assert.deepEqual(["none", "queue", "page", "else"].map(brought), ["nobody", "a moderator", "a page", "else"]);
});

test("a rule that found the same words twice is told once", () => {
  const [one, other] = [{ rule: "handle", words: "a" }, { rule: "handle", words: "b" }];
  assert.deepEqual(once([one, { ...one }, other]), [one, other]);
});
