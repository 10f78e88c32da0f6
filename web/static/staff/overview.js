// The rooms open now, and for whoever may see it how the team fares: the dialog beside the queue.

import { el } from "./dom.js";
import { capital, category, clock, count, outcome } from "./words.js";

const RISKS = { page: "Page", waiting: "Waits for a word", look: "Look" };

export class Overview {
  #dialog;
  #send;

  /** `send(frame)` asks the server; its answers come to `hear`. */
  constructor(dialog, send) {
    this.#dialog = dialog;
    this.#send = send;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  rooms() {
    this.#show("Rooms open now", el("p", { class: "empty" }, "Asking…"));
    this.#send({ t: "ask_rooms" });
  }

  team() {
    this.#show("The team", el("p", { class: "empty" }, "Asking…"));
    this.#send({ t: "ask_team" });
  }

  hear(frame) {
    if (!this.isOpen) return;
    const drawn = { rooms: () => this.#rooms(frame), room: () => this.#room(frame), team: () => this.#team(frame), error: () => this.#refused(frame) }[frame.t];
    drawn?.();
  }

  #rooms({ rooms }) {
    const head = ["Room", "Topic", "Messages", "What waits", "Look in"].map((name) => el("th", { scope: "col" }, name));
    this.#show("Rooms open now", rooms.length === 0
      ? el("p", { class: "empty" }, "No room is open.")
      : el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rooms.map((room) => el("tr", {},
        el("th", { scope: "row" }, room.handles.join(" and ")),
        el("td", {}, room.topic), el("td", {}, String(room.said)),
        el("td", {}, RISKS[room.risk] ?? "Nothing", (room.staff ?? []).map((voice) => ` · ${voice} in the room`)),
        el("td", {}, el("button", { class: "button small", type: "button", onClick: () => this.#look(room.id) }, "Look in")))))),
      el("p", { class: "hint" }, "To look into a room that nothing pointed at is written down, and only some roles may."));
  }

  #look(room) {
    this.#send({ t: "look_in", room });
  }

  #room({ topic, lines }) {
    this.#show(`A room about ${topic}`, el("ol", { class: "lines", tabindex: "0", "aria-label": "What was said last" },
      lines.map(({ who, text, at }) => el("li", {}, el("p", { class: "by" }, el("strong", {}, who), ` ${clock(at, true)}`), el("p", {}, text)))));
  }

  #team({ members, most, looks, agreed, differing = [] }) {
    this.#show("The team", el("table", {},
      el("thead", {}, el("tr", {}, ["On shift", "Heavy items", "All items"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, members.map(({ name, heavy, read }) => el("tr", {}, el("th", { scope: "row" }, name),
        el("td", {}, `${heavy} of ${most}`), el("td", {}, String(read)))))),
    el("h3", {}, "Second looks, last 30 days"),
    el("p", {}, looks === 0 ? "None yet." : `${agreed} of ${looks} agreed with the first answer.`),
    differing.length === 0 ? "" : el("table", {},
      el("thead", {}, el("tr", {}, ["When", "About", "First answer", "Second answer"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, differing.map((one) => el("tr", {}, el("td", {}, clock(one.at)), el("td", {}, one.category ? category(one.category) : "No rule"),
        el("td", {}, capital(outcome(one.first))), el("td", {}, capital(outcome(one.second))))))));
  }

  #refused({ words }) {
    this.#show("This cannot be shown", el("p", { role: "alert" }, words));
  }

  #show(title, ...parts) {
    this.#dialog.replaceChildren(el("h2", { id: "overview-title", tabindex: "-1" }, title), ...parts.filter(Boolean),
      el("div", { class: "pair" }, el("button", { class: "button", type: "button", onClick: () => this.#dialog.close() }, "Close")));
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}
