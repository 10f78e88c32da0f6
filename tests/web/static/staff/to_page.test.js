import assert from "node:assert/strict";
import test from "node:test";

import { pageBelow } from "../../../../web/static/staff/to_page.js";

const item = (attention, claimed_by = null) => ({ attention, claimed_by, held: false, kind: "message" });

test("a page below others is gone to, the first of several", () => {
  const items = new Map([["a", item("queue")], ["b", item("page")], ["c", item("page")]]);
  assert.equal(pageBelow(["a", "b", "c"], items), "b");
});

test("nothing is gone to where a page stands first, somebody has it, or none is there", () => {
  const items = new Map([["a", item("page")], ["b", item("queue")], ["c", item("page", "Mo")]]);
  assert.equal(pageBelow(["a", "b"], items), undefined);
  assert.equal(pageBelow(["b", "c"], items), undefined);
  assert.equal(pageBelow(["b", "gone"], items), undefined);
  assert.equal(pageBelow([], items), undefined);
});
