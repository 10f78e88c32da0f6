// A moderator's shift: on or off, what colleagues left, how much was read, and when to rest.
// The dialog of the console; the server keeps what lasts.

import { el, setText } from "./dom.js";
import { ago, category, count } from "./words.js";

const AGAIN_MS = 10 * 60_000;

/** How many heavy items somebody has read. */
export const load = ({ read, heavy }) => heavy.reduce((sum, name) => sum + (read[name] ?? 0), 0);

/**
 * Whether a break is due at `now`: after so long on shift since it began or since the last break,
 * and again ten minutes after it was put off. Pure.
 */
export function breakDue(shift, rested, putOff, now) {
  if (!shift?.on) return false;
  return now - Math.max(shift.since, rested) >= shift.break_after * 1000 && now - putOff >= AGAIN_MS;
}

export class ShiftDialog {
  #dialog;
  #hooks;
  #desk = null;
  #rested = 0;
  #putOff = 0;
  #rest;

  /** hooks: {shift(on, note), now()}; `rest` is the line that asks for a break. */
  constructor(dialog, rest, hooks) {
    this.#dialog = dialog;
    this.#rest = rest;
    this.#hooks = hooks;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open(desk) {
    this.#desk = desk;
    if (!desk.shift) return;
    const { on, left } = desk.shift;
    const note = el("textarea", { class: "field", id: "handover", rows: "3", maxlength: "1000" });
    const go = () => {
      this.#hooks.shift(!on, note.value.trim());
      this.#rested = this.#hooks.now();
      this.#dialog.close();
    };
    this.#dialog.replaceChildren(
      el("h2", { id: "shift-title" }, on ? "You are on shift" : "You are off shift"),
      on ? this.#meter() : el("p", {}, "Nobody counts on you. Items you had are back in the queue."),
      on ? el("div", {}, el("label", { for: "handover" }, "A note for whoever comes next, if there is something to say"), note) : "",
      left.length === 0 ? "" : el("section", { class: "past" }, el("h3", {}, "Left for you"),
        el("ol", {}, left.map(({ who, at, text }) => el("li", {}, el("strong", {}, who), ` ${ago(this.#hooks.now() - at)}`, el("p", {}, text))))),
      el("div", { class: "pair" },
        el("button", { class: "button", type: "button", "data-kind": "main", id: "shift-go", onClick: go }, on ? "Go off shift" : "Go on shift"),
        el("button", { class: "button", type: "button", "data-kind": "quiet", onClick: () => this.#dialog.close() }, "Close")),
    );
    this.#dialog.showModal();
  }

  /** Once a second: the line that asks for a break; it can be put off, not turned off. */
  tick(desk) {
    const due = breakDue(desk.shift, this.#rested, this.#putOff, this.#hooks.now());
    if (this.#rest.hidden !== due) return;
    this.#rest.hidden = !due;
    if (!due) return;
    this.#rest.replaceChildren(
      el("span", {}, `You have been at the desk for ${Math.round(desk.shift.break_after / 60)} minutes. Time for a short break.`),
      el("button", { class: "button small", type: "button", onClick: () => this.#takeBreak(desk) }, "Take a break"),
      el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => this.#later(desk) }, "In ten minutes"),
    );
  }

  /** The button that opens the dialog says how things stand. */
  label(button, desk) {
    if (!desk.shift) return;
    const { on, most } = desk.shift;
    const [name, read] = button.querySelectorAll("span");
    setText(name, on ? "On shift" : "Off shift");
    setText(read, on ? `· read ${load(desk.shift)} of ${most}` : "");
    button.dataset.state = !on ? "off" : load(desk.shift) >= most ? "enough" : "on";
  }

  #takeBreak(desk) {
    this.#rested = this.#hooks.now();
    this.#hooks.shift(false, "");
    this.tick(desk);
  }

  #later(desk) {
    this.#putOff = this.#hooks.now();
    this.tick(desk);
  }

  #meter() {
    const { read, heavy, most, hours } = this.#desk.shift;
    const names = Object.keys(read).sort((one, other) => read[other] - read[one]);
    const sum = load(this.#desk.shift);
    return el("div", { class: "meter" },
      el("label", { for: "load" }, `Heavy items in the last ${hours} hours: ${sum} of ${most}`),
      el("meter", { id: "load", min: "0", max: String(most), high: String(most - 1), value: String(Math.min(sum, most)) }, `${sum} of ${most}`),
      sum >= most && el("p", {}, "That is enough for now. While somebody else is here, the next one goes to them."),
      names.length > 0 && el("table", {}, el("tbody", {}, names.map((name) => el("tr", {},
        el("th", { scope: "row" }, category(name)),
        el("td", {}, count(read[name], "item", "items"), heavy.includes(name) ? ", heavy" : ""))))));
  }
}
