import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft, forgetDrafts } from "../../../../web/static/staff/draft.js";

/** A sessionStorage of its own. */
function store() {
  const kept = new Map();
  return {
    get length() { return kept.size; },
    key: (place) => [...kept.keys()][place],
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}

test("a draft is of one case and of whoever wrote it", () => {
  const there = store();
  new Draft(there, "ABC-2345", "dana").text = "rang the tutor";
  assert.equal(new Draft(there, "ABC-2345", "dana").text, "rang the tutor");
  assert.equal(new Draft(there, "DEF-2345", "dana").text, "");
  assert.equal(new Draft(there, "ABC-2345", "lee").text, "");
});

test("whoever signs in next leaves none of another's behind", () => {
  const there = store();
  for (const who of ["dana", "ana"]) new Draft(there, "ABC-2345", who).text = "rang the tutor";
  new Draft(there, "DEF-2345", "ana");
  assert.deepEqual([there.length, new Draft(there, "ABC-2345", "ana").text], [1, "rang the tutor"]);
});

test("what was sent, or taken out again, leaves nothing", () => {
  const there = store();
  const draft = new Draft(there, "ABC-2345", "dana");
  draft.text = "rang";
  draft.text = "";
  assert.equal(there.length, 0);
});

test("on signing out every draft goes, and nothing else of this tab", () => {
  const there = store();
  there.setItem("token", "of a student");
  for (const code of ["ABC-2345", "DEF-2345"]) new Draft(there, code, "dana").text = "rang";
  forgetDrafts(there);
  assert.deepEqual([there.length, there.getItem("token")], [1, "of a student"]);
});
