import assert from "node:assert/strict";
import { test } from "node:test";

import { Desk } from "../../../../web/static/staff/desk.js";

const item = (id, given = {}) => ({
  id, kind: "message", category: "hate", attention: "queue", held: true, since: 1000, topic: "mood",
  claimed_by: null, incident: null, ...given,
});
const opened = (id, given = {}) => ({ t: "opened", item: item(id, { claimed_by: "Mo", ...given }), lines: [], mid: null, reading: "", version: "v" });

function start(...ids) {
  const sent = [];
  const arrived = [];
  const world = { up: true };
  const desk = new Desk({
    send: (frame) => world.up && Boolean(sent.push(frame)),
    changed: () => {},
    arrived: (one) => arrived.push(one.id),
  });
  desk.hear({ t: "queue", items: ids.map((id) => item(id)), me: "Mo", on_call: ["Dana"], now: 5000 }, 4000);
  return { desk, sent, arrived, world };
}

function claimed(...ids) {
  const begun = start(...ids);
  begun.desk.claim(ids[0]);
  begun.desk.hear(opened(ids[0]), 0);
  return begun;
}

test("the queue is shown in the server's order and its clock is taken over", () => {
  const { desk } = start("b", "a");
  assert.deepEqual(desk.shown, ["b", "a"]);
  assert.equal(desk.offset, 1000);
});

test("M1 a list in use does not move: what is new waits behind the pill", () => {
  const { desk, arrived } = start("a", "b");
  desk.inUse(true);
  desk.hear({ t: "item", item: item("x", { attention: "page" }) }, 0);
  desk.hear({ t: "gone", item: "a", outcome: "release" }, 0);
  assert.deepEqual(desk.shown, ["a", "b"]);
  assert.deepEqual(desk.fresh.map((one) => one.id), ["x"]);
  assert.equal(desk.gone.get("a"), "release");
  assert.deepEqual(arrived, ["x"]);
  desk.inUse(false);
  assert.deepEqual(desk.shown, ["x", "b"]);
  assert.deepEqual(desk.fresh, []);
});

test("M1 a list nobody uses shows what is new at once", () => {
  const { desk } = start("a");
  desk.hear({ t: "item", item: item("x", { attention: "page" }) }, 0);
  assert.deepEqual(desk.shown, ["x", "a"]);
});

test("M8 nothing is done before the server says so", () => {
  const { desk, sent } = claimed("a", "b");
  desk.act("release");
  assert.deepEqual(sent.at(-1), { t: "act", item: "a", act: "release" });
  assert.equal(desk.busy.kind, "release");
  assert.equal(desk.card.item.id, "a");
  desk.hear({ t: "done", item: "a", act: "release" }, 0);
  assert.equal(desk.card, null);
  assert.deepEqual(desk.told, { item: "a", act: "release", quiet: false });
});

test("M3 an item that went back by itself is not told as an act of whoever left it", () => {
  const { desk, sent } = claimed("a", "b");
  desk.leftAlone();
  assert.deepEqual(sent.at(-1), { t: "put_back", item: "a" });
  desk.hear({ t: "done", item: "a", act: "put_back" }, 0);
  assert.equal(desk.card, null);
  assert.equal(desk.told.quiet, true);
});

test("one wish at a time: a second press while one is under way sends nothing", () => {
  const { desk, sent } = claimed("a");
  desk.act("release");
  const before = sent.length;
  assert.equal(desk.act("release"), null);
  assert.equal(sent.length, before);
});

test("M8 what failed stays visible and can be tried again with the same reason", () => {
  const { desk, sent } = claimed("a");
  desk.act("withhold", { reason: "Hate" });
  desk.hear({ t: "error", code: "unavailable", words: "Not now." }, 0);
  assert.equal(desk.failed.words, "Not now.");
  assert.equal(desk.busy, null);
  desk.hear({ t: "item", item: item("other") }, 0);
  assert.equal(desk.failed.kind, "withhold");
  desk.retry();
  assert.deepEqual(sent.at(-1), { t: "act", item: "a", act: "withhold", reason: "Hate" });
});

test("M2 who lost a claim is told who has it, whichever news comes first", () => {
  const { desk } = start("a");
  desk.claim("a");
  desk.hear({ t: "error", code: "already_claimed", words: "Somebody else." }, 0);
  assert.equal(desk.failed.holder, "");
  desk.hear({ t: "item", item: item("a", { claimed_by: "Ravi" }) }, 0);
  assert.equal(desk.failed.holder, "Ravi");
  desk.claim("a");
  desk.hear({ t: "error", code: "already_claimed", words: "Somebody else." }, 0);
  assert.equal(desk.failed.holder, "Ravi");
});

test("without a connection a wish fails at once and in words", () => {
  const { desk, world } = claimed("a");
  world.up = false;
  desk.act("release");
  assert.equal(desk.failed.code, "offline");
  assert.equal(desk.card.item.id, "a");
});

test("a connection lost before the answer leaves a failure, not a guess", () => {
  const { desk } = claimed("a");
  desk.act("release");
  desk.disconnected();
  assert.equal(desk.failed.kind, "release");
});

test("M3 after a short break the card is taken up again with what was being written", () => {
  const { desk, sent } = claimed("a");
  desk.keepDraft("a", "withhold", "half a reason");
  desk.disconnected();
  desk.hear({ t: "queue", items: [item("a", { claimed_by: "Mo" })], me: "Mo", on_call: [], now: 0 }, 0);
  assert.deepEqual(sent.at(-1), { t: "claim", item: "a" });
  desk.hear(opened("a"), 0);
  assert.equal(desk.lost, null);
  assert.equal(desk.draftOf("a", "withhold"), "half a reason");
});

test("M12 words begun for one act are never offered for another, nor once it is decided", () => {
  const { desk } = claimed("a", "b");
  desk.keepDraft("a", "bar", "he did it before");
  desk.keepDraft("a", "note", "Hello");
  assert.deepEqual(["bar", "note", "ask"].map((act) => desk.draftOf("a", act)), ["he did it before", "Hello", ""]);
  desk.act("release");
  desk.hear({ t: "done", item: "a", act: "release" }, 0);
  assert.equal(desk.draftOf("a", "note"), "");
});

test("M7 a card that changed hands says so and can no longer act", () => {
  for (const [holder, words] of [["Ravi", "Ravi has this now."], [null, "This went back to the queue."]]) {
    const { desk, sent } = claimed("a");
    desk.hear({ t: "item", item: item("a", { claimed_by: holder }) }, 0);
    assert.equal(desk.lost, words);
    const before = sent.length;
    assert.equal(desk.act("release"), null);
    assert.equal(sent.length, before);
  }
});

test("a card that somebody's act made needless says so", () => {
  const { desk } = claimed("a");
  desk.hear({ t: "gone", item: "a", outcome: "taken_back" }, 0);
  assert.equal(desk.lost, "This needs nobody any more.");
});

test("after a break in which it was decided, the card says so too", () => {
  const { desk } = claimed("a");
  desk.hear({ t: "queue", items: [], me: "Mo", on_call: [], now: 0 }, 0);
  assert.equal(desk.lost, "This needs nobody any more.");
});

test("M10 an escalated item stays with its moderator, with its incident", () => {
  const { desk } = claimed("a");
  desk.act("escalate", { reason: "Danger" });
  desk.hear({ t: "done", item: "a", act: "escalate" }, 0);
  desk.hear({ t: "item", item: item("a", { claimed_by: "Mo", incident: "ABC-2345" }) }, 0);
  assert.equal(desk.card.item.incident, "ABC-2345");
  assert.equal(desk.lost, null);
  desk.act("done");
  desk.hear({ t: "done", item: "a", act: "done" }, 0);
  desk.hear({ t: "gone", item: "a", outcome: "done" }, 0);
  assert.equal(desk.card, null);
});

test("M8 a shift that did not end is tried again with the note for the next", () => {
  const { desk, sent } = claimed("a");
  desk.goOnShift(false, "Otter may come back");
  const first = sent.at(-1);
  desk.disconnected();
  desk.retry();
  assert.deepEqual(sent.at(-1), first);
});

test("putting back is confirmed like everything else", () => {
  const { desk, sent } = claimed("a");
  desk.act("put_back");
  assert.deepEqual(sent.at(-1), { t: "put_back", item: "a" });
  desk.hear({ t: "done", item: "a", act: "put_back" }, 0);
  desk.hear({ t: "item", item: item("a") }, 0);
  assert.equal(desk.card, null);
  assert.equal(desk.told.act, "put_back");
});

test("frames nobody knows change nothing", () => {
  const { desk } = claimed("a");
  desk.hear({ t: "tomorrow" }, 0);
  desk.hear({ t: "error", code: "bad_json", words: "?" }, 0);
  assert.equal(desk.failed, null);
});

test("M4 a decided item leaves the list at once, even one in use", () => {
  const { desk } = claimed("a", "b");
  desk.inUse(true);
  desk.act("release");
  desk.hear({ t: "done", item: "a", act: "release" }, 0);
  assert.deepEqual(desk.shown, ["b"]);
  desk.hear({ t: "gone", item: "a", outcome: "release" }, 0);
  assert.deepEqual(desk.shown, ["b"]);
});

test("M3 a page loaded anew opens the item its moderator already had, and only then", () => {
  const { desk, sent } = start();
  assert.deepEqual(sent, []);
  const mine = { t: "queue", items: [item("a"), item("b", { claimed_by: "Mo" })], me: "Mo", on_call: [], now: 0 };
  desk.hear(mine, 0);
  assert.deepEqual(sent, []);
  const fresh = [];
  const again = new Desk({ send: (frame) => fresh.push(frame), changed: () => {}, arrived: () => {} });
  again.hear(mine, 0);
  assert.deepEqual(fresh, [{ t: "claim", item: "b" }]);
});

test("M6: a decision can be taken back while the server says so, and only then", () => {
  const { desk, sent } = claimed("a", "b");
  desk.act("withhold", { reason: "Hate" });
  desk.hear({ t: "done", item: "a", act: "withhold", undo_until: 15_000 }, 0);
  assert.equal(desk.undoable.item, "a");
  assert.equal(desk.undo().kind, "undo");
  assert.deepEqual(sent.at(-1), { t: "undo", item: "a" });
  desk.hear({ t: "done", item: "a", act: "undo" }, 0);
  desk.hear(opened("a"), 0);
  assert.equal(desk.card.item.id, "a");
  assert.equal(desk.undoable, null);
  assert.equal(desk.undo(), null);
});

test("words to a student leave the card where it is", () => {
  const { desk } = claimed("a");
  desk.act("note", { text: "hello", cid: "c" });
  desk.hear({ t: "done", item: "a", act: "note" }, 0);
  assert.equal(desk.card.item.id, "a");
  assert.equal(desk.busy, null);
});

test("M17: what is not for this moderator leaves the card, and its rows follow", () => {
  const { desk, sent } = claimed("a", "b");
  desk.act("know");
  assert.deepEqual(sent.at(-1), { t: "put_back", item: "a", know: true });
  desk.hear({ t: "done", item: "a", act: "know" }, 0);
  desk.hear({ t: "gone", item: "a", outcome: "know" }, 0);
  assert.equal(desk.card, null);
  assert.deepEqual(desk.shown, ["b"]);
});

test("M3: a note is sent as it is written, and its answer disturbs nothing", () => {
  const { desk, sent } = claimed("a");
  desk.keepNote("n1", "a song");
  assert.deepEqual(sent.at(-1), { t: "keep_note", item: "a", note: "n1", text: "a song" });
  desk.act("release");
  desk.hear({ t: "done", item: "a", act: "noted" }, 0);
  assert.equal(desk.noteKept, true);
  assert.equal(desk.busy.kind, "release");
});

test("what was taken back stands in the list again while it is being decided", () => {
  const { desk } = claimed("a", "b");
  desk.act("withhold", { reason: "unkind" });
  desk.hear({ t: "done", item: "a", act: "withhold", undo_until: 15_000 }, 0);
  assert.deepEqual(desk.shown, ["b"]);
  desk.undo();
  desk.hear(opened("a"), 0);
  assert.deepEqual(desk.shown, ["a", "b"]);
});
