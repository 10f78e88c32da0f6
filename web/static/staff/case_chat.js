// Joining the students' chat as "School adult": coming, reading along, saying something, going. Every
// student there sees that an adult is there, never a name. One element, drawn anew only when it must be, so
// that nothing that was typed is lost.

import { idFrom } from "../student/ids.js";
import { busy, failure } from "./case_forms.js";
import { said, whoLeft } from "./case_view.js";
import { el, setText } from "./dom.js";

const EVERY_MS = 3_000;

const newId = () => idFrom(crypto.getRandomValues(new Uint8Array(16)));

export class Chat {
  #hooks;
  #here = false;
  #timer = 0;
  #cid = "";
  #tried = "";
  #failed = "";
  #drawn = "";
  #readTo = 0;
  #place = "";
  #student = null;
  #both = true;
  #whom = false;
  #left = el("p", { class: "hint", role: "status" });
  #section = el("section", { class: "chat", "aria-labelledby": "h-chat" });
  #trouble = el("p", { class: "trouble", role: "alert" });
  #lines = el("div", { class: "live talk", id: "live", tabindex: "0", role: "log", "aria-label": "What is said in the chat" });

  /** hooks: {post(name, body): answer, read(readTo): answer, lastly(name)}. */
  constructor(hooks) {
    this.#hooks = hooks;
    addEventListener("pagehide", () => { if (this.#here) this.#hooks.lastly("leave"); });
  }

  /** The section as the case now stands; nothing for anybody who does not have the incident. */
  draw(one) {
    const may = one.yours && (one.state === "acknowledged" || one.state === "with_student");
    if (this.#here && !may) this.#gone();
    if (!may) return "";
    this.#student = alone(one);
    this.#both = one.students - one.left.length !== 1;
    this.#show(one.room_open || this.#here ? (this.#here ? "inside" : "outside") : "over");
    this.#stayThere();
    return this.#section;
  }

  /** What is put into a page anew begins at its top: the newest words stay in sight, or those that are read. */
  #stayThere() {
    const at = this.#lines.scrollTop;
    queueMicrotask(() => { this.#lines.scrollTop = at; });
  }

  #show(place) {
    const next = place === "outside" ? `${place} ${this.#both}` : place;
    if (next === this.#place) return;
    this.#place = next;
    const title = { outside: "Join the chat", inside: "You are in the chat as School adult", over: "The chat" }[place];
    const inside = { outside: () => this.#outside(), inside: () => this.#inside(), over };
    this.#section.replaceChildren(el("h2", { id: "h-chat" }, title), ...inside[place]());
  }

  #outside() {
    const join = el("button", { class: "button", type: "button", id: "join", "data-kind": "quiet", onClick: () => this.#join(join) }, "Join the chat");
    return [
      el("p", {}, "You come in as ", el("strong", {}, "School adult"), `. ${this.#both ? "Both students see" : "The student sees"} that an adult is there. Nobody sees your name, unless you say it.`),
      this.#trouble, join];
  }

  #inside() {
    const text = el("textarea", { class: "field", id: "say", rows: "3", maxlength: "2000" });
    const send = el("button", { class: "button", id: "say-it", "data-kind": "main" }, "Say it");
    const to = (value, words) => el("label", { class: "choice" },
      el("input", { type: "radio", name: "to", value, id: `to-${value}`, checked: value === "both" }), words);
    this.#whom = this.#both && el("fieldset", {}, el("legend", { class: "visually-hidden" }, "Who reads it?"),
      to("both", "Both students read it"), this.#student && to("alone", `Only ${this.#student} reads it`));
    const form = el("form", { onSubmit: (event) => {
      event.preventDefault();
      this.#say(text, send, this.#both && new FormData(form).get("to") === "alone");
    } }, el("label", { for: "say" }, "Say something as School adult"), text, this.#whom, this.#trouble, send);
    const leave = el("button", { class: "button", type: "button", id: "leave-chat", "data-kind": "quiet", onClick: () => this.#leave() }, "Leave the chat");
    return [this.#lines, this.#left, form, leave];
  }

  async #join(button) {
    busy(button, true);
    const answer = await this.#hooks.post("join", {});
    busy(button, false, "Join the chat");
    this.#tell(answer);
    if (!answer.ok) return;
    this.#here = true;
    this.#show("inside");
    document.getElementById("say")?.focus();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
    await this.#look();
    this.#section.querySelector("form")?.scrollIntoView({ block: "nearest" }); // the talk above it has just grown
  }

  async #look() {
    const answer = await this.#hooks.read(this.#readTo);
    if (!this.#here) return;
    this.#tell(answer);
    if (answer.ok) this.#write(answer.value);
    else if (answer.code === "not_in_room") await this.#comeBack();
  }

  /** The server forgot who is in the chat, as after a restart: whoever was there still wants to be. */
  async #comeBack() {
    const answer = await this.#hooks.post("join", {});
    const out = !answer.ok && answer.code !== "offline";
    if (out) this.#gone();
    this.#tell(answer);
    if (out) this.#show(answer.code === "ended" ? "over" : "outside");
  }

  /** What was drawn where nobody could see it was not read: it may have to call its adult. */
  #write({ lines, left = [], anew_at }) {
    setText(this.#left, whoLeft({ left }));
    this.#both &&= left.length === 0;
    if (this.#whom) this.#whom.hidden = !this.#both;
    const next = JSON.stringify(lines);
    if (next !== this.#drawn) {
      this.#drawn = next;
      this.#lines.replaceChildren(said(lines));
      this.#lines.scrollTop = this.#lines.scrollHeight;
    }
    if (!document.hidden) this.#readTo = anew_at;
  }

  /** The same words to the same people that did not get through are sent again under the same id, so
   * once at most; whatever else is said then is something new. */
  async #say(text, button, onlyOne) {
    const typed = text.value;
    const words = typed.trim();
    if (!words) {
      text.focus();
      return;
    }
    const tried = JSON.stringify([words, onlyOne]);
    if (tried !== this.#tried) [this.#tried, this.#cid] = [tried, newId()];
    busy(button, true);
    const answer = await this.#hooks.post("say", { cid: this.#cid, text: words, alone: onlyOne });
    busy(button, false, "Say it");
    this.#tell(answer, "say");
    if (!answer.ok) return;
    this.#tried = "";
    if (text.value.startsWith(typed)) text.value = text.value.slice(typed.length);
    await this.#look();
  }

  async #leave() {
    const answer = await this.#hooks.post("leave", {});
    if (answer.ok) this.#gone();
    this.#tell(answer);
    if (answer.ok) this.#show("outside");
  }

  #gone() {
    this.#here = false;
    clearInterval(this.#timer);
    this.#drawn = this.#failed = "";
  }

  /** What went wrong stands until it goes well; that words were not said, whatever else goes well. */
  #tell(answer, about = "") {
    if (this.#failed === "say" && about !== "say") return;
    this.#failed = answer.ok ? "" : about;
    this.#trouble.textContent = answer.ok ? "" : failure(answer);
  }
}

const over = () => [el("p", {}, "The chat is over: nobody can be joined there any more.")];

/** The made-up name of the student whose words raised the incident. */
const alone = (one) => one.lines.find((line) => line.paged)?.who ?? null;
