import assert from "node:assert/strict";
import { test } from "node:test";

import { ALL, actsFor, brief, full } from "../../../../web/static/staff/acts.js";

const item = { kind: "message", held: true, incident: null };
const card = (given = {}, more = {}) => ({ item: { ...item, ...given }, muted: [null, null], ...more });
const names = (...given) => actsFor(...given).map((act) => act.name);

test("M4: on every card each act has a key of its own", () => {
  for (const one of [card(), card({ held: false }), card({ kind: "help", held: false }), card({}, { muted: [9, null] })]) {
    const keys = actsFor(one, 5).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
  }
});

test("M16: of a second look the two answers come first", () => {
  assert.deepEqual(names(card({ kind: "review", held: false })).slice(0, 2), ["fine", "stop"]);
});

test("M6: what takes something away asks for a reason or for words, of at most nine to choose from", () => {
  const asking = ALL.filter((act) => act.form).map((act) => act.name);
  assert.deepEqual(asking, ["withhold", "hide", "escalate", "note", "warn", "mute", "close_room", "bar", "ask"]);
  for (const act of ALL.filter(({ form }) => form)) {
    const choices = act.reasons ?? act.templates;
    assert.ok(choices.length > 0 && choices.length <= 9, act.name);
  }
});

test("M6: what cannot be undone says so beforehand, on its button and in its form", () => {
  const final = ALL.filter((act) => !act.after).map((act) => act.name);
  assert.deepEqual(final, ["release", "hide", "escalate", "note", "warn", "close_room", "bar"]);
  for (const act of ALL) {
    assert.equal(brief(act).includes("Final."), !act.after, act.name);
    assert.equal(full(act).includes("Cannot be undone"), !act.after, act.name);
    assert.equal(brief(act).includes("10 s to undo"), act.after === "undo", act.name);
  }
});

test("a card offers only what makes sense for it", () => {
  assert.ok(!names(card({ held: false })).includes("release"));
  assert.ok(!names(card()).includes("done"));
  assert.ok(!names(card({ incident: "ABC-2345" })).includes("escalate"));
  assert.deepEqual(names(card({ kind: "fault", held: false })), ["done", "escalate", "ask", "put_back"]);
  assert.ok(!names(card(), 0, 0).includes("bar"));
});

test("who is muted can be unmuted, until the time is over", () => {
  const muted = card({}, { muted: [10_000, null] });
  assert.ok(names(muted, 5000).includes("unmute") && !names(muted, 5000).includes("mute"));
  assert.ok(names(muted, 20_000).includes("mute") && !names(muted, 20_000).includes("unmute"));
});
