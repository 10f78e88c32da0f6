import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { startsCard } from "../../../../web/static/student/cards.js";
import { speak, speakList } from "../../../../web/static/student/dom.js";

const PAGE = new URL("../../../../web/static/student/", import.meta.url);

test("words are filled in", () => {
  assert.equal(speak("chat.typing", { peer: "Otter" }), "Otter is writing…");
});

test("what a newer server says is nothing to a page without words for it, and no error", () => {
  assert.equal(speak("over.the_moon"), "");
  assert.equal(speak("no.such.words"), "");
  assert.equal(startsCard("the_moon_rose"), false);
  assert.equal(startsCard("peer_gone"), true);
});

test("every path of words that a module names is there", () => {
  const files = readdirSync(PAGE).filter((name) => name.endsWith(".js"));
  const named = files.flatMap((name) => [...readFileSync(new URL(name, PAGE), "utf8")
    .matchAll(/speak(?:List)?\("([\w.]+)"/g)].map(([, path]) => path));
  assert.ok(named.length > 50);
  assert.deepEqual(named.filter((path) => speakList(path) === undefined), []);
});
