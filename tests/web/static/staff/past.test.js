import assert from "node:assert/strict";
import test from "node:test";

import { inOrder, toLookAgain } from "../../../../web/static/staff/past.js";

const again = (look_again) => ({ look_again });

test("a day to look again is ahead, today, or was missed; without one there is nothing to do", () => {
  assert.equal(toLookAgain(again(null), "2026-03-04"), "");
  assert.equal(toLookAgain(again("2026-03-05"), "2026-03-04"), "Look again on 5 Mar");
  assert.equal(toLookAgain(again("2026-03-04"), "2026-03-04"), "Look again today");
  assert.equal(toLookAgain(again("2026-03-03"), "2026-03-04"), "Was to be looked at again on 3 Mar");
});

test("those whose day has come stand first, the rest as they were", () => {
  const past = [again(null), again("2026-03-05"), again("2026-03-04"), again("2026-03-01")];
  assert.deepEqual(inOrder(past, "2026-03-04"), [past[2], past[3], past[0], past[1]]);
});
