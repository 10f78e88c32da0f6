// Under the card "We have called a trained adult": how the student would like to be met, and what
// may make it hard. Both may be skipped. What is shown as picked is what the server has kept.

import { announce, button, make, setText, speak, speakList } from "./dom.js";

const QUESTIONS = ["meet", "barrier"];

/** Made once, drawn anew for each card. */
export class Wishes {
  #intend;
  #kept = {};
  #asked = {};
  #status = make("p", { className: "wishes-status" });
  #buttons = [];

  /** `intend(frame)` asks until it is answered. */
  constructor(intend) {
    this.#intend = intend;
  }

  /** Both questions, as an element to put into the card. */
  draw() {
    this.#buttons = [];
    const questions = QUESTIONS.map((name) => this.#question(name));
    this.#show();
    return make(
      "div",
      { className: "wishes" },
      make("p", { textContent: speak("wishes.hint") }),
      ...questions,
    );
  }

  /** The server has kept this. */
  kept({ meet, barrier }) {
    const waited = this.#waits;
    this.#kept = { meet, barrier };
    this.#asked = {};
    this.#say(meet || barrier ? "kept" : "", waited);
  }

  /** A refusal that came instead. True if an answer was waited for. */
  refused() {
    if (!this.#waits) return false;
    this.#asked = {};
    this.#say("failed", true);
    return true;
  }

  forget() {
    this.#kept = {};
    this.#asked = {};
    setText(this.#status, "");
  }

  get #waits() {
    return Object.keys(this.#asked).length > 0;
  }

  #question(name) {
    const id = `wishes-${name}`;
    const group = make("div", { role: "group", "aria-labelledby": id });
    const answers = Object.entries(speakList(`wishes.${name}s`)).map(([value, text]) => {
      const one = button(text, () => {
        group.append(this.#status);
        this.#pick(name, value);
      });
      this.#buttons.push({ one, name, value });
      return one;
    });
    group.append(
      make("p", { id, className: "wishes-question", textContent: speak(`wishes.${name}`) }),
      make("div", { className: "wishes-answers" }, ...answers),
    );
    if (name === "meet") group.append(make("p", { textContent: speak("wishes.meet_note") }));
    return group;
  }

  #pick(name, value) {
    this.#asked[name] = value;
    this.#intend({ t: "wishes", [name]: value });
    this.#say("saving", false);
  }

  #say(what, aloud) {
    const words = what && speak(`wishes.${what}`);
    setText(this.#status, words);
    if (aloud && words) announce(words);
    this.#show();
  }

  #show() {
    for (const { one, name, value } of this.#buttons) {
      one.setAttribute("aria-pressed", String(this.#kept[name] === value));
    }
  }
}
