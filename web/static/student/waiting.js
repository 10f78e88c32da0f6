// Waiting for a peer: what the server knows, said plainly, and something to do meanwhile.

import { Calm } from "./calm.js";
import { find, setText, speak } from "./dom.js";
import { estimateWords, minutes, waitedWords } from "./estimate.js";

export class Waiting {
  #calm = new Calm();
  #due = null;
  #waited = null;

  /** A `waiting` frame; `label` is the topic in words, after `longest` seconds the page offers something else. */
  update(frame, label, longest) {
    if (this.#waited === null || frame.waited < this.#waited) this.#due = null;
    this.#waited = frame.waited;
    const topic = label ? speak("waiting.topic", { topic: label }) : "";
    setText(find("waiting-topic"), topic);
    const told = estimateWords(frame.waited, frame.estimate ?? null, this.#due, frame.paused);
    this.#due = told.due;
    const values = told.unit ? { minutes: speak(told.unit, told.values) } : told.values;
    setText(find("waiting-estimate"), speak(told.path, values));
    const since = waitedWords(frame.waited);
    setText(find("waiting-since"), speak(since.path, since.values));
    setText(find("waiting-limit"), speak("waiting.limit", { minutes: minutes(longest) }));
    find("waiting-over").hidden = frame.waited < longest;
    find("waiting-limit").hidden = frame.waited >= longest;
  }

  end() {
    this.#waited = null;
    this.#calm.stop();
  }
}
