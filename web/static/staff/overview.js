// The rooms open now, and for whoever may see it how the team fares: the dialog beside the queue. The
// rooms are asked for again while they are looked at.

import { el } from "./dom.js";
import { topic } from "./topics.js";
import { capital, category, clock, count, date, outcome } from "./words.js";

const AGAIN_MS = 5_000;
const RISKS = { page: "Page", waiting: "Waits for a person", look: "Look" };

export class Overview {
  #dialog;
  #send;
  #asked = null;
  /** The rooms that are on the screen, or nothing while something else is. */
  #drawn = "";

  /** `send(frame)` asks the server; its answers come to `hear`. */
  constructor(dialog, send) {
    this.#dialog = dialog;
    this.#send = send;
    setInterval(() => { if (this.isOpen && this.#drawn) send({ t: "ask_rooms" }); }, AGAIN_MS);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  rooms() {
    this.#ask("Rooms open now", { t: "ask_rooms" });
  }

  team() {
    this.#ask("The team", { t: "ask_team" });
  }

  /** After a reconnection: what was asked and not answered is asked again. */
  again() {
    if (this.isOpen && this.#asked) this.#send(this.#asked);
  }

  hear(frame) {
    if (!this.isOpen) return;
    if (frame.t === "rooms" && !this.#drawn && this.#asked?.t !== "ask_rooms") return; // too late
    const drawn = { rooms: () => this.#rooms(frame), room: () => this.#room(frame), team: () => this.#team(frame), error: () => this.#refused(frame) }[frame.t];
    if (!drawn) return;
    this.#asked = null;
    drawn();
  }

  #ask(title, frame) {
    this.#asked = frame;
    const sent = this.#send(frame);
    this.#show(title, el("p", { class: "empty", role: "status" }, sent ? "Asking…" : "There is no connection right now. This is asked as soon as there is one."));
  }

  #rooms({ rooms }) {
    const next = JSON.stringify(rooms);
    if (next === this.#drawn) return;
    const may = "looksIn" in this.#dialog.dataset;
    this.#show("Rooms open now", rooms.length === 0
      ? el("p", { class: "empty" }, "No room is open.")
      : scrolled("Rooms open now", ["Room", "What waits", may && "Look in"], rooms.map((room) => [
        [room.handles.join(" and "), el("small", {}, `${topic(room.topic) || "Asked for a person"} · ${count(room.said, "message", "messages")}`)],
        [RISKS[room.risk] ?? "Nothing", ...(room.staff ?? []).map((voice) => ` · ${voice} in the room`)],
        may && el("button", { class: "button small", type: "button", id: `look-${room.id}`, onClick: () => this.#look(room.id) }, "Look in")])),
      el("p", { class: "hint" }, may
        ? "To look into a room that nothing pointed at is written down."
        : "Counsellors and the safeguarding lead may look into a room that nothing pointed at; it is written down."));
    this.#drawn = next;
  }

  #look(room) {
    this.#ask("A room", { t: "look_in", room });
  }

  #room({ topic: about, lines }) {
    this.#show(topic(about) ? `A room about “${topic(about)}”` : "A student who asked for a person", el("ol", { class: "lines", tabindex: "0", "aria-label": "What was said last" },
      lines.map(({ who, text, at }) => el("li", {}, el("p", { class: "by" }, el("strong", {}, who), ` ${clock(at, true)}`), el("p", {}, text)))));
  }

  #team({ members, most, looks, agreed, differing = [] }) {
    this.#show("The team",
      scrolled("On shift", ["On shift", "Heavy items", "All items"], members.map(({ name, heavy, read }) => [name, `${heavy} of ${most}`, String(read)])),
      el("h3", {}, "Second looks, last 30 days"),
      el("p", {}, looks === 0 ? "None yet." : `${agreed} of ${looks} agreed with the first answer.`),
      differing.length === 0 ? "" : scrolled("Second looks that came out otherwise", ["About", "First answer", "Second answer"], differing.map((one) => [
        [one.category ? category(one.category) : "No rule", el("small", {}, `${date(one.at)}, ${clock(one.at)}`)],
        capital(outcome(one.first)), capital(outcome(one.second))])));
  }

  #refused({ words }) {
    this.#show("This cannot be shown", el("p", { role: "alert" }, words));
  }

  /** What is shown anew takes the focus; where only the rooms have changed, it stays where it was. */
  #show(title, ...parts) {
    const at = this.isOpen && this.#drawn && document.activeElement?.id;
    this.#drawn = "";
    this.#dialog.replaceChildren(el("h2", { id: "overview-title", tabindex: "-1" }, title), ...parts.filter(Boolean),
      el("div", { class: "pair" }, el("button", { class: "button", type: "button", id: "overview-close", onClick: () => this.#dialog.close() }, "Close")));
    if (!this.#dialog.open) this.#dialog.showModal();
    const back = at && this.#dialog.querySelector(`[id="${at}"]`);
    if (back) back.focus({ preventScroll: true });
    else this.#dialog.querySelector("h2").focus();
  }
}

/** A table of rows, each named by its first cell; scrolled sideways where it has no room. */
function scrolled(label, head, rows) {
  const id = `scroll-${label.replaceAll(" ", "-")}`; // by which it keeps the focus
  return el("div", { class: "scroll", id, tabindex: "0", role: "region", "aria-label": label }, el("table", {},
    el("thead", {}, el("tr", {}, head.filter(Boolean).map((name) => el("th", { scope: "col" }, name)))),
    el("tbody", {}, rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), rest.filter(Boolean).map((cell) => el("td", {}, cell)))))));
}
