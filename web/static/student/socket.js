// The connection: one WebSocket at a time, opened again when it is lost. No page in here: sockets,
// timers, chance and the network's own signals are arguments, so every path is tested with fakes.
//
// A browser page cannot see WebSocket pings, so loss is noticed four ways: the close event, the
// browser's own online/offline events, an answer that does not come, and a small request to our own
// server after a long silence.

import { backoff, mayReturn } from "./backoff.js";

const CONNECT_MS = 10_000;
const NOTE_MS = 1_000;
const SLOW_MS = 2_000;
const LOST_MS = 8_000;
const SILENCE_MS = 25_000;
const PROBE_MS = 3_000;
const LOST_PLACE = 4009;

/**
 * world: {makeSocket(), setTimeout, clearTimeout, random(), online(), probe(): Promise}
 * hooks: {hello(): frame, frame(frame), lost(), trouble(kind|null), stopped(code)}
 * kind is "offline" (the device says so), "lost" (being tried again) or "slow" (no answer yet).
 */
export class Connection {
  #world;
  #hooks;
  #socket = null;
  #open = false;
  #running = false;
  #failures = 0;
  #timers = new Map();
  #trouble = null;
  #life = 0;
  #welcome = false;

  constructor(world, hooks) {
    this.#world = world;
    this.#hooks = hooks;
  }

  /** Whether this connection has said anything yet but refusals. */
  get welcome() {
    return this.#welcome;
  }

  /** Whether a frame given to `send` now would go out. */
  get open() {
    return this.#open;
  }

  /** Whether it is there, or is tried again by itself. */
  get running() {
    return this.#running;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#connect();
  }

  /** Ends the connection for good; `start` begins again. */
  stop() {
    this.#running = false;
    this.#drop();
    this.#clearAll();
    this.#tell(null);
  }

  /** The page has missed something: connect again, and resume from where it was. */
  lostPlace() {
    this.#lost(LOST_PLACE);
  }

  /** Connects again at once, because the student asked or the network is back. */
  again() {
    this.#running = true;
    this.#drop();
    this.#connect();
  }

  /** Sends a frame if the connection is open; answers whether it did. */
  send(frame, { answered = false } = {}) {
    if (!this.#open) return false;
    this.#socket.send(JSON.stringify(frame));
    if (answered) this.#expect();
    return true;
  }

  /** The device has a network again: no need to wait out the pause. */
  nowOnline() {
    if (!this.#running) return;
    this.#failures = 0;
    this.again();
  }

  /** The device has none: whatever the socket says, nothing will pass. */
  nowOffline() {
    if (!this.#running) return;
    this.#drop();
    this.#clear("retry");
    this.#tell("offline");
  }

  #connect() {
    this.#clear("retry");
    if (!this.#world.online()) {
      this.#tell("offline");
      return;
    }
    this.#noteSoon();
    const life = (this.#life += 1);
    const mine = (act) => (event) => life === this.#life && act(event);
    const socket = this.#world.makeSocket();
    this.#socket = socket;
    this.#set("connect", CONNECT_MS, () => this.#lost(1006));
    socket.addEventListener("open", mine(() => this.#opened()));
    socket.addEventListener("message", mine((event) => this.#heard(event.data)));
    socket.addEventListener("close", mine((event) => this.#lost(event.code)));
  }

  #opened() {
    this.#open = true;
    this.send(this.#hooks.hello(), { answered: true });
  }

  #heard(data) {
    const frame = readFrame(data);
    this.#clear("connect");
    this.#clear("slow");
    this.#clear("gone");
    this.#set("silence", SILENCE_MS, () => this.#listen());
    if (!frame) return;
    if (frame.t !== "error") this.#good();
    this.#hooks.frame(frame);
  }

  /** The server has answered as it should: the connection is a good one. */
  #good() {
    this.#failures = 0;
    this.#welcome = true;
    this.#clear("note");
    this.#tell(null);
  }

  #lost(code) {
    this.#drop();
    if (!this.#running) return;
    if (!mayReturn(code)) {
      this.stop();
      this.#hooks.stopped(code);
      return;
    }
    const pause = backoff(this.#failures, this.#world.random());
    this.#failures += 1;
    this.#noteSoon();
    this.#set("retry", pause, () => this.#connect());
  }

  /** Lets go of the socket without waiting for its close handshake. */
  #drop() {
    for (const name of ["connect", "slow", "gone", "silence", "probe"]) this.#clear(name);
    const socket = this.#socket;
    this.#life += 1;
    this.#socket = null;
    this.#open = false;
    this.#welcome = false;
    if (!socket) return;
    socket.close();
    this.#hooks.lost();
  }

  /** A moment without a connection is not worth a word; a second is. */
  #noteSoon() {
    if (!this.#timers.has("note")) this.#set("note", NOTE_MS, () => this.#tell("lost"));
  }

  #expect() {
    if (!this.#timers.has("slow")) this.#set("slow", SLOW_MS, () => this.#tell("slow"));
    if (!this.#timers.has("gone")) this.#set("gone", LOST_MS, () => this.#lost(1006));
  }

  #listen() {
    const life = this.#life;
    const failed = () => life === this.#life && this.#lost(1006);
    this.#set("probe", PROBE_MS, failed);
    this.#world.probe().then(() => {
      if (life !== this.#life) return;
      this.#clear("probe");
      this.#set("silence", SILENCE_MS, () => this.#listen());
    }, failed);
  }

  #tell(kind) {
    if (kind === null) this.#clear("note");
    if (kind === this.#trouble) return;
    this.#trouble = kind;
    this.#hooks.trouble(kind);
  }

  #set(name, ms, act) {
    this.#clear(name);
    const fire = () => {
      this.#timers.delete(name);
      act();
    };
    this.#timers.set(name, this.#world.setTimeout(fire, ms));
  }

  #clear(name) {
    this.#world.clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #clearAll() {
    for (const name of [...this.#timers.keys()]) this.#clear(name);
  }
}

/** One frame from the wire, or null for what is not one. */
export function readFrame(data) {
  if (typeof data !== "string") return null;
  try {
    const frame = JSON.parse(data);
    return frame && typeof frame.t === "string" ? frame : null;
  } catch {
    return null;
  }
}
