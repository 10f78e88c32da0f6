// Keys of the console: what each means, the help that lists them, changes them to others, and
// switches single letters off (WCAG 2.1.4). Both are kept with the account.

import { ALL, full } from "./acts.js";
import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { KeyMap } from "./keymap.js";
import { act as actName } from "./words.js";

/** What the account kept: {single, changes}. */
const kept = JSON.parse($("help").dataset.kept);

/** What each letter does that is no act about an item: a name for the page, and words. */
const MEANINGS = {
  J: ["next", "Next item"],
  K: ["back", "Item before"],
  C: ["claim", "Claim the item"],
  N: ["fresh", "Show what is new"],
  Q: ["page", "To the page that has waited longest"],
  Z: ["undo", "Undo the last decision, for ten seconds"],
  G: ["note", "Note for whoever has the item next"],
  O: ["shift", "Your shift: on, off, what was left for you"],
  L: ["rooms", "The rooms open now"],
  T: ["retry", "Try again what failed"],
  S: ["sound", "Sound on or off"],
  "?": ["help", "These keys"],
};

/** Keys that stay as they are. */
const FIXED = [
  ["↓ ↑", "Next item, item before"],
  ["Enter", "Claim the item, press the button"],
  ["1 to 9", "Choose that reason and send, or that template"],
  ["A to Z", "While a form asks for words: write them"],
  ["Ctrl ↵", "Send your own words"],
  ["Esc", "Leave the form, or put the card away"],
];

const NAMED = { ArrowDown: "next", ArrowUp: "back", Escape: "leave" };
const keys = new KeyMap([...new Set([...Object.keys(MEANINGS), ...ALL.map(({ key }) => key)])], kept.changes);

/** A key printed on the page, by the letter of the handbook: it shows the one to press. */
export const cap = (name) => el("kbd", { "data-key": name }, keys.of(name));

/** Whether keys pressed there are words being written. */
export function typing(target) {
  return target.matches("input, textarea, select");
}

/** What a key means for the whole console, or undefined; arrows move only outside a scroll area. */
export function meaning(key, target) {
  if (key.startsWith("Arrow") && target.closest(".lines")) return undefined;
  return NAMED[key] ?? MEANINGS[keys.meant(key)]?.[0];
}

/** The letter of the act a pressed key stands for, or undefined. */
export const letter = (key) => (key.length === 1 ? keys.meant(key) : undefined);

/** What a binding does, in words; one letter may stand for several acts, of which one fits a card. */
const does = (name) =>
  MEANINGS[name] ? [MEANINGS[name][1]] : ALL.filter(({ key }) => key === name).map((act) => [el("strong", {}, `${actName(act.name)}. `), full(act)]);
const brief = (name) => MEANINGS[name]?.[1] ?? actName(ALL.find(({ key }) => key === name).name);

export class Help {
  #dialog;
  #said = el("p", { class: "hint", id: "keys-said", role: "status" });
  #changing = null;
  #single = kept.single;
  #last = Promise.resolve();

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("keydown", (event) => this.#pressed(event));
    dialog.addEventListener("close", () => this.#stop());
  }

  /** Whether single-letter keys are switched on. */
  get single() {
    return this.#single;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  wire(button) {
    button.addEventListener("click", () => this.open());
    this.#show();
  }

  open() {
    const row = (key, ...words) => el("li", {}, key, el("div", {}, words.map((one) => el("p", {}, ...[one].flat()))));
    const box = el("input", { type: "checkbox", id: "single", onChange: (event) => this.#set(event.target.checked) });
    box.checked = this.single;
    setText(this.#said, "Press a key below to change it. It is kept with your account.");
    this.#dialog.replaceChildren(
      el("h2", { id: "help-title" }, "Keys"),
      el("label", { class: "switch", for: "single" }, box, "Single letters work as keys"),
      this.#said,
      el("ul", { class: "keys" },
        [...Object.keys(MEANINGS), ...new Set(ALL.map(({ key }) => key))].map((name) => row(this.#button(name), ...does(name))),
        FIXED.map(([key, words]) => row(el("kbd", {}, key), words))),
      el("div", { class: "pair" },
        el("button", { class: "button", type: "button", "data-kind": "main", onClick: () => this.#dialog.close() }, "Close"),
        el("button", { class: "button", type: "button", "data-kind": "quiet", id: "keys-reset", onClick: () => this.#reset() }, "All as printed")));
    this.#show();
    this.#dialog.showModal();
  }

  #button(name) {
    return el("button", { class: "key", type: "button", "data-change": name, onClick: (event) => this.#ask(event.currentTarget, name) }, cap(name));
  }

  #ask(button, name) {
    this.#stop();
    this.#changing = button;
    button.toggleAttribute("data-listening", true);
    setText(this.#said, `Press the new key for “${brief(name)}”, or Esc to leave it.`);
  }

  #stop() {
    this.#changing?.removeAttribute("data-listening");
    this.#changing = null;
  }

  /** While a binding waits for its key, the next one pressed is it. */
  #pressed(event) {
    if (!this.#changing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const left = event.key === "Escape";
    if (!left && [...event.key].length > 1) return;
    event.preventDefault();
    const name = this.#changing.dataset.change;
    const other = left ? null : keys.change(name, event.key);
    if (other === undefined) {
      setText(this.#said, "Only a letter or a sign can be a key. Press another one, or Esc to leave it.");
      return;
    }
    this.#stop();
    setText(this.#said, left ? "Nothing was changed." : `${keys.of(name)} is “${brief(name)}” now${other ? `, and ${keys.of(other)} is “${brief(other)}”` : ""}.`);
    if (!left) this.#keep();
  }

  #reset() {
    this.#stop();
    keys.reset();
    setText(this.#said, "Every key is as in the handbook again.");
    this.#keep();
  }

  /** Keeps them with the account, one change after another. */
  async #keep() {
    this.#show();
    const now = { single: this.#single, changes: keys.changes };
    this.#last = this.#last.then(() => ask("POST", "/api/account/keys", now));
    const answer = await this.#last;
    if (!answer.ok) setText(this.#said, `This was not kept, and holds for this page only. ${answer.words}`);
  }

  #set(on) {
    this.#single = on;
    this.#keep();
  }

  /** Every key printed anywhere on the page is the one to press. */
  #show() {
    document.body.toggleAttribute("data-no-keys", !this.single);
    for (const one of document.querySelectorAll("kbd[data-key]")) setText(one, keys.of(one.dataset.key));
    for (const one of this.#dialog.querySelectorAll("[data-change]")) {
      one.setAttribute("aria-label", `${keys.of(one.dataset.change)}: change the key for ${brief(one.dataset.change)}`);
    }
    const reset = $("keys-reset");
    if (reset) reset.hidden = Object.keys(keys.changes).length === 0;
  }
}
