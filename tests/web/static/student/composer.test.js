import assert from "node:assert/strict";
import { test } from "node:test";

import { sends } from "../../../../web/static/student/composer.js";

test("S15: Enter sends, but not with Shift and not while letters are composed", () => {
  assert.equal(sends({ key: "Enter" }), true);
  assert.equal(sends({ key: "a" }), false);
  assert.equal(sends({ key: "Enter", shiftKey: true }), false);
  assert.equal(sends({ key: "Enter", isComposing: true }), false);
  assert.equal(sends({ key: "Enter", keyCode: 229 }), false);
});
