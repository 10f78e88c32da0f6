import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { startsCard } from "../../../../web/static/student/cards.js";

let gone;

beforeEach(() => {
  gone = [];
  globalThis.document = { getElementById: () => ({ querySelector: (which) => (gone.push(which), null) }) };
});

afterEach(() => delete globalThis.document);

test("S9 once somebody can be reached, or is here, no card says that nobody can", () => {
  const can = ["adult_coming", "peer_adult_coming", "adult_answered", "peer_adult_answered", "help_asked", "adult_here", "moderator_here"];
  for (const code of can) {
    gone = [];
    startsCard(code);
    assert.ok(gone.includes('[data-notice="peer_no_adult"]'), code);
    assert.ok(gone.includes('[data-notice="no_adult"]'), code);
  }
});

test("S9 who is told that nobody can answer reads no promise from before beside it", () => {
  startsCard("no_adult");
  for (const code of ["adult_coming", "help_asked"]) assert.ok(gone.includes(`[data-notice="${code}"]`), code);
});
