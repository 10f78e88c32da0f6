// When a chat is over: two questions that may be skipped, and a receipt that is shown once.

import { announce, button, find, make, setText, speak, speakList } from "./dom.js";

const QUESTIONS = ["felt", "heard"];

/** Called once. app: {intend(frame), askForPerson()}. */
export class Afterwards {
  #app;
  #room = null;
  #wanted = false;

  constructor(app) {
    this.#app = app;
    find("after-questions").append(...QUESTIONS.map(question));
    find("after").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    find("after-skip").addEventListener("click", () => this.#leaveQuestions(""));
    find("receipt-show").addEventListener("click", () => this.#ask());
  }

  /** That room is over; null for one the page does not know. Whoever `met` nobody in it is asked nothing.
   * True if it was not over before. */
  begin(room, met = true) {
    if (room === this.#room) return false;
    this.#room = room;
    this.#wanted = false;
    find("after").reset();
    find("after").hidden = room === null || !met;
    find("after-thanks")?.remove();
    find("ended-person").hidden = false;
    find("receipt").hidden = room === null;
    find("receipt").open = false;
    find("receipt-show").hidden = false;
    setText(find("receipt-show"), speak("receipt.show"));
    find("receipt-shown").replaceChildren();
    return true;
  }

  /** The receipt has come. */
  receipt({ code, days }) {
    this.#wanted = false;
    find("receipt-show").hidden = true;
    const until = days > 0 ? speak("receipt.good", { days }) : speak("receipt.good_today");
    find("receipt-shown").replaceChildren(
      make("p", { className: "receipt-code", textContent: code }),
      make("p", { textContent: until }),
    );
  }

  /** A refusal that came instead. True if a receipt was waited for. */
  refused() {
    if (!this.#wanted) return false;
    this.#wanted = false;
    find("receipt-show").hidden = true;
    find("receipt-shown").replaceChildren(make("p", { textContent: speak("receipt.failed") }));
    return true;
  }

  /** It was asked in vain, again and again, and can be asked once more. */
  failed() {
    this.#wanted = false;
    setText(find("receipt-show"), speak("receipt.show"));
    find("receipt-shown").replaceChildren(make("p", { textContent: speak("undone.receipt") }));
  }

  #ask() {
    this.#wanted = true;
    find("receipt-shown").replaceChildren();
    setText(find("receipt-show"), speak("receipt.busy"));
    this.#app.intend({ t: "ask_receipt", room: this.#room });
  }

  #send() {
    const given = Object.fromEntries(new FormData(find("after")));
    if (Object.keys(given).length > 0) this.#app.intend({ t: "answers", room: this.#room, ...given });
    const said = given.felt === "worse" ? "worse" : "thanks";
    this.#leaveQuestions(Object.keys(given).length > 0 ? said : "");
  }

  #leaveQuestions(said) {
    find("after").hidden = true;
    if (!said) return find("screen-ended").querySelector("h1").focus();
    const words = make("p", { textContent: speak(`after.${said}`), tabIndex: -1 });
    const thanks = make("div", { className: "card stack", id: "after-thanks" }, words);
    // Once is enough, and here it is the one thing to do.
    find("ended-person").hidden = said === "worse";
    if (said === "worse") thanks.append(button(speak("ended.person"), () => this.#app.askForPerson(), "main"));
    find("after").after(thanks);
    words.focus();
    announce(words.textContent);
  }
}

function question(name) {
  const answers = Object.entries(speakList(`after.${name}s`)).map(([value, text]) => {
    const radio = make("input", { type: "radio", name, value });
    return make("label", { className: "choice" }, radio, make("span", { textContent: text }));
  });
  const legend = make("legend", { textContent: speak(`after.${name}`) });
  return make("fieldset", { className: "choices" }, legend, make("div", { className: "row answers" }, ...answers));
}
