// Keys of the console: what each means, the help that lists them, and the switch that turns
// single-letter keys off (WCAG 2.1.4).

import { ALL, full } from "./acts.js";
import { el } from "./dom.js";
import { act as actName } from "./words.js";

const KEPT = "staff-keys";

/** Every key of the console, for the help. */
const KEYS = [
  ["J or ↓", "next item"],
  ["K or ↑", "item before"],
  ["C or Enter", "claim the item"],
  ["N", "show what is new"],
  ...ALL.map((act) => [act.key, `${actName(act.name)}. ${full(act)}`]),
  ["Z", "undo the last decision, for ten seconds"],
  ["O", "your shift: on, off, what was left for you"],
  ["L", "the rooms open now"],
  ["G", "note for whoever has the item next"],
  ["1 to 9", "choose that reason and send, or that template"],
  ["Esc", "leave the form, or put the card away"],
  ["T", "try again what failed"],
  ["S", "sound on or off"],
  ["?", "these keys"],
];

const MEANINGS = {
  j: "next",
  ArrowDown: "next",
  k: "back",
  ArrowUp: "back",
  c: "claim",
  n: "fresh",
  s: "sound",
  t: "retry",
  z: "undo",
  g: "note",
  o: "shift",
  l: "rooms",
  "?": "help",
  Escape: "leave",
};

/** Whether keys pressed there are words being written. */
export function typing(target) {
  return target.matches("input, textarea, select");
}

/** What a key means for the whole console, or undefined; arrows move only outside a scroll area. */
export function meaning(key, target) {
  if (key.startsWith("Arrow") && target.closest(".lines")) return undefined;
  return MEANINGS[key.length === 1 ? key.toLowerCase() : key];
}

export class Help {
  #dialog;

  constructor(dialog) {
    this.#dialog = dialog;
  }

  /** Whether single-letter keys are switched on. */
  get single() {
    return localStorage.getItem(KEPT) !== "off";
  }

  get isOpen() {
    return this.#dialog.open;
  }

  wire(button) {
    button.addEventListener("click", () => this.open());
    this.#show();
  }

  open() {
    const rows = KEYS.map(([key, what]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, key)),
      el("td", {}, what)));
    const box = el("input", { type: "checkbox", id: "single", onChange: (event) => this.#set(event.target.checked) });
    box.checked = this.single;
    this.#dialog.replaceChildren(
      el("h2", { id: "help-title" }, "Keys"),
      el("label", { class: "switch", for: "single" }, box, "Single letters work as keys"),
      el("table", {}, el("tbody", {}, rows)),
      el("button", { class: "button", type: "button", "data-kind": "main", onClick: () => this.#dialog.close() },
        "Close"),
    );
    this.#dialog.showModal();
  }

  #set(on) {
    localStorage.setItem(KEPT, on ? "on" : "off");
    this.#show();
  }

  #show() {
    document.body.toggleAttribute("data-no-keys", !this.single);
  }
}
