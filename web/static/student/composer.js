// The box one writes in. What is written stays in it until it is sent; it works without a network.

import { find, setText, speak } from "./dom.js";

/** Longest message, in characters as the server counts them (chat/frames/shared.py). */
const MOST = 2000;
const TYPING_EVERY_MS = 3000;
const ROWS = 5;

export class Composer {
  #box = find("text");
  #typedAt = -TYPING_EVERY_MS;

  /** say(text): answers a problem in words, or nothing; typing(): tell the peer. */
  constructor({ say, typing }) {
    const submit = () => this.#submit(say);
    find("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
    });
    this.#box.addEventListener("keydown", (event) => {
      if (!sends(event)) return;
      event.preventDefault();
      submit();
    });
    this.#box.addEventListener("input", (event) => this.#typed(event, typing));
  }

  get text() {
    return this.#box.value;
  }

  /** Puts words back into the box, after whatever is there. */
  put(text) {
    const there = this.#box.value.trim();
    this.#box.value = there ? `${there}\n${text}` : text;
    this.#fit();
    this.#box.focus();
  }

  focus() {
    this.#box.focus();
  }

  problem(text) {
    setText(find("composer-problem"), text);
  }

  clear() {
    this.#box.value = "";
    this.problem("");
    this.#fit();
  }

  #submit(say) {
    const text = this.#box.value.trim();
    if (!text) return;
    const over = [...text].length - MOST;
    const wrong = over > 0 ? speak("chat.too_long", { count: over }) : say(text);
    if (wrong) this.problem(wrong);
    else {
      this.clear();
      this.#typedAt = -TYPING_EVERY_MS;
    }
    this.#box.focus();
    this.#box.scrollIntoView({ block: "nearest" });
  }

  #typed(event, typing) {
    this.#fit();
    this.problem("");
    if (!this.#box.value.trim() || event.timeStamp - this.#typedAt < TYPING_EVERY_MS) return;
    this.#typedAt = event.timeStamp;
    typing();
  }

  #fit() {
    this.#box.rows = 1;
    const line = parseFloat(getComputedStyle(this.#box).lineHeight) || 24;
    const rows = Math.round((this.#box.scrollHeight - 24) / line);
    this.#box.rows = Math.max(1, Math.min(ROWS, rows));
  }
}

/** Whether a key press in the message box means "send": Enter, but not while composing letters. */
export function sends(event) {
  if (event.key !== "Enter" || event.shiftKey) return false;
  return !(event.isComposing || event.keyCode === 229);
}
