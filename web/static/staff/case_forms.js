// The three things to do on a case page: take it, add a note, say how it ended. What is being
// written survives a redraw, and what did not go through stays visible.

import { el } from "./dom.js";

export class Forms {
  #hooks;
  #text = { note: "", resolve: "" };
  #outcome = "";
  #busy = "";
  #failed = {};
  #focus = null;

  /** hooks: {act(name, body): answer}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** The three forms as the case now stands; null where there is nothing to do. */
  draw(one) {
    this.#focus = document.activeElement?.id ?? null;
    return {
      take: one.state === "open" ? this.#take() : "",
      note: this.#note(),
      resolve: one.may_resolve ? this.#resolve(one) : null,
    };
  }

  /** Puts the focus back where it was before the page was drawn anew. */
  restore() {
    if (this.#focus) document.getElementById(this.#focus)?.focus({ preventScroll: true });
  }

  #take() {
    const button = el("button", {
      class: "button", type: "button", id: "take", "data-kind": "main",
      onClick: () => this.#send("acknowledge", button, "I’ve got this", undefined, trouble),
    }, "I’ve got this");
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.acknowledge ?? "");
    return el("div", { class: "take" }, trouble, button);
  }

  #note() {
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.note ?? "");
    const text = this.#area("note");
    const button = el("button", { class: "button", id: "add-note", "data-kind": "quiet" }, "Add this note");
    return el("form", {
      onSubmit: (event) => {
        event.preventDefault();
        if (!text.value.trim()) text.focus();
        else this.#send("note", button, "Add this note", { text: text.value.trim() }, trouble);
      },
    }, el("label", { for: "note" }, "Add a note"), text, trouble, button);
  }

  #resolve(one) {
    const trouble = el("p", { class: "trouble", role: "alert" }, this.#failed.resolve ?? "");
    const text = this.#area("resolve");
    const button = el("button", { class: "button", id: "resolve-it", "data-kind": "main" }, "Resolve");
    const choices = Object.entries(one.outcomes).map(([id, words]) => el("label", { class: "choice" }, this.#radio(id), words));
    return el("form", {
      onSubmit: (event) => {
        event.preventDefault();
        if (!this.#outcome) trouble.textContent = "Choose how it ended first.";
        else if (!text.value.trim()) trouble.textContent = "Write a few words about what was done.";
        else this.#send("resolve", button, "Resolve", { outcome: this.#outcome, text: text.value.trim() }, trouble);
      },
    }, el("fieldset", {}, el("legend", { class: "visually-hidden" }, "How did it end?"), choices),
    el("label", { for: "resolve" }, "What was done, who was told"), text,
    el("p", { class: "hint" }, "This cannot be taken back; later notes can be added."), trouble, button);
  }

  #area(name) {
    const text = el("textarea", {
      class: "field", id: name, rows: "3", maxlength: "4000",
      onInput: (event) => { this.#text[name] = event.target.value; },
    });
    text.value = this.#text[name];
    return text;
  }

  #radio(id) {
    const box = el("input", {
      type: "radio", name: "outcome", value: id, id: `outcome-${id}`, onChange: () => { this.#outcome = id; },
    });
    box.checked = this.#outcome === id;
    return box;
  }

  async #send(name, button, label, body, trouble) {
    if (this.#busy) return;
    this.#busy = name;
    trouble.textContent = "";
    button.setAttribute("aria-disabled", "true");
    button.setAttribute("data-busy", "");
    button.textContent = "Telling the server…";
    const answer = await this.#hooks.act(name, body);
    this.#busy = "";
    this.#failed[name] = answer.ok ? "" : failure(answer);
    if (answer.ok && name in this.#text) this.#text[name] = "";
    button.removeAttribute("aria-disabled");
    button.removeAttribute("data-busy");
    button.textContent = label;
    trouble.textContent = this.#failed[name];
    if (answer.ok) this.#clear(name);
  }

  #clear(name) {
    const area = document.getElementById(name);
    if (area) area.value = "";
  }
}

function failure(answer) {
  if (answer.code === "offline") {
    return "That did not reach the server: there is no connection. Move to where there is signal and press again, or phone somebody.";
  }
  if (answer.code === "changed") return "Somebody was quicker. The page now shows how it stands.";
  return answer.words;
}
