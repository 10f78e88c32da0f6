// What is said goes out, one message after another, as long as there is a connection that is ready.

import { Outbox } from "./outbox.js";

export class Sending {
  #send;
  #outbox = new Outbox();
  #ready = false;
  #wake = 0;

  /** `send` answers whether the frame could go out. */
  constructor(send) {
    this.#send = send;
  }

  /** Whether the connection takes what is said. */
  get ready() {
    return this.#ready;
  }

  get size() {
    return this.#outbox.size;
  }

  get full() {
    return this.#outbox.full;
  }

  /** Whether a message is not under way, since the first in line is tried again in a moment. */
  waits(cid) {
    return this.#outbox.underWay !== cid && this.#outbox.pause(Date.now()) > 0;
  }

  start() {
    this.#ready = true;
    this.flush();
  }

  stop() {
    this.#ready = false;
  }

  /** The connection is gone. */
  lost() {
    this.#ready = false;
    this.#outbox.lost();
  }

  /** See outbox.js; what is added goes out with the next `flush`. */
  add(cid, text, ask) {
    this.#outbox.add(cid, text, ask);
  }

  settle(cid) {
    this.#outbox.settle(cid);
  }

  plainly() {
    return this.#outbox.plainly();
  }

  refuse(cid, code, retryAfterMs) {
    return this.#outbox.refuse(cid, code, retryAfterMs, Date.now());
  }

  drain() {
    return this.#outbox.drain();
  }

  /** Sends the next message, or looks again when there may be one. */
  flush() {
    clearTimeout(this.#wake);
    if (!this.#ready) return;
    const next = this.#outbox.next(Date.now());
    if (next) {
      if (!this.#send({ t: "say", ...next })) this.#outbox.lost();
      return;
    }
    const pause = this.#outbox.pause(Date.now());
    if (pause !== null) this.#wake = setTimeout(() => this.flush(), pause + 1);
  }
}
