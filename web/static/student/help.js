// *A person, now*: the first press opens this sheet, the second asks. What it then says is what the
// server answered, never more. Where nobody can be asked, the help lines come first.

import { announce, button, find, lineList, make, speak } from "./dom.js";
import { Sheet } from "./sheet.js";

/** Stages in which a person has been called, or will be. */
const CALLED = new Set(["asking", "offline", "asked"]);

export class Help {
  #app;
  #sheet = new Sheet("help");
  #stage = "ready";
  /** Minutes within which somebody lately looked at such a call, or null. */
  #lately = null;

  /** app: {signedIn(), online(), lines(), askForPerson()} */
  constructor(app) {
    this.#app = app;
    find("help-open").addEventListener("click", () => this.open());
  }

  open() {
    if (!CALLED.has(this.#stage)) this.#stage = this.#first();
    this.#draw();
    this.#sheet.open();
  }

  /** Asks at once: the student has already chosen it elsewhere on the page. */
  ask() {
    if (!this.#app.signedIn()) return this.open();
    this.#stage = "asking";
    this.#app.askForPerson();
    if (!this.#app.online()) this.#stage = "offline";
    this.#draw();
    this.#sheet.open();
    this.#sheet.focus();
  }

  /** The server's answer: "help_asked" or "no_adult", or "failed" when it could not be asked.
   * `standing`: of an earlier call, told again; whoever has asked anew since waits on. */
  answered(code, standing = false) {
    if (standing && this.#stage === "asking") return;
    this.#stage = { help_asked: "asked", no_adult: "nobody" }[code] ?? "failed";
    this.#draw();
    if (this.#sheet.isOpen) this.#sheet.focus();
    else if (code === "no_adult" && !standing) this.#sheet.open();
    announce(`${find("help-title").textContent}. ${this.#words()}`);
  }

  /** What the server measured: whole minutes, or null when it cannot say. */
  set lately(minutes) {
    this.#lately = minutes;
    this.linesChanged();
  }

  /** The connection is there again, or gone: nobody is said to be asked over a dead line. */
  line(up) {
    const [from, to] = up ? ["offline", "asking"] : ["asking", "offline"];
    if (this.#stage !== from) return;
    this.#stage = to;
    this.linesChanged();
  }

  /** The person who was asked has come or will not, or the chat they were asked to is over: somebody
   * can be asked again. */
  over() {
    if (this.#stage === "asked") this.#stage = "ready";
    this.linesChanged();
  }

  /** An adult is called, or has answered, where it was said that nobody can: no longer true. */
  found() {
    if (this.#stage !== "nobody") return;
    this.#stage = "asked";
    this.linesChanged();
  }

  linesChanged() {
    if (this.#sheet.isOpen) this.#draw();
  }

  #first() {
    if (!this.#app.signedIn()) return "out";
    return "ready";
  }

  #words() {
    return {
      ready: speak("help.ready"),
      asking: speak("help.asking"),
      out: speak("help.signed_out"),
      offline: speak("help.offline"),
      asked: speak("help.asked"),
      nobody: speak("notice.no_adult.body"),
      failed: speak("help.failed"),
    }[this.#stage];
  }

  #latelyWords() {
    if (this.#lately === null) return [];
    return [this.#lately === 1 ? speak("help.lately_one") : speak("help.lately", { minutes: this.#lately })];
  }

  #title() {
    return {
      out: speak("help.signed_out_title"),
      offline: speak("help.offline_title"),
      asked: speak("notice.help_asked.title"),
      nobody: speak("notice.no_adult.title"),
      failed: speak("help.failed_title"),
    }[this.#stage] ?? speak("help.title");
  }

  #draw() {
    find("help-title").textContent = this.#title();
    const body = find("help-body");
    const said = make("p", { textContent: this.#words() });
    const lines = lineList(this.#app.lines());
    const again = button(speak("help.ask"), () => this.ask(), "main");
    const or = make("p", { className: "small", textContent: speak("help.or_call") });
    const lately = this.#latelyWords().map((textContent) => make("p", { className: "small", textContent }));
    if (this.#stage === "ready") body.replaceChildren(said, ...lately, again, or, lines);
    else if (this.#stage === "nobody" || this.#stage === "failed") {
      again.textContent = speak("help.ask_again");
      body.replaceChildren(said, lines, again);
    } else body.replaceChildren(said, lines);
  }
}
