import assert from "node:assert/strict";
import { test } from "node:test";

import { hiddenWords } from "../../../../web/static/staff/narrow.js";

const item = (attention) => ({ kind: "message", attention, held: false });

test("M14: what a choice hides is counted, and pages are named", () => {
  assert.equal(hiddenWords([]), "");
  assert.equal(hiddenWords([item("queue")]), "1 item is not shown.");
  assert.equal(hiddenWords([item("queue"), item("page"), item("page")]), "3 items are not shown, 2 pages among them.");
});
