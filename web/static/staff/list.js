// The list of items: one row each, kept in place while somebody points at it.

import { el, setText } from "./dom.js";
import { chipOf } from "./order.js";
import { topic } from "./topics.js";
import { category, chip, outcome } from "./words.js";

const KINDS = { message: "Message", report: "Report", help: "Call for help", fault: "Fault", review: "Without the first answer", drill: "Drill" };

export class List {
  #root;
  #claim;
  #rows = new Map();
  selected = null;

  /** hooks: {claim(id), used(yes): the pointer or the focus is in the list, or no longer} */
  constructor(root, { claim, used }) {
    this.#root = root;
    this.#claim = claim;
    root.addEventListener("focusin", (event) => this.#select(event.target.dataset.item));
    this.#watchUse(used);
  }

  /** Draws the rows the desk shows, touching only what changed. */
  draw(desk) {
    const topics = new Set(desk.shown);
    for (const [id, row] of this.#rows) {
      if (topics.has(id)) continue;
      row.remove();
      this.#rows.delete(id);
    }
    let place = this.#root.firstElementChild;
    for (const id of desk.shown) {
      const row = this.#row(id);
      if (row === place) place = place.nextElementSibling;
      else this.#root.insertBefore(row, place);
      this.#fill(row, desk, id);
    }
    this.#number(desk.shown);
    if (!this.#rows.has(this.selected)) this.#select(desk.shown[0]);
  }

  /** Moves the focus by `steps` rows. */
  move(steps) {
    const ids = [...this.#root.children].map((row) => row.firstElementChild.dataset.item);
    if (ids.length === 0) return;
    const here = ids.indexOf(this.selected);
    const focused = this.#root.contains(document.activeElement);
    this.focus(ids[Math.min(ids.length - 1, Math.max(0, focused ? here + steps : here))]);
  }

  /** Focuses a row, or the first; answers whether there was one. */
  focus(id) {
    const row = this.#rows.get(id) ?? this.#root.firstElementChild;
    row?.firstElementChild.focus();
    return Boolean(row);
  }

  /** Each row says its place, so that a list this long can be listened to. */
  #number(ids) {
    ids.forEach((id, at) => {
      const row = this.#rows.get(id);
      row.setAttribute("aria-posinset", String(at + 1));
      row.setAttribute("aria-setsize", String(ids.length));
    });
  }

  #watchUse(used) {
    const root = this.#root;
    let pointer = false;
    const tell = () => used(pointer || root.contains(document.activeElement));
    root.addEventListener("pointerenter", () => { pointer = true; tell(); });
    root.addEventListener("pointerleave", () => { pointer = false; tell(); });
    root.addEventListener("focusin", tell);
    root.addEventListener("focusout", () => setTimeout(tell));
  }

  #select(id) {
    if (!id) return;
    for (const [other, row] of this.#rows) row.firstElementChild.tabIndex = other === id ? 0 : -1;
    this.selected = id;
  }

  #row(id) {
    let row = this.#rows.get(id);
    if (row) return row;
    row = el("li", {}, el("button", {
      class: "row",
      type: "button",
      "data-item": id,
      tabindex: id === this.selected ? "0" : "-1",
      onClick: () => this.#claim(id),
    }, el("span", { class: "chip" }), el("span", { class: "what" }), el("time", { class: "wait" }),
    el("span", { class: "about" })));
    this.#rows.set(id, row);
    return row;
  }

  #fill(row, desk, id) {
    const item = desk.items.get(id);
    const button = row.firstElementChild;
    const [mark, what, wait, about] = button.children;
    if (!item) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.state = "gone";
      wait.removeAttribute("data-since");
      setText(about, `No longer here: ${outcome(desk.gone.get(id) ?? "done")}`);
      return;
    }
    const taken = item.claimed_by && item.claimed_by !== desk.me;
    button.dataset.risk = chipOf(item);
    button.dataset.state = item.claimed_by === desk.me ? "mine" : taken ? "taken" : "";
    button.setAttribute("aria-disabled", String(Boolean(taken)));
    button.toggleAttribute("aria-current", item.id === desk.card?.item.id);
    setText(mark, chip(button.dataset.risk));
    setText(what, category(item.category));
    wait.dataset.since = item.since;
    wait.dataset.item = id;
    setAbout(about, aboutItem(item, desk.me));
  }
}

function aboutItem(item, me) {
  const parts = [KINDS[item.kind] ?? item.kind, topic(item.topic)];
  if (item.held) parts.push("not delivered yet");
  if (item.incident) parts.push(`incident ${item.incident}`);
  if (item.claimed_by) parts.push(item.claimed_by === me ? "you have it" : `${item.claimed_by} has it`);
  return parts.filter(Boolean);
}

/** Only when it differs, as `setText`. A code is read out over the telephone: it stays in one line. */
function setAbout(about, parts) {
  if (about.textContent === parts.join(" · ")) return;
  const shown = parts.map((part) => (part.startsWith("incident ") ? el("span", { class: "code" }, part) : part));
  about.replaceChildren(...shown.flatMap((part, at) => (at === 0 ? [part] : [" · ", part])));
}
