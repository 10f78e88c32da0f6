// The console's sound button: on, off, or asking for the touch without which no browser lets it ring.

import { asSwitch, el } from "./dom.js";
import { cap } from "./keyboard.js";

const WAKES_MS = 100;

export class SoundSwitch {
  #button;
  #sound;

  constructor(button, sound) {
    this.#button = button;
    this.#sound = sound;
    button.addEventListener("click", () => this.toggle());
    this.#show();
  }

  toggle() {
    this.#sound.toggle();
    this.#show();
    this.#showSoon();
  }

  /** Somebody has touched the page: from now on it may ring. */
  touched() {
    if (this.#sound.ready) return;
    this.#sound.wake();
    this.#showSoon();
  }

  /** A browser takes a moment to let it ring. */
  #showSoon() {
    setTimeout(() => this.#show(), WAKES_MS);
  }

  #show() {
    const asks = this.#sound.on && !this.#sound.ready;
    asSwitch(this.#button, !asks, this.#sound.on);
    this.#button.replaceChildren(el("span", {}, asks ? "Allow sound" : "Sound"), cap("S"));
  }
}
