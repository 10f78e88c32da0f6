// What waits for a moderator, and which of it is in the list on the screen. No page in here: the desk is
// built on it.

import { chosen, placed } from "./order.js";

/**
 * `items` by id, their `order`, the ids that are `shown`, how those ended that are shown and `gone`, and
 * the `choice` {topic, kind, state} that narrows the list.
 */
export class Waiting {
  items = new Map();
  order = [];
  shown = [];
  gone = new Map();
  choice = { topic: "", kind: "", state: "" };
  #changed;
  #inUse = false;

  constructor(changed) {
    this.#changed = changed;
  }

  /** While the list is under a pointer or the focus, no row moves. */
  inUse(yes) {
    if (this.#inUse === yes) return;
    this.#inUse = yes;
    if (!yes) this.settle();
  }

  /** Items that have come and are not in the list on the screen yet. */
  get fresh() {
    const there = new Set(this.shown);
    return this.#wanted.filter((id) => !there.has(id)).map((id) => this.items.get(id));
  }

  /** Only what fits is in the list; see `chosen`. */
  choose(choice) {
    this.choice = choice;
    this.settle();
  }

  /** What the choice keeps out of the list. */
  get hidden() {
    const wanted = new Set(this.#wanted);
    return this.order.filter((id) => !wanted.has(id)).map((id) => this.items.get(id));
  }

  /** The list on the screen becomes the queue as it is. */
  settle() {
    this.showAll();
    this.#changed();
  }

  /** The same, told to nobody. */
  showAll() {
    this.shown = this.#wanted;
    this.gone.clear();
  }

  /** The same, unless rows would move under a hand. */
  showQuietly() {
    if (!this.#inUse) this.shown = this.#wanted;
  }

  /** The whole queue as the server has it; not shown yet. */
  fill(items) {
    const before = this.items;
    this.items = new Map(items.map((item) => [item.id, item]));
    this.order = items.map((item) => item.id);
    for (const id of before.keys()) if (!this.items.has(id)) this.gone.set(id, "done");
  }

  /** One item as it is now; not shown yet. True where it was not known. */
  put(item) {
    const isNew = !this.items.has(item.id);
    this.items.set(item.id, item);
    if (!this.order.includes(item.id)) this.order = placed(this.order, this.items, item);
    return isNew;
  }

  /** It waits no more. */
  remove(id) {
    this.items.delete(id);
    this.order = this.order.filter((other) => other !== id);
  }

  /** It waits no more; a row in use stays and says how it ended, but one that hides itself. */
  takeAway(id, outcome) {
    this.remove(id);
    if (this.#inUse && outcome !== "know") this.gone.set(id, outcome);
    else this.shown = this.shown.filter((other) => other !== id);
  }

  get #wanted() {
    return chosen(this.order, this.items, this.choice);
  }
}
