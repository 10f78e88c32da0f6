// Leave, block and tell a moderator: one control, one sheet.

import { button, find, make, setText, speak } from "./dom.js";
import { makeReasons, pickedReason } from "./reasons.js";
import { Sheet } from "./sheet.js";

export class Menu {
  #sheet = new Sheet("menu");
  #acts;
  #peer = "";
  #ends = "both";

  /** acts: {leave(), block(), report(reason)} */
  constructor(acts) {
    this.#acts = acts;
    find("menu-open").addEventListener("click", () => this.#start());
  }

  set peer(peer) {
    this.#peer = peer;
  }

  /** Whom the chat ends for when this student leaves: "both", or "one" where a person is called. */
  set ends(ends) {
    this.#ends = ends;
  }

  close() {
    this.#sheet.close();
  }

  #start() {
    find("menu-title").textContent = speak("menu.title");
    const beside = this.#ends === "both" ? "leave_hint" : "leave_hint_called";
    const hint = this.#peer ? beside : "leave_hint_alone";
    const choices = [this.#choice("leave", () => this.#done(this.#acts.leave), hint)];
    if (this.#peer) {
      choices.push(
        this.#choice("block", () => this.#done(this.#acts.block)),
        this.#choice("report", () => this.#report()),
      );
    }
    find("menu-body").replaceChildren(...choices);
    this.#sheet.open();
  }

  #choice(name, act, why = `${name}_hint`) {
    const values = { peer: this.#peer };
    const hint = make("span", { className: "hint", textContent: speak(`menu.${why}`, values) });
    const choice = button("", act);
    choice.className = "option";
    choice.dataset.choice = name;
    choice.append(make("span", { className: "option-name", textContent: speak(`menu.${name}`, values) }), hint);
    return choice;
  }

  #report() {
    find("menu-title").textContent = speak("menu.report_title");
    const problem = make("p", { className: "problem", role: "alert" });
    const group = makeReasons("menu-title");
    const send = button(
      speak("menu.report_send"),
      () => {
        const picked = pickedReason(group);
        if (!picked) return setText(problem, speak("menu.report_pick"));
        this.#done(() => this.#acts.report(picked));
      },
      "main",
    );
    find("menu-body").replaceChildren(group, problem, send);
    this.#sheet.focus();
  }

  #done(act) {
    this.#sheet.close();
    act();
  }
}
