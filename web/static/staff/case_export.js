// On a case: taking it out of here as a document, for the child-protection file. A lead asks and says
// why, somebody else agrees, and the lead saves it once. The same element is drawn again and again, so
// that nothing that was typed is lost, nor a document that was just handed out.

import { ask } from "./api.js";
import { busy, failure } from "./case_forms.js";
import { el, setText } from "./dom.js";
import { saving, standing, wanted } from "./exports.js";
import { moment } from "./reveal_words.js";

const AGAIN_MS = 5_000;
const TITLE = "Take this case out as a document";

export class Exporting {
  #home;
  #element = null;
  #summary = el("summary", {}, TITLE);
  #list = el("ul", { class: "persons" });
  #now = el("div", { class: "exporting-now" });
  #trouble = el("p", { class: "trouble", role: "alert", id: "export-trouble" });
  #form = null;
  #drawn = "";
  #saved = null;
  #again = 0;

  /** `home` is the address of the incident's part of the API. */
  constructor(home) {
    this.#home = home;
  }

  draw(one) {
    if (!one.may_export) return "";
    this.#element ??= el("details", { class: "exporting", id: "export", open: location.hash === "#export" }, this.#summary,
      el("p", {}, "For the child-protection file. A senior leader or another safeguarding lead must agree: they find it on their account page. Then you can save it once, within a day."),
      this.#list, this.#trouble, this.#now);
    this.#look();
    return this.#element;
  }

  async #look() {
    clearTimeout(this.#again);
    const answer = await ask("GET", `${this.#home}/exports`);
    const found = answer.ok ? answer.value.exports : [];
    const open = found.find((one) => one.is_open);
    if (open || !answer.ok) this.#again = setTimeout(() => this.#look(), AGAIN_MS);
    if (!answer.ok) return;
    const next = JSON.stringify(found);
    if (next === this.#drawn) return;
    this.#drawn = next;
    setText(this.#summary, open ? `${TITLE}: ${standing(open)}` : TITLE);
    this.#list.hidden = found.length === 0;
    this.#list.replaceChildren(...found.map((one) => el("li", {}, el("strong", {}, standing(one)),
      el("span", { class: "about" }, ` ${one.requester}, ${moment(one.requested_at)}, ${wanted(one)}${one.why ? `: ${one.why}` : ""}`))));
    this.#now.replaceChildren(...(open ? this.#steps(open) : [this.#saved ?? "", this.#form ??= this.#asking()]));
  }

  /** What whoever looks can do about the one that is under way. */
  #steps(one) {
    const button = (step, id, label, kind, done) => one.steps.includes(step) && el("button", {
      class: "button", type: "button", id, "data-kind": kind,
      onClick: (event) => this.#send(`/api/exports/${one.code}/${step}`, {}, event.currentTarget, label, done),
    }, label);
    return [
      button("hand", "export-save", "Save the document", "main", (value) => this.#save(value)),
      button("agree", "export-agree", "I agree", "main"),
      button("end", "export-end", one.mine ? "Take it back" : "I do not agree", "quiet"),
    ].filter(Boolean);
  }

  #asking() {
    const why = el("textarea", { class: "field", id: "export-why", rows: "2", maxlength: "2000" });
    const peer = el("input", { type: "checkbox", id: "export-peer" });
    const button = el("button", { class: "button", id: "export-ask", "data-kind": "quiet" }, "Ask for it");
    return el("form", { onSubmit: async (event) => {
      event.preventDefault();
      const body = { why: why.value.trim(), with_peer: peer.checked };
      if (await this.#send(`${this.#home}/export`, body, button, "Ask for it")) why.value = "";
    } },
    el("label", { for: why.id }, "What is it needed for?"), why,
    el("label", { class: "choice" }, peer, "With the other student’s words too"),
    el("p", { class: "hint" }, "Otherwise their words are left out: they are not part of this child’s file. Telephone numbers, addresses and other details that a rule found are hidden in any case."),
    button);
  }

  async #send(path, body, button, label, done = () => {}) {
    if (button.hasAttribute("data-busy")) return false;
    this.#trouble.textContent = "";
    busy(button, true);
    const answer = await ask("POST", path, body);
    busy(button, false, label);
    if (answer.ok) done(answer.value);
    else this.#tell(answer);
    this.#look();
    return answer.ok;
  }

  #tell(answer) {
    this.#trouble.textContent = answer.path === "why" ? "Say in a few words what it is needed for: it is part of the record." : failure(answer);
    this.#trouble.scrollIntoView({ block: "nearest" });
  }

  /** Saved at once, and again by hand while this page is open: nobody is handed it twice. */
  #save(value) {
    const link = saving(value, "export-link");
    this.#saved = el("p", {}, "It is being saved. Keep it where child-protection files are kept, and nowhere else. It can be saved until you leave this page. ", link);
    link.click();
  }
}
