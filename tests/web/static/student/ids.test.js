import assert from "node:assert/strict";
import { test } from "node:test";

import { idFrom } from "../../../../web/static/student/ids.js";

test("an id is the base64url of its sixteen bytes, without padding", () => {
  for (let round = 0; round < 200; round += 1) {
    const bytes = Uint8Array.from({ length: 16 }, (_, at) => (round * 37 + at * 101) % 256);
    assert.equal(idFrom(bytes), Buffer.from(bytes).toString("base64url"));
  }
});

test("an id is made of sixteen bytes and of nothing else", () => {
  assert.throws(() => idFrom(new Uint8Array(15)), RangeError);
});
