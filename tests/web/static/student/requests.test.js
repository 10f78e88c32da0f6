import assert from "node:assert/strict";
import { test } from "node:test";

import { Requests } from "../../../../web/static/student/requests.js";
import { Clock } from "./clock.js";

const ROOM = "A".repeat(22);
const OTHER = "B".repeat(22);
const HELP = { t: "help" };
const REPORT = { t: "report", room: ROOM, reason: "unkind" };
const BLOCK = { t: "block", room: ROOM };
const asked = { t: "notice", code: "help_asked" };
const reported = { t: "notice", code: "reported" };
const refused = (code, more = {}) => ({ t: "error", code, words: "", ...more });

/** A line that takes what is sent while it is up, and time that passes when told to. */
class Line extends Clock {
  up = true;
  sent = [];
  failed = [];

  constructor() {
    super();
    this.requests = new Requests({
      send: (frame) => this.up && this.sent.push(frame) > 0,
      failed: (frame) => this.failed.push(frame.t),
      setTimeout: (act, ms) => this.setTimeout(act, ms),
      clearTimeout: (timer) => this.clearTimeout(timer),
    });
  }

  get kinds() {
    return this.sent.map(({ t }) => t);
  }

  lost() {
    this.up = false;
    this.requests.lost();
  }

  welcome(room = null) {
    this.up = true;
    this.requests.welcome(room);
  }
}

test("a request made without a connection goes out with the next one", () => {
  const line = new Line();
  line.lost();
  line.requests.ask(HELP);
  assert.deepEqual(line.sent, []);
  line.welcome();
  assert.deepEqual(line.kinds, ["help"]);
});

test("S9: what a silently dead line swallowed is asked again on the next, until it is answered", () => {
  const line = new Line();
  line.requests.ask(HELP);
  line.lost();
  line.welcome(ROOM);
  assert.deepEqual(line.kinds, ["help", "help"]);
  line.requests.heard(asked);
  line.lost();
  line.welcome(ROOM);
  line.pass(60_000);
  assert.deepEqual(line.kinds, ["help", "help"]);
  assert.deepEqual(line.failed, []);
});

test("an answer that does not come while others do is waited for ten seconds", () => {
  const line = new Line();
  line.requests.ask(REPORT);
  line.pass(9_000);
  line.requests.heard({ t: "message", seq: 1 });
  line.pass(999);
  assert.equal(line.sent.length, 1);
  line.pass(1);
  assert.deepEqual(line.sent, [REPORT, REPORT]);
});

test("each request is settled by its own answer and by no other", () => {
  const cid = "c".repeat(22);
  const answers = [
    [{ t: "understood", answer: 1 }, { t: "topics", understood: true }, { t: "topics", understood: false }],
    [{ t: "understood", answer: 0 }, refused("not_understood"), refused("not_found")],
    [{ t: "join", topic: "mood" }, { t: "waiting" }, { t: "topics" }],
    [{ t: "join", topic: "mood" }, refused("closed_now"), refused("not_in_room")],
    [{ t: "leave" }, { t: "ended", why: "left" }, { t: "peer_left" }],
    [{ t: "leave" }, { t: "topics" }, { t: "waiting" }],
    [BLOCK, { t: "ended", why: "left" }, { t: "ended", why: "moderator" }],
    [BLOCK, { t: "notice", code: "apart" }, reported],
    [REPORT, reported, { t: "ended", why: "left" }],
    [REPORT, refused("not_found"), refused("not_in_room")],
    [HELP, asked, { t: "notice", code: "adult_here" }],
    [HELP, asked, { ...asked, standing: true }],
    [HELP, { t: "notice", code: "no_adult" }, refused("not_found")],
    [{ t: "take_back", cid }, { t: "status", cid, state: "taken_back" }, { t: "status", cid, state: "held" }],
    [{ t: "take_back", cid }, refused("not_found", { cid }), refused("not_found", { cid: "other" })],
    [{ t: "ask_receipt", room: ROOM }, { t: "receipt", code: "7KQ2" }, { t: "topics" }],
    [{ t: "wishes", meet: "chat" }, { t: "wishes", meet: "chat", barrier: "told" }, { t: "wishes", meet: "any" }],
  ];
  for (const [frame, answer, another] of answers) {
    const line = new Line();
    line.requests.ask(frame);
    assert.equal(line.requests.heard(another), null, `${frame.t} by ${JSON.stringify(another)}`);
    assert.deepEqual(line.requests.heard(answer).frame, frame);
    assert.equal(line.requests.heard(answer), null);
  }
});

test("what nobody answers is sent once", () => {
  const line = new Line();
  line.requests.ask({ t: "answers", room: ROOM, felt: "same" });
  line.pass(60_000);
  line.lost();
  line.welcome();
  assert.deepEqual(line.kinds, ["answers"]);
});

test("S6: a refusal that may pass is waited out, as long as the server says", () => {
  const line = new Line();
  line.requests.ask(REPORT);
  assert.deepEqual(line.requests.heard(refused("rate_limited", { retry_after: 3.5 })), null);
  line.pass(3_499);
  assert.equal(line.sent.length, 1);
  line.pass(1);
  assert.equal(line.sent.length, 2);
  assert.deepEqual(line.requests.heard(reported), { frame: REPORT, room: ROOM });
  assert.deepEqual(line.failed, []);
});

test("S6: what is refused again and again, or never answered, is told after four times", () => {
  for (const hears of [() => null, (line) => line.requests.heard(refused("unavailable"))]) {
    const line = new Line();
    line.requests.ask(BLOCK);
    for (let second = 0; second < 60; second += 1) {
      hears(line);
      line.pass(1_000);
    }
    assert.equal(line.sent.length, 4);
    assert.deepEqual(line.failed, ["block"]);
  }
});

test("a line that dies each time is not asked for ever", () => {
  const line = new Line();
  line.requests.ask(HELP);
  for (let time = 0; time < 9; time += 1) {
    line.lost();
    line.welcome();
  }
  assert.equal(line.sent.length, 4);
  assert.deepEqual(line.failed, ["help"]);
});

test("a request made again after it failed has all its tries, and the same one twice is one", () => {
  const line = new Line();
  line.requests.ask(HELP);
  line.requests.ask({ ...HELP });
  assert.equal(line.sent.length, 1);
  line.pass(60_000);
  assert.deepEqual(line.failed, ["help"]);
  line.requests.ask(HELP);
  line.pass(60_000);
  assert.equal(line.sent.length, 8);
});

test("a refusal for good settles only one request", () => {
  const line = new Line();
  const receipt = { t: "ask_receipt", room: ROOM };
  line.requests.ask(REPORT);
  line.requests.ask(receipt);
  assert.deepEqual(line.requests.heard(refused("not_found")).frame, REPORT);
  assert.deepEqual(line.requests.heard({ t: "receipt", code: "7KQ2" }).frame, receipt);
});

test("S12: of two reports one answer settles the older, and the other is made until it is answered", () => {
  const line = new Line();
  const graver = { ...REPORT, reason: "unsafe" };
  line.requests.ask(REPORT);
  line.requests.ask(graver);
  assert.deepEqual(line.requests.heard(reported).frame, REPORT);
  line.pass(10_000);
  assert.deepEqual(line.sent, [REPORT, graver, graver]);
  assert.deepEqual(line.requests.heard(reported).frame, graver);
  line.pass(60_000);
  assert.equal(line.sent.length, 3);
});

test("S10: a wish that was put off never goes out after a newer one about the same", () => {
  const line = new Line();
  const [older, newer, other] = [{ meet: "chat" }, { meet: "person" }, { barrier: "told" }].map((wish) => ({ t: "wishes", ...wish }));
  line.requests.ask(older, ROOM);
  line.requests.ask(other, ROOM);
  line.requests.heard(refused("unavailable"));
  line.requests.ask(newer, ROOM);
  assert.deepEqual(line.requests.heard(newer).frame, newer);
  line.pass(60_000);
  assert.deepEqual(line.sent.slice(0, 3), [older, other, newer]);
  assert.ok(line.sent.slice(3).every((frame) => frame === other));
  assert.deepEqual(line.failed, ["wishes"]);
});

test("of two topics the one picked last is asked for, and of two reports each", () => {
  const line = new Line();
  line.lost();
  const graver = { ...REPORT, reason: "unsafe" };
  for (const topic of ["mood", "home"]) line.requests.ask({ t: "join", topic });
  for (const report of [REPORT, graver]) line.requests.ask(report);
  line.welcome();
  assert.deepEqual(line.sent, [{ t: "join", topic: "home" }, REPORT, graver]);
});

test("S12: who asked to be out of a room is led out of it, and out of no other", () => {
  for (const frame of [{ t: "leave" }, BLOCK]) {
    const line = new Line();
    line.requests.ask(frame, ROOM);
    line.lost();
    assert.equal(line.requests.leaving(ROOM), true);
    assert.equal(line.requests.leaving(OTHER), false);
    line.welcome(ROOM);
    assert.deepEqual(line.sent, [frame, frame]);
  }
});

test("when the room is over, leaving it is done; to report and to block still mean something", () => {
  for (const room of [null, OTHER]) {
    const line = new Line();
    line.requests.ask({ t: "leave" }, ROOM);
    line.requests.ask({ t: "take_back", cid: "c" }, ROOM);
    line.requests.ask(REPORT);
    line.requests.ask(BLOCK);
    line.lost();
    line.sent = [];
    line.welcome(room);
    assert.deepEqual(line.sent, [REPORT, BLOCK]);
  }
});

test("who stops looking and is matched meanwhile leaves that room", () => {
  const line = new Line();
  line.lost();
  line.requests.ask({ t: "leave" });
  assert.equal(line.requests.leaving(ROOM), true);
  line.welcome(ROOM);
  assert.deepEqual(line.kinds, ["leave"]);
});

test("an answer on a new connection settles only what was asked on it", () => {
  const line = new Line();
  line.requests.ask({ t: "leave" });
  line.lost();
  assert.equal(line.requests.heard({ t: "topics" }), null);
  line.welcome();
  assert.equal(line.sent.length, 2);
  assert.deepEqual(line.requests.heard({ t: "topics" }).frame, { t: "leave" });
});

test("with the last connection each request fails; with the sign-in each is forgotten", () => {
  const line = new Line();
  line.requests.ask(HELP);
  line.requests.stop();
  assert.deepEqual(line.failed, ["help"]);
  line.requests.ask(REPORT);
  line.requests.forget();
  line.pass(60_000);
  line.welcome();
  assert.deepEqual(line.kinds, ["help", "report"]);
  assert.deepEqual(line.failed, ["help"]);
});
