// Waiting for a peer: what the server knows, said plainly, and something to do meanwhile.

import { Calm } from "./calm.js";
import { find, setText, speak } from "./dom.js";
import { estimateWords, minutes, waitedWords } from "./estimate.js";

/** After this the page offers something else (seconds). */
const MOST_S = 300;

export class Waiting {
  #calm = new Calm();
  #due = null;
  #waited = null;

  constructor() {
    setText(find("waiting-limit"), speak("waiting.limit", { minutes: minutes(MOST_S) }));
  }

  /** A `waiting` frame; `label` is the topic in words. */
  update(frame, label) {
    if (this.#waited === null || frame.waited < this.#waited) this.#due = null;
    this.#waited = frame.waited;
    const topic = label ? speak("waiting.topic", { topic: label }) : "";
    setText(find("waiting-topic"), topic);
    const told = estimateWords(frame.waited, frame.estimate ?? null, this.#due);
    this.#due = told.due;
    const values = told.unit ? { minutes: speak(told.unit, told.values) } : told.values;
    setText(find("waiting-estimate"), speak(told.path, values));
    const since = waitedWords(frame.waited);
    setText(find("waiting-since"), speak(since.path, since.values));
    find("waiting-over").hidden = frame.waited < MOST_S;
    find("waiting-limit").hidden = frame.waited >= MOST_S;
  }

  end() {
    this.#waited = null;
    this.#calm.stop();
  }
}
