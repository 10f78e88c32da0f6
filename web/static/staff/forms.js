// What an act asks before it is sent: a reason, words, for how long, which part to hide.

import { full } from "./acts.js";
import { el } from "./dom.js";
import { wordsOf } from "./spans.js";
import { act as actName } from "./words.js";

/**
 * The form of an act about a card. hooks: {send(given), leave(), draft, keep(text), reach()}.
 * Answers {element, choose(number), toWords()}: `choose` takes the reason or the template of that number.
 */
export function makeForm(act, card, hooks) {
  const parts = new Form(act, card, hooks);
  return { element: parts.element, choose: (number) => parts.choose(number), toWords: () => parts.toWords() };
}

class Form {
  #act;
  #card;
  #hooks;
  #draft;
  #to = null;
  #minutes = null;
  #words = [];
  #trouble = el("p", { class: "trouble", role: "alert" });

  constructor(act, card, hooks) {
    this.#act = act;
    this.#card = card;
    this.#hooks = hooks;
    this.#draft = this.#makeDraft();
    this.element = el("div", { class: "reasons" },
      el("h3", { tabindex: "-1" }, `${actName(act.name)}: ${QUESTIONS[act.form]}`),
      el("p", { class: "hint" }, full(act)),
      act.name === "escalate" ? this.#reach() : "",
      act.form === "hide" ? this.#hideWords() : "",
      el("div", { class: "pair" }, this.#toWhom(), this.#howLong()),
      this.#choices(),
      el("label", { for: "reason" }, act.form === "words" ? "What to say; change it as you like" : "Or in your own words"),
      this.#draft,
      this.#trouble,
      el("div", { class: "pair" },
        el("button", { class: "button", type: "button", "data-kind": "main", onClick: () => this.#sendDraft() },
          el("kbd", {}, "Ctrl ↵"), el("span", {}, act.form === "words" ? "Send" : `${actName(act.name)} for this reason`)),
        el("button", { class: "button", type: "button", "data-kind": "quiet", onClick: () => hooks.leave() },
          el("kbd", {}, "Esc"), el("span", {}, "Back"))));
  }

  choose(number) {
    const chosen = (this.#act.reasons ?? this.#act.templates)[number - 1];
    if (!chosen) return false;
    if (this.#act.reasons) this.#send(chosen);
    else this.#fill(chosen);
    return true;
  }

  toWords() {
    this.#draft.focus();
  }

  #choices() {
    const { reasons, templates } = this.#act;
    return el("ol", {}, (reasons ?? templates).map((words, at) => el("li", {}, el("button", {
      class: "button", type: "button", onClick: () => this.choose(at + 1),
    }, el("kbd", {}, String(at + 1)), el("span", {}, words)))));
  }

  #fill(words) {
    this.#draft.value = words;
    this.#hooks.keep(words);
    this.#draft.focus();
    this.#draft.setSelectionRange(words.length, words.length);
  }

  #makeDraft() {
    const draft = el("textarea", {
      class: "field",
      id: "reason",
      rows: "2",
      maxlength: "1000",
      onInput: () => this.#hooks.keep(draft.value),
      onKeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#sendDraft();
      },
    });
    draft.value = this.#hooks.draft;
    return draft;
  }

  #sendDraft() {
    const words = this.#draft.value.trim();
    if (words) this.#send(words);
    else this.#draft.focus();
  }

  #send(words) {
    const given = this.#act.form === "words" ? { text: words } : { reason: words };
    if (this.#to && this.#to.value !== "student") given.to = this.#to.value;
    if (this.#minutes) given.minutes = Number(this.#minutes.value);
    if (this.#act.form === "hide") given.spans = this.#spans();
    if (given.spans?.length === 0) {
      this.#trouble.textContent = "Choose the words to hide first.";
      return;
    }
    this.#hooks.send(given);
  }

  #toWhom() {
    const { handles, about } = this.#card;
    if (!["words", "stop"].includes(this.#act.form) || this.#act.name === "ask" || handles.length < 2 || about === null) return "";
    const options = [["student", handles[about]], ["other", handles[1 - about]]];
    if (this.#act.form === "words") options.push(["both", "Both of them"]);
    this.#to = select("to", options);
    return el("label", { for: "to" }, this.#act.form === "words" ? "To " : "Whom ", this.#to);
  }

  #howLong() {
    if (this.#act.form !== "stop") return "";
    this.#minutes = select("minutes", this.#act.minutes.filter(([minutes]) => minutes <= this.#hooks.longest(this.#act.name)));
    return el("label", { for: "minutes" }, "For ", this.#minutes);
  }

  #hideWords() {
    const line = this.#card.lines.find(({ mid }) => mid === this.#card.mid);
    this.#words = wordsOf(line?.text ?? "", line?.why ?? []);
    return el("div", { class: "hide-words", role: "group", "aria-label": "Words to hide" },
      this.#words.map((word) => el("button", {
        class: "word",
        type: "button",
        "aria-pressed": String(word.marked),
        onClick: (event) => {
          word.marked = !word.marked;
          event.currentTarget.setAttribute("aria-pressed", String(word.marked));
          this.#trouble.textContent = "";
        },
      }, word.text)));
  }

  #spans() {
    return this.#words.filter(({ marked }) => marked).map(({ start, end }) => [start, end]);
  }

  #reach() {
    const reach = el("p", { class: "hint" });
    this.#hooks.reach().then((found) => reach.append(reachWords(found)));
    return reach;
  }
}

const QUESTIONS = { reasons: "why?", stop: "for how long, and why?", words: "what to say?", hide: "which words, and why?" };

function select(id, options) {
  return el("select", { class: "field", id }, options.map(([value, words]) => el("option", { value: String(value) }, words)));
}

function reachWords(found) {
  if (!found) return "Who is on call could not be asked just now.";
  const able = found.filter(({ channels }) => channels.length > 0);
  if (able.length === 0) return "Nobody on call can be reached from here. Escalate, and follow the emergency plan yourself too.";
  return `On call: ${found.map(({ name, channels }) => `${name} (${channels.join(", ") || "cannot be reached"})`).join(", ")}.`;
}
