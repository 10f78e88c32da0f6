// Leave, block and tell a moderator: one control, one sheet.

import { button, find, make, setText, speak, speakList } from "./dom.js";
import { Sheet } from "./sheet.js";

export class Menu {
  #sheet = new Sheet("menu");
  #acts;
  #peer = "";

  /** acts: {leave(), block(), report(reason)} */
  constructor(acts) {
    this.#acts = acts;
    find("menu-open").addEventListener("click", () => this.#start());
  }

  set peer(peer) {
    this.#peer = peer;
  }

  close() {
    this.#sheet.close();
  }

  #start() {
    find("menu-title").textContent = speak("menu.title");
    const choices = [this.#choice("leave", () => this.#done(this.#acts.leave))];
    if (this.#peer) {
      choices.push(
        this.#choice("block", () => this.#done(this.#acts.block)),
        this.#choice("report", () => this.#report()),
      );
    }
    find("menu-body").replaceChildren(...choices);
    this.#sheet.open();
  }

  #choice(name, act) {
    const values = { peer: this.#peer };
    const hint = make("span", { className: "hint", textContent: speak(`menu.${name}_hint`, values) });
    const choice = button("", act);
    choice.className = "option";
    choice.dataset.choice = name;
    choice.append(make("span", { className: "option-name", textContent: speak(`menu.${name}`, values) }), hint);
    return choice;
  }

  #report() {
    find("menu-title").textContent = speak("menu.report_title");
    const problem = make("p", { className: "problem", role: "alert" });
    const reasons = Object.entries(speakList("menu.reasons")).map(([value, text]) => {
      const radio = make("input", { type: "radio", name: "reason", value });
      return make("label", { className: "choice" }, radio, make("span", { textContent: text }));
    });
    const group = make("fieldset", { className: "choices stack tight" }, ...reasons);
    group.setAttribute("aria-labelledby", "menu-title");
    const send = button(
      speak("menu.report_send"),
      () => {
        const picked = group.querySelector("input:checked");
        if (!picked) return setText(problem, speak("menu.report_pick"));
        this.#done(() => this.#acts.report(picked.value));
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
