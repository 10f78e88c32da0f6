// The parts of a card: what stands in it, without its state.

import { idFrom } from "../student/ids.js";
import { el } from "./dom.js";
import { cap } from "./keyboard.js";
import { chipOf } from "./order.js";
import { pieces } from "./spans.js";
import { topic } from "./topics.js";
import { act as actName, age, category, chip, clock, messageState } from "./words.js";

const SHORT = { message: "Message", report: "Report", help: "Call for help", fault: "Fault", review: "Without the first answer", drill: "Drill" };

/** What did not go through, with a way to try again; used without a card too. */
export function failure(failed, hooks) {
  if (failed.code === "rest") return el("p", { class: "notice", role: "alert" }, `${failed.words} `, cap("J"), " goes to the next item. ", button("Close this note", hooks.dismiss));
  const what = failed.kind === "claim" ? "Claim" : actName(failed.kind);
  const who = failed.code === "already_claimed" && failed.holder ? `${failed.holder} has this one.` : failed.words;
  const again = ["offline", "late", "internal", "unavailable", "rate_limited"].includes(failed.code);
  return el("p", { class: "notice", "data-kind": "failed", role: "alert" },
    el("strong", {}, `${what} did not go through.`), ` ${who} `,
    again && button("Try again", hooks.retry, "T"),
    button("Close this note", hooks.dismiss));
}

export function button(label, act, key) {
  return el("button", { class: "button small", type: "button", onClick: act }, key && cap(key),
    el("span", {}, label));
}

const LEFT_ALONE = "Nobody touched this page for a while, so the item went back to the queue.";

export function nothing(desk, hooks) {
  const told = desk.told && el("p", { class: "notice", "data-kind": desk.told.quiet ? null : "ok" }, desk.told.quiet ? LEFT_ALONE : `${actName(desk.told.act)}: confirmed.`);
  const waiting = desk.shown.length > 0;
  const undo = desk.undoable && el("p", { class: "notice", id: "undo" },
    el("span", {}, `${actName(desk.undoable.act)} can be taken back for `, el("span", { "data-until": desk.undoable.until })),
    button("Undo", hooks.undo, "Z"));
  return el("div", { class: "nothing" }, told || "", undo || "",
    waiting ? "" : document.getElementById("resting").content.cloneNode(true),
    el("p", { class: waiting ? null : "resting" }, waiting ? "Claim an item to see its words. Only you can decide about it then." : "Nothing is waiting for you."),
    waiting && el("p", { class: "hint" }, cap("C"), " claims the item that is marked."));
}

export function heading({ item, looked }) {
  const risk = chipOf(item);
  return el("div", { class: "card-head" },
    el("h2", { tabindex: "-1" }, category(item.category)),
    el("p", { class: "about" },
      el("span", { class: "chip", "data-risk": risk }, chip(risk)),
      ` ${[SHORT[item.kind] ?? item.kind, topic(item.topic)].filter(Boolean).join(" · ")} · `,
      item.held ? "held, not delivered · " : "", "waiting ",
      el("time", { class: "wait", "data-since": item.since, "data-item": item.id })),
    el("dl", { class: "clocks", "aria-label": "Times" },
      time("Came", item.since),
      looked ? time("First look", looked, ` after ${age(looked - item.since)}`) : ""));
}

function time(name, at, more = "") {
  return el("div", {}, el("dt", {}, name), el("dd", {}, clock(at, true), more));
}

/** What colleagues, and this moderator before, did and noted about the item. */
export function pastList({ past = [], handles = [], muted = [] }) {
  const silent = handles.filter((_, seat) => muted[seat] > Date.now());
  if (past.length === 0 && silent.length === 0) return "";
  return el("section", { class: "past" }, el("h3", {}, "So far"),
    silent.length > 0 && el("p", { class: "hint" }, `${silent.join(" and ")}: muted.`),
    el("ol", {}, past.map(({ who, at, act, text }) => el("li", {},
      el("strong", {}, who), ` ${clock(at, true)} · ${actName(act)}`, text ? el("p", {}, text) : ""))));
}

export function earlierList({ earlier = [] }) {
  if (earlier.length === 0) return "";
  return el("section", { class: "past" }, el("h3", {}, "Noticed before, in this chat"),
    el("ol", {}, earlier.map(({ who, at, state, categories: seen }) => el("li", {},
      el("strong", {}, who), ` ${clock(at, true)} · ${seen.map(category).join(", ")}`,
      messageState(state) ? ` · ${messageState(state)}` : ""))));
}

export const NOTE_HINT = "For whoever has this item next. Kept as you write.";
const NOTE_PAUSE_MS = 600;

export function makeNote(keepNote) {
  let timer = 0;
  const box = el("textarea", { class: "field", id: "note", rows: "1", maxlength: "1000" });
  const note = idFrom(crypto.getRandomValues(new Uint8Array(16)));
  const keep = () => box.value.trim() && keepNote(note, box.value.trim());
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, NOTE_PAUSE_MS);
  });
  return el("section", { class: "note" },
    el("label", { for: "note" }, cap("G"), " Note"), box, el("p", { class: "hint" }, NOTE_HINT));
}

export function incidentStrip(code) {
  return el("div", { class: "incident", "data-incident": code, role: "status" });
}

const HAS_IT = { acknowledged: "has it", with_student: "is with the student" };
const PAGE_STATES = { "failed-for-now": "not reached, tried again", "failed-for-good": "not reached" };

/** Draws how the incident stands: who has it, and what became of each page of the last round. */
export function drawIncident(strip, standing) {
  const { code, state, holder, pages } = standing;
  const key = JSON.stringify(standing);
  if (strip.drawn === key) return;
  strip.drawn = key;
  strip.dataset.state = state;
  const words = state === "open" ? "nobody has it yet; the adults on call are being paged" : state === "resolved" ? "resolved" : `${holder} ${HAS_IT[state]}`;
  strip.replaceChildren(el("p", {}, `Incident ${code}: ${words}.`),
    state !== "resolved" && pages.length > 0
      ? el("ul", {}, pages.map((page) => el("li", {}, `${page.name}, ${page.channel}: ${PAGE_STATES[page.state] ?? page.state.replaceAll("_", " ")}`)))
      : "");
}

export function words(line) {
  return pieces(line.text, line.why).map(({ text, marked }) => (marked ? el("mark", {}, text) : text));
}

export function conversation(lines, mid) {
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

export function whyTable(why, version) {
  if (why.length === 0) return "";
  const head = ["Category", "Rule", "Detector"].map((name) => el("th", { scope: "col" }, name));
  return el("section", { class: "why" }, el("h3", {}, "Why it was noticed"),
    el("table", {}, el("thead", {}, el("tr", {}, head)),
      el("tbody", {}, why.map((one) => el("tr", {}, [category(one.category), one.rule, one.detector]
        .map((text) => el("td", {}, text)))))),
    el("p", { class: "hint" }, `Rules version ${version}. A rule sees words, not what was meant.`));
}
