// The student's own messages: said, sent, and what becomes of each of them.

import { speak } from "./dom.js";
import { Composer } from "./composer.js";
import { Sending } from "./sending.js";
import { MARKED } from "./timeline.js";

export class OwnMessages {
  #app;
  #view;
  #sending;
  #composer;

  /** app: see chat.js; `view` shows the room they are said in. */
  constructor(app, view) {
    this.#app = app;
    this.#view = view;
    this.#sending = new Sending((frame) => app.send(frame, { answered: true }));
    this.#composer = new Composer({
      say: (text) => this.#say(text),
      typing: () => this.#sending.ready && app.send({ t: "typing" }),
    });
  }

  get unsent() {
    return this.#sending.size;
  }

  get #timeline() {
    return this.#view.timeline;
  }

  /** Whether that message goes out again in a moment. */
  waits(cid) {
    return this.#sending.waits(cid);
  }

  /** What is said goes out from now on. */
  start() {
    this.#sending.start();
  }

  /** The connection is gone. */
  lost() {
    this.#sending.lost();
  }

  /** The message with that cid has arrived. */
  arrived(cid) {
    this.#sending.settle(cid);
  }

  /** The next in line may go out. */
  goOn() {
    this.#sending.flush();
  }

  /** An `ack` or a `status`. */
  settled(frame) {
    const before = this.#timeline.own(frame.cid)?.state;
    const taking = this.#timeline.own(frame.cid)?.taking;
    const outcome = this.#timeline.settle(frame, Date.now());
    this.#sending.settle(frame.cid);
    if (outcome === "ahead") return this.#app.lostPlace();
    const entry = this.#timeline.own(frame.cid);
    // After a reconnection `held` is said again, before the wish to take it back has arrived.
    if (frame.state !== "held") entry.taking = false;
    if (taking && frame.state === "taken_back") this.#composer.put(entry.text);
    if (outcome !== "old" && before !== undefined) this.#view.speakState(entry, before);
    this.#view.draw();
    this.#sending.flush();
  }

  /** Part of a message would be hidden: it waits for its writer, who sees which. */
  marked(frame) {
    this.#sending.settle(frame.cid);
    if (this.#timeline?.mark(frame.cid, frame.parts)) {
      this.#view.draw();
      this.#view.toEnd();
      const entry = this.#timeline.own(frame.cid);
      if (this.#composer.text || !this.#view.focusOn(entry)) this.#view.speakState(entry);
    }
    this.#sending.flush();
  }

  /** A refusal that names a message, or is about how it was said. True if it was one. */
  refused(frame) {
    if (frame.code === "bad_field" && !frame.cid && this.#sending.plainly()) {
      this.#sending.flush();
      return true;
    }
    const entry = frame.cid ? this.#timeline?.own(frame.cid) : null;
    if (!entry) return false;
    const wait = frame.retry_after === undefined ? undefined : frame.retry_after * 1000;
    if (entry.state !== "sending") entry.taking = false;
    else if (!this.#sending.refuse(frame.cid, frame.code, wait)) {
      this.#timeline.refuse(frame.cid, frame.words);
      this.#view.speakState(entry);
    }
    this.#view.draw();
    this.#sending.flush();
    return true;
  }

  takeBack(cid) {
    this.#timeline.own(cid).taking = true;
    this.#app.intend({ t: "take_back", cid }, this.#timeline.room);
    this.#view.draw();
  }

  /** It could not be taken back: it is still being checked, as far as anybody knows. */
  notTakenBack(cid) {
    const entry = this.#timeline?.own(cid);
    if (entry) entry.taking = false;
    this.#view.draw();
  }

  /** Sends a marked message without its marked parts. */
  without(entry) {
    this.#timeline.sayMarked(entry);
    this.#sending.add(entry.cid, entry.text, false);
    this.#composer.focus();
    this.#goOut();
  }

  /** Puts a message that did not go back into the box. */
  fix(entry) {
    if (entry.state === MARKED) this.#timeline.refuse(entry.cid, speak("state.changed"));
    entry.fixed = true;
    this.#composer.put(entry.text);
    this.#view.draw();
  }

  /** Says what is unsent once more, in a timeline that was begun anew. */
  sayAgain() {
    for (const { cid, text } of this.#sending.drain()) {
      this.#timeline.say(cid, text);
      this.#sending.add(cid, text);
    }
  }

  /** The room is over: what was being written stays in sight, and nothing goes out. */
  end() {
    this.#sending.stop();
    const draft = this.#composer.text.trim();
    if (draft) this.#timeline.say("draft", draft);
    this.forget();
    this.#timeline.close(speak("state.ended"));
  }

  forget() {
    this.#sending.drain();
    this.#composer.clear();
  }

  #say(text) {
    if (!this.#view.active) return speak("state.ended");
    if (this.#sending.full) return speak("chat.full");
    const cid = this.#app.newId();
    this.#timeline.say(cid, text);
    this.#sending.add(cid, text);
    this.#goOut();
    return "";
  }

  #goOut() {
    this.#view.draw();
    this.#view.toEnd();
    this.#sending.flush();
  }
}
