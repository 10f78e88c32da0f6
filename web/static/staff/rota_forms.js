// The forms that change a rota: a day on which the chat is closed, shifts, covers, holidays, steps, the
// outside line. Each change is saved at once, whole, over the version it was made from.

import { el } from "./dom.js";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const DAY = 86_400_000;
const CLOSED = "Closed: ";

const newId = () => crypto.randomUUID().slice(0, 8);

/** When a shift is, as somebody would say it: "Every day, all day", "Mon to Fri, 08:00 to 16:00". */
export function shiftTimes({ days, start, end }) {
  const short = days.map((day) => DAYS[day].slice(0, 3));
  const inARow = days.length > 2 && days.every((day, n) => day === days[0] + n);
  const when = days.length === 7 ? "Every day" : inARow ? `${short[0]} to ${short.at(-1)}` : short.join(", ");
  return `${when}, ${start === end ? `all day${start === "00:00" ? "" : ` from ${start}`}` : `${start} to ${end}`}`;
}

export class RotaForms {
  #hooks;
  #rota;
  #roles;
  #adults;
  #ahead;
  #open = new Set();

  /** hooks: {save(rota): answer, names(): {id: name}}. */
  constructor(hooks) {
    this.#hooks = hooks;
  }

  /** All the forms, for a rota as it is kept. */
  draw({ rota, adults, roles, now }) {
    this.#rota = rota;
    this.#ahead = now - Date.now();
    this.#adults = adults;
    this.#roles = roles;
    this.#trouble = el("p", { class: "trouble", role: "alert" });
    const made = document.createDocumentFragment();
    made.append(this.#trouble, this.#part("closed", this.#closings.length > 0 ? "The chat is closed today" : "Close the chat for today", this.#closed()),
      this.#part("shifts", "Shifts, week by week", this.#shifts()),
      this.#part("covers", "Covers: somebody instead of somebody", this.#covers()),
      this.#part("holidays", "Holidays", this.#holidays()),
      this.#part("steps", "Who is told first, and then", this.#steps()),
      this.#part("outside", "The outside line, and the time zone", this.#outside()));
    return made;
  }

  #trouble;

  #part(name, title, inside) {
    const part = el("details", { id: `part-${name}` }, el("summary", {}, title), ...inside);
    part.open = this.#open.has(name);
    part.addEventListener("toggle", () => (part.open ? this.#open.add(name) : this.#open.delete(name)));
    return part;
  }

  async #save(changes, button) {
    button.setAttribute("aria-disabled", "true");
    const rota = { ...this.#rota, ...changes };
    const answer = await this.#hooks.save({ ...rota, again_from: Math.max(0, rota.steps.length - 1) });
    button.removeAttribute("aria-disabled");
    this.#trouble.textContent = answer.ok ? "" : answer.code === "changed"
      ? "Somebody else changed the rota meanwhile. Load the page again, then make your change." : answer.words;
  }

  #line(words, name, kept, one) {
    const button = el("button", { class: "button small", type: "button", "data-kind": "quiet", "aria-label": `Remove ${words}`,
      onClick: () => this.#save({ [name]: kept.filter((each) => each !== one) }, button) }, "Remove");
    return el("div", { class: "line" }, el("span", {}, words), button);
  }

  #form(name, fields, read) {
    const button = el("button", { class: "button", "data-kind": "main" }, name);
    return el("form", { "aria-label": name, onSubmit: (event) => {
      event.preventDefault();
      const changes = read(new FormData(event.target));
      if (changes) this.#save(changes, button);
    } }, ...fields, el("p", {}, button));
  }

  #name(who) {
    return this.#hooks.names()[who] ?? "somebody who left";
  }

  #who(name, label, { empty = "" } = {}) {
    return el("label", {}, label, el("select", { class: "field", name },
      empty && el("option", { value: "" }, empty),
      this.#adults.map((one) => el("option", { value: one.id }, one.name))));
  }

  #input(name, label, type, given = {}) {
    return el("label", {}, label, el("input", { class: "field", name, type, ...given }));
  }

  /** Today by the school's clocks: the page may have been open since yesterday. */
  get #today() {
    return this.#day(Date.now() + this.#ahead);
  }

  /** What closes the chat today, by the form below. */
  get #closings() {
    const today = this.#today;
    return this.#rota.holidays.filter(({ first, last, name }) => name.startsWith(CLOSED) && first <= today && today <= last);
  }

  #day(at) {
    return new Intl.DateTimeFormat("en-CA", { timeZone: this.#rota.zone }).format(at);
  }

  /** A holiday that begins now: with the day before, where a shift of that one may go on still. */
  #closed() {
    const { shifts, holidays } = this.#rota;
    if (this.#closings.length > 0) {
      return [el("p", { class: "hint" }, "No chat opens until a shift of tomorrow begins. To open it again today, take this out:"),
        ...this.#closings.map((one) => this.#line(one.name, "holidays", holidays, one))];
    }
    if (shifts.length === 0) {
      return [el("p", { class: "hint" }, "Only where there are shifts. Have every moderator go off shift: then nobody new comes in, and open chats pause a minute later.")];
    }
    return [el("p", { class: "hint" }, "No chat opens from now on until a shift of tomorrow begins. Open ones go on while a moderator is there. “A person, now” still calls adults, as when nobody is on call. You can open it again here."),
      this.#form("Close it", [this.#input("why", "Why", "text", { maxlength: "50", required: true })],
        (data) => this.#closedToday(`${CLOSED}${data.get("why")}`))];
  }

  /** A cover counts on a holiday too: it must go first. */
  #closedToday(name) {
    const { shifts, covers, holidays } = this.#rota;
    const last = this.#today;
    const beside = covers.find((one) => one.who && !one.instead_of && one.end > Date.now() + this.#ahead && this.#day(one.start) <= last);
    if (beside) {
      this.#trouble.textContent = `${this.#name(beside.who)} is on call by a cover today, beside everybody: remove it first, or the chat may stay open.`;
      return null;
    }
    const overnight = shifts.some((one) => one.end <= one.start);
    const first = overnight ? new Date(Date.parse(last) - DAY).toISOString().slice(0, 10) : last;
    return { holidays: [...holidays, { first, last, name }] };
  }

  #shifts() {
    const { shifts } = this.#rota;
    const lines = shifts.map((one) => this.#line(
      `${shiftTimes(one)}: ${one.people.map((who) => this.#name(who)).join(", then ")}`,
      "shifts", shifts, one));
    const note = lines.length === 0 && el("p", { class: "hint" }, "No shifts yet: every adult who may take a case is on call, always.");
    const days = el("fieldset", {}, el("legend", {}, "Days"), el("div", { class: "weekdays" }, DAYS.map((day, n) =>
      el("label", {}, el("input", { type: "checkbox", name: "days", value: String(n), checked: n < 5 }), day))));
    const turns = el("fieldset", {}, el("legend", {}, "Who, taking turns week by week"), el("div", { class: "row" },
      [1, 2, 3, 4].map((n) => this.#who(`who${n}`, n === 1 ? "First week" : `Week ${n}`, { empty: n === 1 ? "" : "(nobody more)" }))));
    return [note, ...lines, this.#form("Add a shift", [days,
      el("div", { class: "row" }, this.#input("start", "From", "time", { value: "08:00", required: true }), this.#input("end", "To", "time", { value: "16:00", required: true }),
        this.#input("since", "First week begins", "date", { required: true, value: new Date().toISOString().slice(0, 10) })),
      turns], (data) => {
      const people = [1, 2, 3, 4].map((n) => data.get(`who${n}`)).filter(Boolean);
      const chosen = data.getAll("days").map(Number);
      if (people.length === 0 || chosen.length === 0) {
        this.#trouble.textContent = "A shift needs a day and a person.";
        return null;
      }
      return { shifts: [...shifts, { id: newId(), days: chosen, start: data.get("start"), end: data.get("end"), people, since: data.get("since") }] };
    })];
  }

  #covers() {
    const { covers } = this.#rota;
    const words = (one) => `${new Date(one.start).toLocaleString("en-GB")} to ${new Date(one.end).toLocaleString("en-GB")}: ${one.who ? this.#name(one.who) : "nobody"}${one.instead_of ? ` instead of ${this.#name(one.instead_of)}` : ", beside everybody"}`;
    return [...covers.map((one) => this.#line(words(one), "covers", covers, one)), this.#form("Add a cover", [
      el("p", { class: "hint" }, "Times are those of this device."),
      el("div", { class: "row" }, this.#input("start", "From", "datetime-local", { required: true }), this.#input("end", "To", "datetime-local", { required: true })),
      el("div", { class: "row" }, this.#who("who", "Who", { empty: "Nobody (off sick)" }), this.#who("instead_of", "Instead of", { empty: "(beside everybody)" })),
    ], (data) => {
      const [start, end] = [Date.parse(data.get("start")), Date.parse(data.get("end"))];
      return { covers: [...covers, { id: newId(), start, end, who: data.get("who"), instead_of: data.get("instead_of") }] };
    })];
  }

  #holidays() {
    const { holidays } = this.#rota;
    return [el("p", { class: "hint" }, "No shift begins on a holiday."),
      ...holidays.map((one) => this.#line(`${one.name || "Holiday"}: ${one.first} to ${one.last}`, "holidays", holidays, one)),
      this.#form("Add a holiday", [el("div", { class: "row" }, this.#input("first", "First day", "date", { required: true }),
        this.#input("last", "Last day", "date", { required: true }), this.#input("name", "Name", "text", { maxlength: "64" }))],
      (data) => ({ holidays: [...holidays, Object.fromEntries(data)] }))];
  }

  #steps() {
    const { steps } = this.#rota;
    const choices = { on_call: "Everybody on call", "on_call:1": "The first on call", "on_call:2": "The second on call", everybody: "Every adult who may take a case" };
    for (const [role, words] of Object.entries(this.#roles)) choices[`role:${role}`] = `Everybody who is ${words.toLowerCase()}`;
    for (const one of this.#adults) choices[one.id] = one.name;
    const lines = steps.map((one, n) => this.#line(`${n + 1}. ${one.who.map((who) => choices[who] ?? "somebody who left").join(" and ")}, then wait ${one.wait} seconds`, "steps", steps, one));
    const note = lines.length === 0 && el("p", { class: "hint" }, "No steps of your own: the first on call, after 90 seconds the second, then everybody on call with the safeguarding leads, then everybody, again and again.");
    const options = (empty) => [empty && el("option", { value: "" }, "(nobody more)"), ...Object.entries(choices).map(([value, words]) => el("option", { value }, words))];
    return [note, ...lines, this.#form("Add a step", [el("div", { class: "row" },
      el("label", {}, "Who", el("select", { class: "field", name: "one" }, options(false))),
      el("label", {}, "and", el("select", { class: "field", name: "two" }, options(true))),
      this.#input("wait", "Seconds until the next step", "number", { min: "15", max: "90", value: "90", required: true }))],
    (data) => ({ steps: [...steps, { who: [data.get("one"), data.get("two")].filter(Boolean), wait: Number(data.get("wait")) }] }))];
  }

  #outside() {
    const rota = this.#rota;
    return [el("p", { class: "hint" }, "Moderators see this line once every step was told and nobody answered."),
      this.#form("Save the outside line", [el("div", { class: "row" },
        this.#input("outside_name", "Name", "text", { maxlength: "64", value: rota.outside_name }),
        this.#input("outside_number", "Number", "tel", { maxlength: "64", value: rota.outside_number }),
        this.#input("zone", "Time zone of the school", "text", { maxlength: "64", value: rota.zone, required: true }))],
      (data) => Object.fromEntries(data))];
  }
}
