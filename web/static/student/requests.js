// What the student has asked for, kept until the server has answered it. No page in here: sending
// and timers are arguments, so every path is tested with fakes.
//
// A socket can have died in silence, and what was given to it is gone. So a request is made again on
// the next connection, on the same one when no answer comes, and after a refusal that may pass; the
// server takes the repeat for what it is. What was asked in vain so often is given up, and told.

/** How long an answer may take before the request is made again. */
const ANSWER_MS = 10_000;
/** How much longer each refusal without a time of its own makes the pause. */
const PAUSE_MS = 1_000;
/** How often a request goes out before the student is told that it did not work. */
const TRIES = 4;
/** Codes of chat/errors.py after which the same request may be made again. */
export const AGAIN = new Set(["rate_limited", "unavailable", "internal"]);

/** What still stands and is only said again answers nothing that was asked. */
const notice = (frame, ...codes) => frame.t === "notice" && !frame.standing && codes.includes(frame.code);
const refusal = (frame, ...codes) => frame.t === "error" && codes.includes(frame.code);

/** By request: whether a frame of the server answers it. Any other is sent once, and forgotten. */
const ANSWERS = {
  understood: (frame) => (frame.t === "topics" && frame.understood) || refusal(frame, "not_understood"),
  join: (frame) =>
    ["waiting", "matched"].includes(frame.t) ||
    refusal(frame, "not_understood", "barred", "closed_now", "not_found", "already_in_room"),
  leave: (frame) => ["ended", "topics"].includes(frame.t),
  block: (frame) =>
    (frame.t === "ended" && frame.why === "left") || notice(frame, "apart") || refusal(frame, "not_found"),
  report: (frame) => notice(frame, "reported") || refusal(frame, "not_found"),
  help: (frame) => notice(frame, "help_asked", "no_adult"),
  take_back: (frame, asked) => (frame.cid === asked.cid && frame.state !== "held") || refusal(frame, "not_in_room"),
  ask_receipt: (frame) => frame.t === "receipt" || refusal(frame, "not_found"),
  wishes: (frame, asked) =>
    Object.keys(asked).every((name) => frame[name] === asked[name]) || refusal(frame, "not_found", "not_in_room"),
};
/** Requests that end a room. */
const WAYS_OUT = new Set(["leave", "block"]);
/** Requests of which the last counts: a new one about the same takes the place of one not answered. */
const LAST_COUNTS = new Set(["join", "wishes"]);

const about = (frame) => Object.keys(frame).join();
const replaces = (frame, room, past) =>
  LAST_COUNTS.has(frame.t) && past.frame.t === frame.t && past.room === room && about(past.frame) === about(frame);

export class Requests {
  #world;
  #items = [];

  /**
   * world: {send(frame, {answered}), failed(frame, room), setTimeout, clearTimeout}. `send` answers
   * whether the frame could go out to a server that knows who this is.
   */
  constructor(world) {
    this.#world = world;
  }

  /** Makes a request now, or as soon as it can be. `room`: only there does it mean anything. */
  ask(frame, room = frame.room ?? null) {
    const words = JSON.stringify(frame);
    let item = this.#items.find((one) => one.room === room && JSON.stringify(one.frame) === words);
    if (!item) {
      for (const past of this.#items.filter((one) => replaces(frame, room, one))) this.#drop(past);
      this.#items.push((item = { frame, room, tries: 0, sent: false, refused: false, timer: 0 }));
    }
    if (item.sent) return;
    item.tries = 0;
    this.#send(item);
  }

  /** The server knows who this is, and has seated the page in `room`, or in none. */
  welcome(room) {
    // What names its room on the wire is as good when that is over.
    const past = (item) => item.room !== room && item.room !== null && item.frame.room === undefined;
    for (const item of this.#items.filter(past)) this.#drop(item);
    for (const item of this.#items.filter(({ sent }) => !sent)) this.#send(item);
  }

  /** Whether the student has asked to be out of that room. */
  leaving(room) {
    return this.#items.some(({ frame, room: of }) => WAYS_OUT.has(frame.t) && (of ?? room) === room);
  }

  /** The connection is gone, and with it whatever was under way. */
  lost() {
    for (const item of this.#items) this.#rest(item);
  }

  /** Each frame of the server. Answers the request, as {frame, room}, that it settles, or null: one
   * answer is for one request, and the oldest is answered first. */
  heard(frame) {
    const under = this.#items.filter(({ sent }) => sent);
    if (frame.t === "error" && !frame.cid && AGAIN.has(frame.code)) {
      // Whichever it was about: to make a request twice does no harm.
      for (const item of under) this.#putOff(item, 1000 * (frame.retry_after ?? 0));
      return null;
    }
    const settled = under.find((item) => ANSWERS[item.frame.t](frame, item.frame));
    if (!settled) return null;
    this.#drop(settled);
    return { frame: settled.frame, room: settled.room };
  }

  /** There will be no other connection: each request has failed. */
  stop() {
    for (const item of [...this.#items]) this.#fail(item);
  }

  /** Nothing was asked: somebody else may sit here. */
  forget() {
    for (const item of [...this.#items]) this.#drop(item);
  }

  #send(item) {
    if (item.tries >= TRIES) return this.#fail(item);
    const answered = item.frame.t in ANSWERS;
    item.sent = this.#world.send(item.frame, { answered });
    if (!item.sent) return;
    item.tries += 1;
    item.refused = false;
    if (answered) this.#wait(item, ANSWER_MS);
    else this.#drop(item);
  }

  /** Refused for now. Refusals of something else meanwhile make the wait no longer. */
  #putOff(item, ms) {
    if (item.refused) return;
    item.refused = true;
    this.#wait(item, ms || PAUSE_MS * item.tries);
  }

  #wait(item, ms) {
    this.#world.clearTimeout(item.timer);
    item.timer = this.#world.setTimeout(() => this.#send(item), ms);
  }

  #rest(item) {
    this.#world.clearTimeout(item.timer);
    item.sent = false;
  }

  #drop(item) {
    this.#rest(item);
    this.#items = this.#items.filter((one) => one !== item);
  }

  #fail(item) {
    this.#drop(item);
    this.#world.failed(item.frame, item.room);
  }
}
