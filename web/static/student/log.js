// The list of messages on the screen. It is a `log` that does not speak by itself: what is new is
// said once by the announcer, so that no screen reader reads the whole chat again.

import { find } from "./dom.js";
import { holdStage, makeBubble, stateWords, updateBubble } from "./bubbles.js";

const NEAR_END = 96;

export class Log {
  #items = new Map();
  #acts;

  /** acts: {person(), takeBack(cid), fix(entry)} */
  constructor(acts) {
    this.#acts = acts;
  }

  /** about: {peer, author(who), retrying(cid), net, now} */
  draw(entries, about) {
    const list = find("messages");
    const atEnd = this.#nearEnd();
    let before = null;
    entries.forEach((entry, index) => {
      const item = this.#item(entry, about);
      item.dataset.again = String(before?.who === entry.who);
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
      before = entry;
    });
    if (atEnd) this.toEnd();
  }

  toEnd() {
    const log = find("log");
    log.scrollTop = log.scrollHeight;
  }

  clear() {
    this.#items.clear();
    find("messages").replaceChildren();
  }

  #item(entry, about) {
    if (!this.#items.has(entry.made)) {
      this.#items.set(entry.made, makeBubble(entry, about.author(entry.who), this.#acts));
    }
    const item = this.#items.get(entry.made);
    const told = stateWords(entry, about.peer, { net: about.net, retrying: about.retrying(entry.cid) });
    updateBubble(item, entry, told, holdStage(entry, about.now));
    return item;
  }

  #nearEnd() {
    const log = find("log");
    return log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  }
}
