// What the student has said and the server has not yet answered. Pure: no clock, no socket.
//
// Messages go out one at a time, the next when the one before is answered: that alone keeps their
// order when one of them has to be tried again. A lost connection puts the one under way back, and
// the same cid is sent once more on the next connection; the server answers a repeat with the
// answer it already gave.

/** Codes of chat/errors.py after which the same message may be sent again. */
const AGAIN = new Set(["rate_limited", "unavailable", "internal", "closed_now"]);
/** How often one message may be refused like that before the student is asked. */
const TRIES = 6;
/** How many messages may wait; beyond it the page asks the student to pause. */
export const MOST = 30;

export class Outbox {
  #items = [];
  #underWay = null;
  #asks = true;

  get size() {
    return this.#items.length;
  }

  get full() {
    return this.#items.length >= MOST;
  }

  /** The cid that was sent and is not yet answered, or null. */
  get underWay() {
    return this.#underWay;
  }

  has(cid) {
    return this.#items.some((item) => item.cid === cid);
  }

  /** `ask`: have the server mark what it would hide, before it goes on. */
  add(cid, text, ask = true) {
    this.#items.push({ cid, text, ask, notBefore: 0, refusals: 0 });
  }

  /** The next message to send at `now` (ms), marked as under way; null if there is none yet. */
  next(now) {
    const first = this.#items[0];
    if (!first || this.#underWay !== null || first.notBefore > now) return null;
    this.#underWay = first.cid;
    const { cid, text } = first;
    return first.ask && this.#asks ? { cid, text, ask: true } : { cid, text };
  }

  /** Milliseconds until `next` may answer something it does not answer at `now`; null if never. */
  pause(now) {
    const first = this.#items[0];
    if (!first || this.#underWay !== null) return null;
    return Math.max(0, first.notBefore - now);
  }

  /** The server answered; the message is its to keep. */
  settle(cid) {
    this.#items = this.#items.filter((item) => item.cid !== cid);
    if (this.#underWay === cid) this.#underWay = null;
  }

  /** The connection is gone: whatever was under way has to be sent again. */
  lost() {
    this.#underWay = null;
    this.#asks = true;
  }

  /**
   * The server refused a field. True: it was `ask`, which a server of an older version does not
   * know, and what was under way goes out again without, as all else on this connection.
   */
  plainly() {
    const asked = this.#asks && this.#items.some((one) => one.cid === this.#underWay && one.ask);
    if (!asked) return false;
    this.#asks = false;
    this.#underWay = null;
    return true;
  }

  /** The server refused with `code`. True: it stays here and will be tried again. */
  refuse(cid, code, retryAfterMs, now) {
    const item = this.#items.find((one) => one.cid === cid);
    if (this.#underWay === cid) this.#underWay = null;
    if (!item) return false;
    item.refusals += 1;
    if (!AGAIN.has(code) || item.refusals >= TRIES) {
      this.settle(cid);
      return false;
    }
    item.notBefore = now + (retryAfterMs ?? 1000 * item.refusals);
    return true;
  }

  /** Everything that waits, oldest first; empties the outbox. */
  drain() {
    const items = this.#items;
    this.#items = [];
    this.#underWay = null;
    return items.map(({ cid, text }) => ({ cid, text }));
  }
}
