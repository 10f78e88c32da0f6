// The list of messages on the screen. It is a `log` that does not speak by itself: what is new is
// said once by the announcer, so that no screen reader reads the whole chat again.

import { find, speak } from "./dom.js";
import { holdStage, makeBubble, stateWords, updateBubble } from "./bubbles.js";

const NEAR_END = 96;

export class Log {
  #items = new Map();
  #acts;
  #atEnd = true;
  #height = 0;
  #box = find("log");
  #list = find("messages");
  #start = find("start");

  /** acts: {person(), takeBack(cid), fix(entry), without(entry)} */
  constructor(acts) {
    this.#acts = acts;
    const log = this.#box;
    log.setAttribute("aria-label", speak("chat.log"));
    log.addEventListener("scroll", () => {
      // A card above it, or the keyboard, made it smaller: the reader did not go anywhere.
      if (log.clientHeight !== this.#height) return;
      this.#atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    });
    new ResizeObserver(() => this.#resized()).observe(log);
  }

  /** about: {peer, author(who), retrying(cid), behind(entry), alone(entry), paused, net, now} */
  draw(entries, about) {
    const list = this.#list;
    let before = null;
    entries.forEach((entry, index) => {
      const item = this.#item(entry, about);
      item.dataset.again = String(before?.who === entry.who);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
      before = entry;
    });
    this.#start.hidden = entries.length > 0;
    if (this.#atEnd) this.toEnd();
  }

  toEnd() {
    this.#box.scrollTop = this.#box.scrollHeight;
    this.#atEnd = true;
  }

  /** The first thing to do about a message gets the focus. False where there is nothing to do. */
  focusOn(entry) {
    const act = this.#items.get(entry.made)?.querySelector(".extra .button");
    act?.focus();
    return Boolean(act);
  }

  clear() {
    this.#items.clear();
    this.#list.replaceChildren();
  }

  #resized() {
    this.#height = this.#box.clientHeight;
    if (this.#atEnd) this.toEnd();
  }

  #item(entry, about) {
    if (!this.#items.has(entry.made)) {
      this.#items.set(entry.made, makeBubble(entry, about.author(entry.who), this.#acts));
    }
    const item = this.#items.get(entry.made);
    const behind = about.behind(entry);
    const told = stateWords(entry, about.peer, {
      net: about.net,
      retrying: about.retrying(entry.cid),
      behind,
      alone: about.alone(entry),
      paused: about.paused,
    });
    updateBubble(item, entry, told, holdStage(entry, about.now, behind || about.paused));
    return item;
  }
}
