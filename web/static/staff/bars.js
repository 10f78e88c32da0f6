// The students who are kept out now, and letting one of them in again: a dialog beside the queue.

import { el } from "./dom.js";
import { topic } from "./topics.js";
import { age, clock, date } from "./words.js";

const TITLE = "Students kept out now";
const EVERY_MS = 10_000;
const UNSURE = "The connection was lost before an answer came. This is how it stands now.";
const SOONER = [[60, "in 1 hour"], [1440, "in 1 day"], [10080, "in 7 days"]];
const REASONS = ["It was the wrong student", "It was a misunderstanding", "We have talked, and it is settled"];

/** When a bar may end that stands until `until`, sooner than it would: minutes and words; 0 is now. Pure. */
export function sooner(until, now) {
  return [[0, "now"], ...SOONER.filter(([minutes]) => now + minutes * 60_000 < until)];
}

/** Until when, in words: "1 Dec, 14:05 (3 h 5 min left)". */
const ends = (until, now) => `${date(until)}, ${clock(until)} (${age(until - now).replace(/ \d+ s$/, "")} left)`;

export class Bars {
  #dialog;
  #send;
  #asked = null;
  #kept = null;
  #refusal = "";
  #listed = false;
  #looking = false;
  #unsure = false;

  /** `send(frame)` asks the server; its answers come to `hear`. */
  constructor(dialog, send) {
    this.#dialog = dialog;
    this.#send = send;
    dialog.addEventListener("close", () => {
      this.#kept = this.#asked = null;
      this.#looking = this.#unsure = false;
    });
    setInterval(() => this.#look(), EVERY_MS);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    this.#asked = { t: "ask_bars" };
    this.#wait(this.#send(this.#asked) ? "Asking…" : "There is no connection right now. This is asked as soon as there is one.");
  }

  /** After a reconnection: who is kept out is asked again. What was to be lifted may have been. */
  again() {
    this.#looking = false;
    if (!this.isOpen || !this.#asked) return;
    this.#unsure ||= this.#asked.t === "lift";
    this.open();
  }

  hear(frame) {
    if (!this.isOpen || !["bars", "error"].includes(frame.t)) return;
    if (this.#looking) this.#looked(frame);
    else if (this.#asked && frame.t === "error") this.#refusal = frame.words;
    else if (this.#asked) this.#answered(frame);
  }

  /** Now and then, so that what a colleague did is seen. Answers come in the order of what was asked. */
  #look() {
    if (this.isOpen && this.#listed && !document.hidden) this.#looking = this.#send({ t: "ask_bars" });
  }

  /** Drawn only where the list is in sight and is another by now. */
  #looked(frame) {
    this.#looking = false;
    if (!this.#listed || frame.t === "error" || JSON.stringify(frame.bars) === JSON.stringify(this.#kept.bars)) return;
    const row = document.activeElement?.closest("li")?.dataset.student;
    this.#kept = frame;
    this.#list("", "status");
    if (row) this.#dialog.querySelector(`li[data-student="${CSS.escape(row)}"] button`)?.focus();
  }

  #answered(frame) {
    const { t, student, minutes } = this.#asked;
    const words = this.#refusal || (this.#unsure && UNSURE) || (t === "lift" && (minutes ? "This ends sooner now." : `${this.#called(student)} may come in again.`));
    this.#asked = null;
    this.#kept = frame;
    this.#list(words, this.#refusal ? "alert" : "status");
    this.#refusal = "";
    this.#unsure = false;
  }

  #wait(words) {
    this.#show(TITLE, el("p", { class: "empty", role: "status" }, words));
  }

  /** True where it could be sent; without a connection nothing waits to be lifted, and what was written stays. */
  #lift(frame) {
    if (!this.#send(frame)) return false;
    this.#asked = frame;
    this.#wait("One moment…");
    return true;
  }

  #called(student) {
    return this.#kept?.bars.find((one) => one.student === student)?.handle || "The student";
  }

  #list(words, role) {
    const { bars, now } = this.#kept;
    this.#show(TITLE, words && el("p", { class: "said", role }, words),
      bars.length === 0
        ? el("p", { class: "empty" }, "Nobody is kept out.")
        : el("ul", { class: "kept", "aria-label": TITLE }, bars.map((one) => el("li", { "data-student": one.student },
          el("h3", {}, one.handle || "A student", el("small", {}, topic(one.topic) || (one.by ? "Asked for a person" : "From an earlier term"))),
          el("p", {}, `Until ${ends(one.until, now)}`),
          el("p", { class: "why" }, one.by ? `“${one.reason}”` : "Why is not known any more", one.by && el("small", {}, `${one.by}, ${date(one.at)}, ${clock(one.at)}`)),
          one.lift
            ? el("button", { class: "button small", type: "button", "aria-label": `Let in again: ${one.handle || "a student"}`, onClick: () => this.#form(one) }, "Let in again")
            : el("p", { class: "hint" }, "Longer than you may end: ask a counsellor or the safeguarding lead.")))),
      el("p", { class: "hint" }, "A bar ends by itself. To end one sooner needs a reason, which is kept and logged."));
    this.#listed = true;
  }

  #form(one) {
    const { now } = this.#kept;
    const times = sooner(one.until, now);
    const when = el("fieldset", { class: "when", hidden: times.length === 1 }, el("legend", {}, "When may they come in?"),
      times.map(([minutes, words]) => el("label", {},
        el("input", { type: "radio", name: "when", value: String(minutes), checked: minutes === 0 }), ` ${words}`)));
    const reason = el("textarea", { class: "field", id: "lift-why", rows: "2", maxlength: "1000", required: true });
    const quick = el("div", { class: "quick" }, REASONS.map((words) => el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => {
      reason.value = words;
      reason.focus();
    } }, words)));
    const trouble = el("p", { class: "trouble", role: "alert" });
    const form = el("form", { onSubmit: (event) => {
      event.preventDefault();
      const minutes = Number(form.elements.when.value);
      const sent = this.#lift({ t: "lift", student: one.student, until: one.until, reason: reason.value.trim(), ...(minutes ? { minutes } : {}) });
      trouble.textContent = sent ? "" : "There is no connection right now, so nothing was changed. Try again when there is one.";
    } },
    el("p", {}, `Kept out until ${ends(one.until, now)}${one.reason ? `, for “${one.reason}”` : ""}.`),
    when, el("label", { for: "lift-why" }, "Why? This is kept, and the log has that it was done."), reason, quick, trouble,
    el("div", { class: "pair" }, el("button", { class: "button", type: "submit", "data-kind": "main" }, "Let them in"),
      el("button", { class: "button", type: "button", "data-kind": "quiet", onClick: () => this.#list("", "status") }, "Back")));
    this.#show(`Let ${one.handle || "this student"} in again`, form);
  }

  #show(title, ...parts) {
    this.#listed = false;
    const close = el("div", { class: "pair" }, el("button", { class: "button", type: "button", onClick: () => this.#dialog.close() }, "Close"));
    const form = parts.some((part) => part?.tagName === "FORM");
    this.#dialog.replaceChildren(el("h2", { id: "bars-title", tabindex: "-1" }, title), ...parts.filter(Boolean), ...(form ? [] : [close]));
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.querySelector("h2").focus();
  }
}
