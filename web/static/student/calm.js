// Something to do with one's hands and breath: slow breathing (four in, two held, six out), or the
// five senses, a step at a time. Words carry it; the circle only goes along, and stands still where
// less motion is wished for.

import { find, setText, speak, speakList } from "./dom.js";

const BREATH = [
  ["in", 4000],
  ["hold", 2000],
  ["out", 6000],
];

export class Calm {
  #mode = "breathe";
  #step = -1;
  #timer = 0;

  constructor() {
    find("calm-breathe").addEventListener("click", () => this.#choose("breathe"));
    find("calm-senses").addEventListener("click", () => this.#choose("senses"));
    find("calm-go").addEventListener("click", () => this.#go());
    this.#draw();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#step = this.#mode === "breathe" ? -1 : 0;
    this.#draw();
  }

  #choose(mode) {
    this.#mode = mode;
    this.stop();
  }

  #go() {
    if (this.#mode === "senses") {
      const steps = speakList("calm.steps").length;
      this.#step = this.#step + 1 >= steps ? 0 : this.#step + 1;
      this.#draw();
    } else if (this.#step >= 0) this.stop();
    else this.#breathe(0);
  }

  #breathe(step) {
    this.#step = step;
    this.#draw();
    this.#timer = setTimeout(() => this.#breathe((step + 1) % BREATH.length), BREATH[step][1]);
  }

  #draw() {
    const breathing = this.#mode === "breathe";
    find("calm-breathe").setAttribute("aria-pressed", String(breathing));
    find("calm-senses").setAttribute("aria-pressed", String(!breathing));
    find("breath").hidden = !breathing;
    find("breath").dataset.phase = breathing && this.#step >= 0 ? BREATH[this.#step][0] : "still";
    setText(find("calm-words"), breathing ? this.#breathWords() : this.#senseWords());
    setText(find("calm-go"), breathing ? this.#breathButton() : this.#senseButton());
  }

  #breathWords() {
    return this.#step < 0 ? speak("calm.breathe_idle") : speak(`calm.${BREATH[this.#step][0]}`);
  }

  #breathButton() {
    return speak(this.#step < 0 ? "calm.start" : "calm.stop");
  }

  #senseWords() {
    return speakList("calm.steps")[this.#step];
  }

  #senseButton() {
    return speak(this.#step === speakList("calm.steps").length - 1 ? "calm.again" : "calm.next");
  }
}
