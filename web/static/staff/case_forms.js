// What is at the thumb on a case page: taking it, being with the student; and adding a note. What is
// being written, chosen or laid open survives a redraw, and what did not go through stays visible.

import { el } from "./dom.js";

const BAR = {
  acknowledge: { label: "I’ve got this", id: "take" },
  "with-student": { label: "I am with the student", id: "with-student" },
  "take-over": { label: "I take it over", id: "take-over" },
};

export class Forms {
  #hooks;
  #busy = "";
  #failed = {};
  #focus = null;
  #unfolded = [];
  #to = "";

  /** hooks: {act(name, body): answer, draft: the note that was not sent}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** The bar at the thumb and the form for a note, as the case now stands. */
  draw(one) {
    this.#focus = document.activeElement?.id ?? null;
    this.#unfolded = [...document.querySelectorAll("#case details[open]")].map((part) => part.className);
    return { bar: this.#bar(one), note: this.#note(one), aside: this.#aside(one), over: this.#over(one) };
  }

  /** Unfolds what was open before the page was drawn anew, and puts the focus back where it was. */
  restore() {
    for (const part of document.querySelectorAll("#case details")) {
      if (this.#unfolded.includes(part.className)) part.open = true;
    }
    if (this.#focus) document.getElementById(this.#focus)?.focus({ preventScroll: true });
  }

  #bar(one) {
    if (one.state === "open") return this.#take("acknowledge");
    if (one.offered_to_you && one.state !== "resolved") return this.#take("take-over");
    if (one.state === "acknowledged" && one.yours) return this.#take("with-student");
    return "";
  }

  #take(name) {
    const { label, id } = BAR[name];
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed[name] ?? "");
    const button = el("button", {
      class: "button", type: "button", id, "data-kind": "main",
      onClick: () => this.#send(name, button, label, undefined, trouble),
    }, label);
    return el("div", { class: "take" }, trouble, button);
  }

  /** Handing it over takes two people: whoever has it offers it, and has it until the other takes it. */
  #over(one) {
    if (one.others.length === 0) return "";
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.offer ?? "");
    const to = el("select", {
      class: "field", id: "offer-to", onChange: (event) => { this.#to = event.target.value; },
    }, one.others.map((other) => el("option", { value: other.id, selected: other.id === this.#to },
      `${other.name}${other.reachable ? "" : " (not reachable)"}`)));
    const button = el("button", {
      class: "button", type: "button", id: "offer", "data-kind": "quiet",
      onClick: () => this.#send("offer", button, "Offer it", { to: to.value }, trouble),
    }, "Offer it");
    return el("details", { class: "handover", open: Boolean(one.offered_to) }, el("summary", {}, "Hand it over to a colleague"),
      el("p", { id: "offered", role: "status" }, one.offered_to
        ? `Offered to ${one.offered_to}. It stays ${one.yours ? "yours" : `with ${one.holder}`} until they take it.`
        : `It stays ${one.yours ? "yours" : `with ${one.holder}`} until the colleague takes it. Speak to them first: nobody is paged by this.`),
      el("label", { for: "offer-to" }, "To whom?"), to, trouble, button);
  }

  /** Stepping aside takes two taps: it cannot be undone, and the others are told at once. */
  #aside(one) {
    if (one.state === "resolved" || one.drill) return "";
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.recuse ?? "");
    const button = el("button", {
      class: "button", type: "button", id: "recuse", "data-kind": "quiet",
      onClick: async () => {
        const answer = await this.#send("recuse", button, "Step aside", undefined, trouble);
        if (!answer?.ok) return;
        this.#clear();
        location.assign("/staff/incidents");
      },
    }, "Step aside");
    return el("details", { class: "aside" }, el("summary", {}, "I may know this student"),
      el("p", {}, "Then somebody else has to have it. They are paged at once, and this case is closed to you. It cannot be undone."),
      trouble, button);
  }

  #note(one) {
    const label = one.state === "resolved" ? "Add an addendum" : "Add a note";
    const button = one.state === "resolved" ? "Add this addendum" : "Add this note";
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.note ?? "");
    const text = el("textarea", {
      class: "field", id: "note", rows: "3", maxlength: "4000", "data-kept": true,
      onInput: (event) => { this.#hooks.draft.text = event.target.value; },
    });
    text.value = this.#hooks.draft.text;
    const add = el("button", { class: "button", id: "add-note", "data-kind": "quiet" }, button);
    return el("form", {
      onSubmit: (event) => {
        event.preventDefault();
        if (!text.value.trim()) text.focus();
        else this.#send("note", add, button, { text: text.value.trim() }, trouble);
      },
    }, el("label", { for: "note" }, label), text, trouble, add);
  }

  async #send(name, button, label, body, trouble) {
    if (this.#busy) return null;
    this.#busy = name;
    trouble.textContent = "";
    busy(button, true);
    const answer = await this.#hooks.act(name, body);
    this.#busy = "";
    this.#failed[name] = answer.ok ? "" : failure(answer);
    busy(button, false, label);
    trouble.textContent = this.#failed[name];
    if (answer.ok && name === "note") this.#clear();
    return answer;
  }

  #clear() {
    this.#hooks.draft.text = "";
    const area = document.getElementById("note");
    if (area) area.value = "";
  }
}

/** A button while the server is told, and after. */
export function busy(button, is, label = "Telling the server…") {
  button.toggleAttribute("data-busy", is);
  if (is) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  button.textContent = label;
}

/** Why something did not go through, for somebody half asleep. */
export function failure(answer) {
  if (answer.code === "offline") {
    return "That did not reach the server: there is no connection. Move to where there is signal and press again, or phone somebody.";
  }
  if (answer.code === "changed") return "Somebody was quicker. The page now shows how it stands.";
  return answer.words;
}
