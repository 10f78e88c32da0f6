// The claimed item: the words in context, why they were noticed, and what can be done.

import { ALL, actsFor, brief } from "./acts.js";
import {
  NOTE_HINT, button, conversation, drawIncident, earlierList, failure, heading, incidentStrip, makeNote, nothing, pastList,
  whyTable, words,
} from "./card_parts.js";
import { el, setText } from "./dom.js";
import { makeForm } from "./forms.js";
import { cap } from "./keyboard.js";
import { act as actName } from "./words.js";

/**
 * hooks: {act(name, given), undo(), retry(), dismiss(), close(), keepNote(note, text), newId(),
 * now(): server time, longest(act): minutes, reach(): Promise of who is on call}.
 */
export class Card {
  #root;
  #hooks;
  #made = "";
  #parts = null;
  #asking = null;
  #unfit = null;
  #form = null;
  #note = null;
  #desk = null;

  constructor(root, hooks) {
    this.#root = root;
    this.#hooks = hooks;
  }

  /** The act whose reasons are being asked for, or null. */
  get asking() {
    return this.#asking;
  }

  draw(desk) {
    this.#desk = desk;
    if (!desk.card) {
      this.#made = "";
      this.#asking = null;
      this.#parts = null;
      this.#root.replaceChildren(nothing(desk, this.#hooks));
      return;
    }
    const { item, lines, mid, reading } = desk.card;
    const { past, muted, looked } = desk.card;
    const made = JSON.stringify([item.id, item.held, item.incident, lines, mid, reading, past, muted, looked]);
    if (made !== this.#made) this.#make(desk, made);
    this.#state();
  }

  focus() {
    this.#root.querySelector("h2")?.focus();
  }

  /** Carries out an act of that key, or asks for its reason first; answers whether it fits. */
  key(letter) {
    const found = this.#desk?.card && this.#acts().find(({ key }) => key === letter);
    if (!this.#desk?.card || this.#desk.lost || this.#desk.busy) return false;
    if (!found) return this.#unfitting(letter);
    this.begin(found);
    return true;
  }

  /** A key of an act that this item does not have says so: nothing is pressed in vain. */
  #unfitting(letter) {
    this.#unfit = letter ? ALL.find(({ key }) => key === letter) : null;
    this.#state();
    return Boolean(this.#unfit);
  }

  begin(act) {
    this.#unfit = null;
    if (act.form) this.#ask(act);
    else this.#hooks.act(act.name, this.#plain(act));
  }

  /** Takes the reason or the template of that number (from 1), if a form is open. */
  choose(number) {
    return Boolean(this.#asking && this.#form?.choose(number));
  }

  /** To the words of the open form, where whoever just types wants to be: no letter there is an act. */
  toWords() {
    if (this.#asking) this.#form.toWords();
    return Boolean(this.#asking);
  }

  /** To the note about this item. */
  toNote() {
    this.#note?.querySelector("textarea").focus();
    return Boolean(this.#note);
  }

  /** Leaves the reasons; answers whether they were open. */
  leave() {
    if (!this.#asking) return false;
    this.#ask(null);
    return true;
  }

  #make(desk, made) {
    const same = this.#made.startsWith(JSON.stringify([desk.card.item.id]).slice(0, -1));
    const { item, lines, mid, reading, version } = desk.card;
    const marked = lines.find((line) => line.mid === mid);
    this.#made = made;
    if (!same) this.#asking = this.#unfit = null;
    if (!same || !this.#note) this.#note = makeNote(this.#hooks.keepNote);
    this.#parts = { state: el("div", { class: "state" }), acts: el("div", { class: "acts" }) };
    this.#root.replaceChildren(
      heading(desk.card),
      item.incident ? incidentStrip(item.incident) : "",
      this.#parts.state,
      marked ? el("blockquote", { class: "words" }, words(marked)) : "",
      this.#parts.acts,
      pastList(desk.card),
      this.#note,
      conversation(lines, mid),
      whyTable(marked?.why ?? [], version),
      earlierList(desk.card),
      reading && el("div", { class: "reading" }, el("h3", {}, "As the rules read it"), el("p", {}, reading)),
    );
    this.#ask(this.#asking);
    if (!same) this.focus();
  }

  #acts() {
    return actsFor(this.#desk.card, this.#hooks.now(), this.#hooks.longest("bar"));
  }

  #ask(act) {
    this.#asking = act;
    const { item } = this.#desk.card;
    if (act) {
      this.#form = makeForm(act, this.#desk.card, {
        ...this.#hooks,
        draft: this.#desk.draftOf(item.id, act.name),
        keep: (text) => this.#desk.keepDraft(item.id, act.name, text),
        send: (given) => this.#send(given),
        leave: () => this.leave(),
      });
      this.#parts.acts.replaceChildren(this.#form.element);
      this.#parts.acts.querySelector("h3").focus();
      return;
    }
    this.#form = null;
    this.#parts.acts.replaceChildren(...this.#acts().map((one) => el("button", {
      class: "button",
      type: "button",
      "data-act": one.name,
      "data-kind": one.after === "free" ? "quiet" : null,
      onClick: () => this.begin(one),
    }, cap(one.key), el("span", {}, actName(one.name), el("small", {}, brief(one))))));
    this.#state();
  }

  #send(given) {
    if (this.#desk.busy) return;
    const { name } = this.#asking;
    this.#ask(null);
    if (name === "note" || name === "warn") given.cid = this.#hooks.newId();
    this.#hooks.act(name, given);
  }

  /** What goes with an act that asks nothing. */
  #plain(act) {
    const { muted = [], about } = this.#desk.card;
    if (act.name !== "unmute" || about === null) return {};
    return muted[about] > this.#hooks.now() ? {} : { to: "other" };
  }

  #state() {
    const { busy, failed, lost, told, incidents, card } = this.#desk;
    const strip = this.#root.querySelector("[data-incident]");
    if (strip && incidents.has(card.item.incident)) drawIncident(strip, incidents.get(card.item.incident));
    for (const button of this.#parts.acts.querySelectorAll("[data-act]")) {
      const mine = busy?.kind === button.dataset.act;
      button.setAttribute("aria-disabled", String(Boolean(busy || lost)));
      button.toggleAttribute("data-busy", mine);
    }
    const state = this.#parts.state;
    setText(this.#note.querySelector(".hint"), this.#desk.noteKept ? "Kept." : NOTE_HINT);
    const key = JSON.stringify([busy?.kind, failed, lost, told, this.#unfit?.name]);
    if (state.dataset.key === key) return;
    state.dataset.key = key;
    state.replaceChildren(...this.#stateWords());
  }

  #stateWords() {
    const { busy, failed, lost, told } = this.#desk;
    if (lost) {
      return [el("p", { class: "notice", role: "alert" }, `${lost} Nothing more can be done here. `,
        button("Put the card away", this.#hooks.close, "Esc"))];
    }
    if (failed) return [failure(failed, this.#hooks)];
    if (busy) return [el("p", { class: "notice", "data-kind": "busy" }, `${actName(busy.kind)}: asking the server…`)];
    if (this.#unfit) return [el("p", { class: "notice", role: "status" }, unfitting(this.#unfit, this.#desk.card.item))];
    if (told) return [el("p", { class: "notice", "data-kind": "ok" }, `${actName(told.act)}: confirmed.`)];
    return [];
  }
}

const NEEDS_HELD = new Set(["release", "withhold", "hide"]);

/** Why an act is not among those of an item. */
function unfitting({ name }, item) {
  const why = name === "escalate" && item.incident ? " The adults on call are being paged already."
    : NEEDS_HELD.has(name) && !item.held ? " Nothing is held back here." : "";
  return `${actName(name)} does not go with this item.${why}`;
}
