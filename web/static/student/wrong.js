// When a chat is over and something in it was not right: whoever says it often leaves at once, and can
// still be reported, or never be met again.

import { find, setText, speak } from "./dom.js";
import { makeReasons, pickedReason } from "./reasons.js";

export class Wrong {
  #intend;
  #room = null;
  #wanted = false;

  /** `intend(frame)` sends now or as soon as it can. */
  constructor(intend) {
    this.#intend = intend;
    find("wrong-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#report();
    });
    find("wrong-apart").addEventListener("click", () => this.#ask({ t: "block", room: this.#room }));
  }

  /** That room is over; null for one without a peer. */
  begin(room) {
    this.#room = room;
    this.#wanted = false;
    find("wrong").hidden = room === null;
    find("wrong").open = false;
    find("wrong-form").hidden = false;
    find("wrong-reasons").replaceChildren(makeReasons("wrong-title"));
    setText(find("wrong-problem"), "");
    setText(find("wrong-done"), "");
  }

  /** An answer of the server: "reported" or "apart". True if it was waited for. */
  answered(code) {
    const words = { reported: "wrong.reported", apart: "wrong.kept_apart" }[code];
    return Boolean(words) && this.#done(words);
  }

  /** A refusal that came instead. True if there was one to refuse. */
  refused() {
    return this.#done("wrong.failed");
  }

  /** It was asked in vain, again and again, and can be asked once more. True if it was waited for. */
  failed({ room }) {
    if (!this.#wanted || room !== this.#room) return false;
    this.#wanted = false;
    setText(find("wrong-problem"), speak("undone.report"));
    return true;
  }

  #report() {
    const reason = pickedReason(find("wrong-form"));
    setText(find("wrong-problem"), reason ? "" : speak("menu.report_pick"));
    if (reason) this.#ask({ t: "report", room: this.#room, reason });
  }

  #ask(frame) {
    if (this.#wanted) return;
    setText(find("wrong-problem"), "");
    this.#wanted = true;
    this.#intend(frame);
  }

  #done(words) {
    if (!this.#wanted) return false;
    this.#wanted = false;
    find("wrong-form").hidden = true;
    setText(find("wrong-done"), speak(words));
    find("wrong-done").focus();
    return true;
  }
}
