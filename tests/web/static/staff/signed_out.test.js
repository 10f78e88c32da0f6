import assert from "node:assert/strict";
import { test } from "node:test";

import { next, written } from "../../../../web/static/staff/signed_out.js";

const box = (value, defaultValue = "") => ({ value, defaultValue });

test("a page on which somebody has written does not leave for the sign-in page", () => {
  assert.equal(written([box(""), box("spoke with the student")]), true);
  assert.equal(written([box("Bullying. At 02:14, and more", "Bullying. At 02:14")]), true);
});

test("what the page itself filled in, and boxes that are empty, keep nobody", () => {
  assert.equal(written([]), false);
  assert.equal(written([box(""), box("Bullying. At 02:14", "Bullying. At 02:14")]), false);
});

test("what was written is shown again to its writer alone", () => {
  assert.equal(next({ ok: false, status: 401 }, "Ola"), "wait");
  assert.equal(next({ ok: true, value: { login: "ola", name: "Ola" } }, "ola"), "open");
  assert.equal(next({ ok: true, value: { login: "ola2", name: "Ola" } }, "ola"), "reload");
});
