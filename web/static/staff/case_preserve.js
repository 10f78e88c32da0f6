// Keeping a case past its time, for a court or an inquiry; and lifting that. Both say why, and what
// was said becomes a note. The element is drawn once for each, so that nothing typed is lost.

import { busy, failure } from "./case_forms.js";
import { el } from "./dom.js";

const WORDS = {
  preserve: {
    title: "Preserve this case",
    hint: "For a court, the police or an inquiry. Nothing of it is deleted until another safeguarding lead lifts this, however old it is. Words that are deleted already do not come back.",
    label: "Who asked for it, and why?",
  },
  lift: {
    title: "Stop preserving this case",
    hint: "It is then deleted when its time is over, which may be within the hour. That cannot be undone.",
    label: "Why is it not needed any more?",
  },
};

export class Preserving {
  #hooks;
  #parts = {};

  /** hooks: {act(name, body): answer}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** What the lead can do about it now; nothing for anybody else, nor for whoever had it preserved. */
  draw(one) {
    if (!one.may_preserve) return "";
    const name = one.preserved_at ? "lift" : "preserve";
    this.#parts[name] ??= this.#make(name);
    return this.#parts[name];
  }

  #make(name) {
    const { title, hint, label } = WORDS[name];
    const trouble = el("p", { class: "trouble", role: "alert" });
    const why = el("textarea", { class: "field", id: `${name}-why`, rows: "2", maxlength: "4000" });
    const button = el("button", { class: "button", id: name, "data-kind": "quiet" }, title);
    return el("details", { class: `preserving ${name}` }, el("summary", {}, title), el("p", {}, hint),
      el("form", { onSubmit: (event) => this.#send(event, name, why, button, trouble) },
        el("label", { for: why.id }, label), why, trouble, button));
  }

  async #send(event, name, why, button, trouble) {
    event.preventDefault();
    if (button.hasAttribute("data-busy")) return;
    if (!why.value.trim()) {
      trouble.textContent = "Write down why: it is part of the record.";
      why.focus();
      return;
    }
    trouble.textContent = "";
    busy(button, true);
    const answer = await this.#hooks.act(name, { text: why.value.trim() });
    busy(button, false, WORDS[name].title);
    if (answer.ok) {
      delete this.#parts[name]; // should it be wanted once more, it begins empty
    } else {
      trouble.textContent = failure(answer);
    }
  }
}
