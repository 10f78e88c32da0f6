import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST, Outbox } from "../../../../web/static/student/outbox.js";

function filled(...cids) {
  const outbox = new Outbox();
  for (const cid of cids) outbox.add(cid, `text of ${cid}`);
  return outbox;
}

test("messages go out one at a time and in the order they were written", () => {
  const outbox = filled("a", "b");
  assert.equal(outbox.next(0).cid, "a");
  assert.equal(outbox.next(0), null);
  outbox.settle("a");
  assert.deepEqual(outbox.next(0), { cid: "b", text: "text of b", ask: true });
});

test("F14: after a lost connection the same message goes out once more under the same cid", () => {
  const outbox = filled("a", "b");
  outbox.next(0);
  outbox.lost();
  assert.equal(outbox.next(0).cid, "a");
  assert.equal(outbox.next(0), null);
});

test("F26: to a server that does not know `ask` all goes without, in order, until the next one", () => {
  const outbox = filled("a", "b");
  assert.equal(outbox.plainly(), false);
  assert.equal(outbox.next(0).ask, true);
  assert.equal(outbox.plainly(), true);
  assert.deepEqual(outbox.next(0), { cid: "a", text: "text of a" });
  assert.equal(outbox.plainly(), false);
  outbox.settle("a");
  assert.deepEqual(outbox.next(0), { cid: "b", text: "text of b" });
  outbox.lost();
  assert.equal(outbox.next(0).ask, true);
});

test("a message already kept is not sent again", () => {
  const outbox = filled("a", "b");
  outbox.next(0);
  outbox.lost();
  outbox.settle("a");
  assert.equal(outbox.next(0).cid, "b");
});

test("asked to wait, the message waits as long as asked and none overtakes it", () => {
  const outbox = filled("a", "b");
  outbox.next(0);
  assert.equal(outbox.refuse("a", "rate_limited", 2000, 1000), true);
  assert.equal(outbox.next(2999), null);
  assert.equal(outbox.pause(2000), 1000);
  assert.equal(outbox.next(3000).cid, "a");
});

test("refused for good, a message leaves the outbox and the next one goes", () => {
  const outbox = filled("a", "b");
  outbox.next(0);
  assert.equal(outbox.refuse("a", "bad_text", undefined, 0), false);
  assert.equal(outbox.next(0).cid, "b");
});

test("refused again and again, a message is given back to the student in the end", () => {
  const outbox = filled("a");
  let kept = true;
  let tries = 0;
  while (kept && tries < 100) {
    outbox.next(Number.MAX_SAFE_INTEGER);
    kept = outbox.refuse("a", "unavailable", 0, 0);
    tries += 1;
  }
  assert.equal(kept, false);
  assert.equal(outbox.size, 0);
});

test("the outbox is bounded", () => {
  const outbox = filled(...Array.from({ length: MOST }, (_, at) => String(at)));
  assert.equal(outbox.full, true);
});

test("drained, the outbox is empty and says what was in it", () => {
  const outbox = filled("a", "b");
  outbox.next(0);
  assert.deepEqual(outbox.drain().map((item) => item.cid), ["a", "b"]);
  assert.equal(outbox.size, 0);
  assert.equal(outbox.next(0), null);
});
