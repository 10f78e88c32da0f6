import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyMap, usable } from "../../../../web/static/staff/keymap.js";

const NAMES = ["R", "W", "K", "?"];

test("M4: a key that is moved means the same, and its old place nothing", () => {
  const keys = new KeyMap(NAMES);
  assert.equal(keys.change("W", "q"), null);
  assert.equal(keys.of("W"), "Q");
  assert.equal(keys.meant("q"), "W");
  assert.equal(keys.meant("Q"), "W");
  assert.equal(keys.meant("w"), undefined);
});

test("M4: two that want one key change places: none is lost, none means two things", () => {
  const keys = new KeyMap(NAMES);
  assert.equal(keys.change("W", "r"), "R");
  assert.deepEqual([keys.of("W"), keys.of("R")], ["R", "W"]);
  assert.equal(keys.change("W", "r"), null);
  keys.change("?", "w");
  assert.deepEqual(NAMES.map((name) => keys.of(name)), ["?", "R", "K", "W"]);
  assert.equal(new Set(NAMES.map((name) => keys.of(name))).size, NAMES.length);
});

test("M4: numbers, spaces and keys with names are refused", () => {
  const keys = new KeyMap(NAMES);
  for (const key of ["1", " ", "Enter", "Escape", "F1", "Dead", ""]) assert.equal(keys.change("W", key), undefined);
  assert.equal(keys.change("nothing", "q"), undefined);
  assert.deepEqual(keys.changes, {});
  assert.ok(usable("ß") && usable("ж") && usable(";"));
});

test("M4: what is kept comes back, whatever a browser made of it", () => {
  const keys = new KeyMap(NAMES);
  keys.change("W", "r");
  keys.change("K", ";");
  const again = new KeyMap(NAMES, JSON.parse(JSON.stringify(keys.changes)));
  assert.deepEqual(again.changes, { R: "W", W: "R", K: ";" });
  for (const broken of [null, [], "x", { W: 7, Z: "q", R: "12" }]) assert.deepEqual(new KeyMap(NAMES, broken).changes, {});
  again.reset();
  assert.deepEqual(again.changes, {});
});
