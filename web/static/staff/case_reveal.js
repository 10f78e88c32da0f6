// On a case: who the student is, and how a safeguarding lead asks for it. The same element is drawn
// again and again, so that nothing that was typed is lost.

import { ask } from "./api.js";
import { busy, failure } from "./case_forms.js";
import { section } from "./case_view.js";
import { el } from "./dom.js";
import { moment, standing } from "./reveal_words.js";
import { capital } from "./words.js";

const FIELDS = { reason: "Choose what kind of danger it is.", threat: "Say in a few words what the threat is.", recipients: "Say who will be told." };
const ASK = "Ask a senior leader";
const ALONE = "Open it alone";

export class RevealAsking {
  #home;
  #element = null;
  #list = el("ul", { class: "persons" });
  #form = el("div", {});
  #made = "";

  /** `home` is the address of the incident's part of the API. */
  constructor(home) {
    this.#home = home;
  }

  draw() {
    this.#element ??= section("unseal", "Who this is", this.#list, this.#form);
    this.#look();
    return this.#element;
  }

  async #look() {
    const answer = await ask("GET", `${this.#home}/reveals`);
    if (!answer.ok) return;
    const { reveals, may_ask: may } = answer.value;
    this.#list.hidden = reveals.length === 0;
    this.#list.replaceChildren(...reveals.map((one) => el("li", {},
      el("a", { class: "case-link", href: `/staff/identities/${one.code}`, "data-state": one.state },
        el("strong", {}, standing(one)), el("span", { class: "about" }, `${one.code} · ${one.requester}, ${moment(one.requested_at)}`)))));
    const opened = reveals.find((one) => one.state === "opened");
    const known = opened ? `${opened.requester} has seen who it is: ask them.` : "Nobody here knows.";
    const next = JSON.stringify([may, answer.value.safe, known]);
    if (next === this.#made) return;
    this.#made = next;
    this.#form.replaceChildren(el("p", { class: "hint" }, may
      ? `${known} If a life may depend on it, you and a senior leader can open it together.`
      : `${known}${opened ? "" : " A safeguarding lead can ask for it: tell them."}`), may ? this.#asking(answer.value) : "");
  }

  #asking({ reasons, safe }) {
    const trouble = el("p", { class: "trouble", role: "alert", id: "reveal-trouble" });
    const button = el("button", { class: "button", id: "reveal-ask", "data-kind": "main" }, ASK);
    const form = el("form", { onSubmit: (event) => {
      event.preventDefault();
      this.#send("reveal", form, button, ASK, trouble);
    } },
    el("fieldset", {}, el("legend", {}, "What kind of danger?"), Object.entries(reasons).map(([value, words]) =>
      el("label", { class: "choice" }, el("input", { type: "radio", name: "reason", value, id: `reason-${value}` }), capital(words)))),
    el("label", { for: "threat" }, "What is the threat?"),
    el("textarea", { class: "field", id: "threat", name: "threat", rows: "3", maxlength: "2000" }),
    el("label", { for: "recipients" }, "Who will be told who it is?"),
    el("input", { class: "field", id: "recipients", name: "recipients", type: "text", maxlength: "500", autocomplete: "off" }),
    el("p", { class: "hint" }, "A senior leader is paged, reads these words and nothing of the chat, and has fifteen minutes. It all stays on record."),
    trouble, button, safe && this.#alone(trouble));
    return el("details", { class: "asking" }, el("summary", {}, "Find out who it is"), form);
  }

  /** A second way, behind a second door: without a senior leader, seen by all of them. */
  #alone(trouble) {
    const button = el("button", { class: "button", type: "button", id: "reveal-alone", "data-kind": "danger" }, ALONE);
    button.addEventListener("click", () => this.#send("break-glass", button.closest("form"), button, ALONE, trouble));
    return el("details", { class: "glass" }, el("summary", {}, "No senior leader can be reached"),
      el("p", {}, "You need the key from the school’s safe. Every custodian is told at once, and somebody else reviews it within a day."),
      el("label", { for: "typed" }, "Type: open alone"),
      el("input", { class: "field", id: "typed", name: "typed", type: "text", autocomplete: "off", autocapitalize: "none" }), button);
  }

  async #send(name, form, button, label, trouble) {
    const given = Object.fromEntries(new FormData(form));
    const asked = { reason: given.reason ?? "", threat: given.threat.trim(), recipients: given.recipients.trim() };
    if (name === "break-glass") asked.typed = given.typed;
    busy(button, true);
    const answer = await ask("POST", `${this.#home}/${name}`, asked);
    busy(button, false, label);
    trouble.textContent = answer.ok ? "" : FIELDS[answer.path] ?? (answer.path === "typed" ? "Type the two words: open alone." : failure(answer));
    if (answer.ok) location.assign(`/staff/identities/${answer.value.code}`);
  }
}
