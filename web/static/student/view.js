// How a chat looks: its messages, its head, who is writing; and what of it is read aloud.

import { announce, speak } from "./dom.js";
import { stateWords } from "./bubbles.js";
import { PeerTyping, showHead } from "./head.js";
import { Log } from "./log.js";

const LOOK_EVERY_MS = 5000;

/**
 * `timeline` is what is drawn, null outside a room; `over`: that room is; `staff`: some came or wrote;
 * `paused`: no moderator is there to check messages; `net`: the connection is in trouble; `gone`: from which
 * place on the other student reads nothing more, for they have left.
 */
export class View {
  timeline = null;
  over = false;
  peer = "";
  handle = "";
  staff = false;
  paused = false;
  gone = Infinity;
  net = false;
  #log;
  #retrying;
  #typing = new PeerTyping();

  /** `acts` are those of the log; `retrying` says of a cid whether it goes out again in a moment. */
  constructor(acts, retrying) {
    this.#log = new Log(acts);
    this.#retrying = retrying;
    setInterval(() => this.draw(), LOOK_EVERY_MS);
  }

  /** In a room that is not over. */
  get active() {
    return this.timeline !== null && !this.over;
  }

  /** Nobody who could read it has been in this room yet. */
  get alone() {
    return this.peer === "" && !this.staff;
  }

  /** The other student has left, and this one is still here. */
  get left() {
    return this.gone !== Infinity;
  }

  /** Changes some of what is drawn. */
  set(changes) {
    Object.assign(this, changes);
    this.draw();
  }

  draw() {
    const { timeline } = this;
    if (!timeline) return;
    showHead({ peer: this.peer, handle: this.handle, met: this.staff, gone: this.left });
    this.#log.draw(timeline.entries(), {
      peer: this.peer,
      author: (who) => this.#author(who),
      retrying: this.#retrying,
      behind: (entry) => timeline.behind(entry),
      alone: (entry) => this.#unread(entry),
      paused: this.paused,
      net: this.net,
      now: Date.now(),
    });
  }

  clear() {
    this.#log.clear();
  }

  toEnd() {
    this.#log.toEnd();
  }

  /** See log.js. */
  focusOn(entry) {
    return this.#log.focusOn(entry);
  }

  typing() {
    this.#typing.show(this.peer);
  }

  typed() {
    this.#typing.hide();
  }

  /** Reads a message of somebody else aloud. */
  speakOf(frame) {
    announce(speak("chat.says", { who: this.#author(frame.who), text: frame.text }));
  }

  /** Reads aloud what became of an own message, which was in the state `before`. */
  speakState(entry, before) {
    const passed = before === "held" && entry.state === "released";
    const behind = this.timeline.behind(entry);
    const about = { behind, alone: this.#unread(entry), paused: this.paused };
    announce(passed ? speak("state.later_released") : stateWords(entry, this.peer, about));
  }

  /** Nobody who could read that message has been here since it was said. */
  #unread(entry) {
    return !this.staff && (this.peer === "" || entry.seq > this.gone);
  }

  #author(who) {
    return who === "peer" ? this.peer : speak(`chat.${who}`);
  }
}
