// The claimed item: the words in context, why they were noticed, and what can be done.

import { actsFor } from "./acts.js";
import { el } from "./dom.js";
import { pieces } from "./spans.js";
import { act as actName, category, clock, messageState } from "./words.js";

const SHORT = { message: "Message", report: "Report", help: "Call for help", fault: "Fault" };

/** hooks: {act(name, reason), retry(), dismiss(), close(), reach(): Promise of who is on call}. */
export class Card {
  #root;
  #hooks;
  #made = "";
  #parts = null;
  #asking = null;
  #desk = null;

  constructor(root, hooks) {
    this.#root = root;
    this.#hooks = hooks;
  }

  /** The act whose reasons are being asked for, or null. */
  get asking() {
    return this.#asking;
  }

  draw(desk) {
    this.#desk = desk;
    if (!desk.card) {
      this.#made = "";
      this.#asking = null;
      this.#parts = null;
      this.#root.replaceChildren(nothing(desk));
      return;
    }
    const { item, lines, mid, reading } = desk.card;
    const made = JSON.stringify([item.id, item.held, item.incident, lines, mid, reading]);
    if (made !== this.#made) this.#make(desk, made);
    this.#state();
  }

  focus() {
    this.#root.querySelector("h2")?.focus();
  }

  /** Carries out an act of that key, or asks for its reason first; answers whether it fits. */
  key(letter) {
    const found = this.#desk?.card && actsFor(this.#desk.card.item).find(({ key }) => key === letter);
    if (!found || this.#desk.lost || this.#desk.busy) return false;
    this.begin(found);
    return true;
  }

  begin(act) {
    if (act.reasons) this.#ask(act);
    else this.#hooks.act(act.name, "");
  }

  /** Sends the reason of that number (from 1), if reasons are being asked for. */
  choose(number) {
    const reason = this.#asking?.reasons[number - 1];
    if (reason) this.#send(reason);
    return Boolean(reason);
  }

  /** Leaves the reasons; answers whether they were open. */
  leave() {
    if (!this.#asking) return false;
    this.#ask(null);
    return true;
  }

  #make(desk, made) {
    const same = this.#made.startsWith(JSON.stringify([desk.card.item.id]).slice(0, -1));
    const { item, lines, mid, reading, version } = desk.card;
    const marked = lines.find((line) => line.mid === mid);
    this.#made = made;
    if (!same) this.#asking = null;
    this.#parts = { state: el("div", { class: "state" }), acts: el("div", { class: "acts" }) };
    const incident = item.incident && incidentStrip(item.incident);
    this.#root.replaceChildren(
      heading(item),
      incident || "",
      this.#parts.state,
      marked ? el("blockquote", { class: "words" }, words(marked)) : "",
      this.#parts.acts,
      conversation(lines, mid),
      whyTable(marked?.why ?? [], version),
      reading && el("div", { class: "reading" }, el("h3", {}, "As the rules read it"), el("p", {}, reading)),
    );
    this.#ask(this.#asking);
    if (!same) this.focus();
  }

  #ask(act) {
    this.#asking = act;
    const { item } = this.#desk.card;
    if (act) {
      this.#parts.acts.replaceChildren(this.#reasons(act));
      this.#parts.acts.querySelector("h3").focus();
      return;
    }
    this.#parts.acts.replaceChildren(...actsFor(item).map((one) => el("button", {
      class: "button",
      type: "button",
      "data-act": one.name,
      "data-kind": one.name === "put_back" ? "quiet" : null,
      onClick: () => this.begin(one),
    }, el("kbd", {}, one.key), el("span", {}, actName(one.name), el("small", {}, one.undoes ? one.brief : `${one.brief}. Final.`)))));
    this.#state();
  }

  #reasons(act) {
    const { item } = this.#desk.card;
    const draft = el("textarea", {
      class: "field",
      id: "reason",
      rows: "2",
      maxlength: "1000",
      onInput: (event) => this.#desk.drafts.set(item.id, event.target.value),
      onKeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sendDraft();
      },
    });
    draft.value = this.#desk.drafts.get(item.id) ?? "";
    const sendDraft = () => {
      if (draft.value.trim()) this.#send(draft.value.trim());
      else draft.focus();
    };
    const reach = el("p", { class: "hint" });
    if (act.name === "escalate") this.#hooks.reach().then((found) => reach.append(reachWords(found)));
    return el("div", { class: "reasons" },
      el("h3", { tabindex: "-1" }, `${actName(act.name)}: why?`),
      el("p", { class: "hint" }, act.hint),
      reach,
      el("ol", {}, act.reasons.map((reason, at) => el("li", {}, el("button", {
        class: "button", type: "button", onClick: () => this.#send(reason),
      }, el("kbd", {}, String(at + 1)), el("span", {}, reason))))),
      el("label", { for: "reason" }, "Or in your own words"),
      draft,
      el("div", { class: "pair" },
        el("button", { class: "button", type: "button", "data-kind": "main", onClick: sendDraft },
          `${actName(act.name)} with these words`),
        el("button", { class: "button", type: "button", "data-kind": "quiet", onClick: () => this.leave() },
          el("kbd", {}, "Esc"), el("span", {}, "Back"))));
  }

  #send(reason) {
    if (this.#desk.busy) return;
    const { name } = this.#asking;
    this.#ask(null);
    this.#hooks.act(name, reason);
  }

  #state() {
    const { busy, failed, lost, told } = this.#desk;
    for (const button of this.#parts.acts.querySelectorAll("[data-act]")) {
      const mine = busy?.kind === button.dataset.act;
      button.setAttribute("aria-disabled", String(Boolean(busy || lost)));
      button.toggleAttribute("data-busy", mine);
    }
    const state = this.#parts.state;
    const key = JSON.stringify([busy?.kind, failed, lost, told]);
    if (state.dataset.key === key) return;
    state.dataset.key = key;
    state.replaceChildren(...this.#stateWords());
  }

  #stateWords() {
    const { busy, failed, lost, told } = this.#desk;
    if (lost) {
      return [el("p", { class: "notice", role: "alert" }, `${lost} Nothing more can be done here. `,
        button("Put the card away", this.#hooks.close, "Esc"))];
    }
    if (failed) return [failure(failed, this.#hooks)];
    if (busy) return [el("p", { class: "notice", "data-kind": "busy" }, `${actName(busy.kind)}: asking the server…`)];
    if (told) return [el("p", { class: "notice", "data-kind": "ok" }, `${actName(told.act)}: confirmed.`)];
    return [];
  }
}

/** What did not go through, with a way to try again; used without a card too. */
export function failure(failed, hooks) {
  const what = failed.kind === "claim" ? "Claim" : actName(failed.kind);
  const who = failed.code === "already_claimed" && failed.holder ? `${failed.holder} has this one.` : failed.words;
  const again = ["offline", "late", "internal", "unavailable", "rate_limited"].includes(failed.code);
  return el("p", { class: "notice", "data-kind": "failed", role: "alert" },
    el("strong", {}, `${what} did not go through.`), ` ${who} `,
    again && button("Try again", hooks.retry, "T"),
    button("Close this note", hooks.dismiss));
}

function button(label, act, key) {
  return el("button", { class: "button small", type: "button", onClick: act }, key && el("kbd", {}, key),
    el("span", {}, label));
}

function nothing(desk) {
  const told = desk.told && el("p", { class: "notice", "data-kind": "ok" }, `${actName(desk.told.act)}: confirmed.`);
  const waiting = desk.shown.length > 0;
  return el("div", { class: "nothing" }, told || "",
    el("p", {}, waiting ? "Claim an item to see its words. Only you can decide about it then." : "Nothing is waiting for you."),
    waiting && el("p", { class: "hint" }, el("kbd", {}, "C"), " claims the item that is marked."));
}

function heading(item) {
  const risk = item.attention === "page" ? "page" : item.held ? "held" : "queue";
  return el("div", { class: "card-head" },
    el("h2", { tabindex: "-1" }, category(item.category)),
    el("p", { class: "about" },
      el("span", { class: "chip", "data-risk": risk }, { page: "Page", held: "Held", queue: "Look" }[risk]),
      ` ${SHORT[item.kind] ?? item.kind} · ${item.topic} · `,
      item.held ? "held, not delivered · " : "", "waiting ",
      el("time", { class: "wait", "data-since": item.since, "data-item": item.id })));
}

function incidentStrip(code) {
  return el("p", { class: "incident", "data-incident": code }, `Incident ${code}: asking…`);
}

function words(line) {
  return pieces(line.text, line.why).map(({ text, marked }) => (marked ? el("mark", {}, text) : text));
}

function conversation(lines, mid) {
  const made = el("ol", { class: "lines", "aria-label": "The conversation", tabindex: "0" },
    lines.map((line) => el("li", {
      "data-state": line.state,
      "data-this": line.mid === mid,
    }, el("p", { class: "by" }, el("strong", {}, line.who), ` ${clock(line.at, true)}`,
      messageState(line.state) && el("span", { class: "fate" }, messageState(line.state)),
      line.mid === mid && el("span", { class: "this" }, "this message"),
      line.mid !== mid && line.why.length > 0 && el("span", { class: "earlier" }, `noticed: ${categories(line.why)}`)),
    el("p", {}, words(line)))));
  queueMicrotask(() => showThis(made));
  return el("section", { class: "talk" }, el("h3", {}, "The conversation"), made);
}

/** Scrolls the message into the middle of its list, or the list to its end; the page stays put. */
function showThis(list) {
  const line = list.querySelector("[data-this]");
  list.scrollTop = line ? line.offsetTop - (list.clientHeight - line.offsetHeight) / 2 : list.scrollHeight;
}

const categories = (why) => [...new Set(why.map((one) => category(one.category)))].join(", ");

function whyTable(why, version) {
  if (why.length === 0) return "";
  const head = ["Category", "Rule", "Detector"].map((name) => el("th", { scope: "col" }, name));
  return el("section", { class: "why" }, el("h3", {}, "Why it was noticed"),
    el("table", {}, el("thead", {}, el("tr", {}, head)),
      el("tbody", {}, why.map((one) => el("tr", {}, [category(one.category), one.rule, one.detector]
        .map((text) => el("td", {}, text)))))),
    el("p", { class: "hint" }, `Rules version ${version}. A rule sees words, not what was meant.`));
}

function reachWords(found) {
  if (!found) return "Who is on call could not be asked just now.";
  const able = found.filter(({ channels }) => channels.length > 0);
  if (able.length === 0) return "Nobody on call can be reached from here. Escalate, and follow the emergency plan yourself too.";
  return `On call: ${found.map(({ name, channels }) => `${name} (${channels.join(", ") || "cannot be reached"})`).join(", ")}.`;
}
