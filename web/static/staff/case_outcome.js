// How an incident ended: a form of a minute, whose answers are the record. The same element is drawn
// again and again, so that nothing that was typed is ever lost.

import { busy, failure } from "./case_forms.js";
import { el } from "./dom.js";
import { capital, clock } from "./words.js";

const TOLD = ["Safeguarding lead", "Head or deputy", "Parents or carers", "Emergency services", "Nobody else yet"];
const DAY_MS = 24 * 3_600_000;
const SAVE = "Write it down, and end it";

export class Outcome {
  #hooks;
  #form = null;
  #fields = {};

  /** hooks: {act(name, body): answer, ended()}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** The form; made once, with what is known already filled in. */
  draw(one) {
    this.#form ??= this.#make(one);
    return this.#form;
  }

  #make(one) {
    const trouble = el("p", { class: "trouble", role: "alert", id: "resolve-trouble" });
    const save = el("button", { class: "button", id: "resolve-it", "data-kind": "main" }, SAVE);
    return el("form", { class: "outcome", onSubmit: (event) => this.#send(event, save, trouble) },
      el("p", { class: "hint" }, "About a minute. It is the written record and cannot be changed afterwards; notes can be added."),
      choice("How did it end?", "outcome", one.outcomes, { class: "visually-hidden" }),
      this.#area("seen", "What was seen", seen(one), 3),
      this.#area("done", "What was done", "", 3),
      told(),
      el("input", { class: "field", id: "told-others", type: "text", maxlength: "200", "aria-label": "Others who were told", placeholder: "others, and when" }),
      this.#area("why", "Why it was decided so", "", 2),
      choice("Who looks again?", "follow", { none: "Nobody need", "1": "Tomorrow", "7": "In a week", day: "On a day:" }),
      el("input", { class: "field", id: "follow-date", type: "date", "aria-label": "The day to look again", onInput: () => { document.getElementById("follow-day").checked = true; } }),
      trouble, save);
  }

  #area(name, label, value, rows) {
    const area = el("textarea", { class: "field", id: `record-${name}`, rows: String(rows), maxlength: "4000" });
    area.defaultValue = value;
    this.#fields[name] = area;
    return [el("label", { for: `record-${name}` }, label), area];
  }

  async #send(event, save, trouble) {
    event.preventDefault();
    if (save.hasAttribute("data-busy")) return;
    const { missing, body } = this.#read();
    trouble.textContent = missing ? missing.words : "";
    if (missing) {
      (missing.field.closest("fieldset") ?? missing.field).after(trouble);
      missing.field.focus();
      return;
    }
    save.before(trouble);
    busy(save, true);
    const answer = await this.#hooks.act("resolve", body);
    busy(save, false, SAVE);
    trouble.textContent = answer.ok ? "" : failure(answer);
    if (answer.ok) this.#hooks.ended();
  }

  #read() {
    const data = new FormData(this.#form);
    const field = (id) => this.#form.querySelector(`#${id}`);
    const told = [...data.getAll("told"), field("told-others").value.trim()].filter(Boolean).join(", ");
    const { seen: first, done, why } = Object.fromEntries(Object.entries(this.#fields).map(([name, area]) => [name, area.value.trim()]));
    const follow = data.get("follow");
    const day = field("follow-date").value;
    const wanted = [
      [data.get("outcome"), "Choose how it ended first.", field("outcome input")],
      [first, "Write what was seen.", this.#fields.seen],
      [done, "Write a few words about what was done.", this.#fields.done],
      [told, "Say who was told, or that nobody else was yet.", field("told-0")],
      [why, "Write in a few words why.", this.#fields.why],
      [follow && (follow !== "day" || day), "Say who looks again, or that nobody need.", field("follow-none")],
    ].find(([given]) => !given);
    if (wanted) return { missing: { words: wanted[1], field: wanted[2] } };
    return { body: { outcome: data.get("outcome"), seen: first, done, told, why, follow_up: when(follow, day) } };
  }
}

function seen(one) {
  const paged = one.lines.filter((line) => line.paged);
  const at = paged.map((line) => clock(line.at)).join(", ") || clock(one.opened_at);
  return `${capital(one.kind)}. ${paged.length > 0 ? "A student’s message in the chat" : "The chat"} at ${at}, incident ${one.code}.`;
}

function choice(title, name, choices, look = {}) {
  return el("fieldset", { id: name }, el("legend", look, title),
    Object.entries(choices).map(([value, words]) => el("label", { class: "choice" },
      el("input", { type: "radio", name, value, id: `${name}-${value}` }), words)));
}

function told() {
  return el("fieldset", {}, el("legend", {}, "Who was told?"),
    TOLD.map((words, place) => el("label", { class: "choice" },
      el("input", { type: "checkbox", name: "told", value: words, id: `told-${place}` }), words)));
}

/** The day of a follow-up as `2026-03-04` in this place, or null. */
function when(follow, day) {
  if (follow === "none") return null;
  if (follow === "day") return day;
  const at = new Date(Date.now() + Number(follow) * DAY_MS);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
