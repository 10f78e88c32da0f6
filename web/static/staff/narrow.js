// What the list is kept to: a topic, a class, what nobody has yet; and how much that hides, so that
// a page is never out of sight and out of mind.

import { $, el } from "./dom.js";
import { classOf } from "./order.js";
import { count } from "./words.js";

const FIELDS = ["topic", "kind", "state"];

/** What is hidden, in words; "" when nothing is. Pure. */
export function hiddenWords(items) {
  const pages = items.filter((item) => classOf(item) === "page").length;
  if (items.length === 0) return "";
  return `${count(items.length, "item is", "items are")} not shown${pages > 0 ? `, ${count(pages, "page", "pages")} among them` : ""}.`;
}

export class Narrow {
  #desk;
  #drawn = "";

  constructor(desk) {
    this.#desk = desk;
    for (const name of FIELDS) $(name).addEventListener("change", () => this.#choose());
  }

  draw() {
    const { hidden } = this.#desk;
    const words = hiddenWords(hidden);
    if (words === this.#drawn) return;
    this.#drawn = words;
    $("hidden").hidden = words === "";
    $("hidden").toggleAttribute("data-page", hidden.some((item) => classOf(item) === "page"));
    $("hidden").replaceChildren(el("span", {}, words),
      el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => this.#all() }, "Show all"));
  }

  #choose() {
    this.#desk.choose(Object.fromEntries(FIELDS.map((name) => [name, $(name).value])));
  }

  #all() {
    for (const name of FIELDS) $(name).value = "";
    this.#choose();
    $("main").focus();
  }
}
