// What a case page says about an incident: what happened, how sure, what to do, what is not known,
// and everything that was done since, in order.

import { el } from "./dom.js";
import { pieces } from "./spans.js";
import { ago, capital, category, clock, count, messageState, moment } from "./words.js";

export function standingWords(one) {
  if (one.drill) return one.state === "open" ? "A drill: nobody is in danger" : one.outcome;
  if (one.state === "open") return "Nobody has this yet";
  if (one.state === "resolved") return "Resolved";
  const who = one.yours ? "You" : one.holder;
  if (one.state === "with_student") return `${who} ${one.yours ? "are" : "is"} with the student`;
  return `${who} ${one.yours ? "have" : "has"} this`;
}

export function top(one) {
  const since = one.state === "acknowledged" ? ` since ${clock(one.acknowledged_at)}` : "";
  return el("header", { class: "case-top", "data-state": one.drill ? "drill" : one.yours && one.state !== "open" ? "mine" : one.state },
    el("p", { class: "standing" }, `${standingWords(one)}${since}`),
    one.preserved_at && el("p", { class: "preserved" }, `Preserved by ${one.preserver ?? "a safeguarding lead"}, ${day(one.preserved_at)}: it is kept until another safeguarding lead lifts that`),
    one.anew_at && el("p", { class: "anew" }, `New since ${one.yours ? "you" : one.holder} took this, at ${clock(one.anew_at, true)}: ${one.kind}`),
    el("h1", { tabindex: "-1" }, capital(one.kind)),
    el("p", { class: "about" }, `${one.code} · began `, one.state === "resolved" ? `on ${day(one.opened_at)}, ${clock(one.opened_at)}` : [`${clock(one.opened_at)}, `,
      el("time", { "data-at": one.opened_at }, ago(one.now - one.opened_at))],
      one.count > 1 && ` · came up ${one.count} times`));
}

/** All there is to say and do about a drill. */
export function drill(one) {
  return section("todo", "This is a drill", el("p", {}, el("strong", {}, "Nobody is in danger. No student wrote this, and no student sees it.")),
    el("p", {}, one.state === "open"
      ? "It came the way a real disclosure comes, to see whether it reaches a person. Press I’ve got this: that is all there is to do."
      : "That was all. It counts in no figure but those of drills."));
}

export function section(name, title, ...inside) {
  return el("section", { class: name, "aria-labelledby": `h-${name}` }, el("h2", { id: `h-${name}` }, title), ...inside);
}

export function marked(line) {
  if (line.text === null) return "This was deleted when its time was over.";
  return pieces(line.text, line.why).map(({ text, marked: is }) => (is ? el("mark", {}, text) : text));
}

export function by(line, ...more) {
  return el("p", { class: "by" }, el("strong", {}, line.who), ` ${clock(line.at, true)} · `,
    messageState(line.state) || "delivered", ...more);
}

export function happened(one) {
  const found = one.lines.filter((line) => line.paged);
  if (found.length === 0) {
    return section("happened", "What happened", instead(one));
  }
  return section("happened", "What happened", el("p", {}, "A student wrote:"),
    found.slice(-3).map((line) => el("blockquote", {}, el("p", {}, marked(line)), by(line))));
}

/** What it was where no message paged by itself: what waited in the queue, or a receipt. */
function instead(one) {
  const first = one.waited[0];
  const line = one.lines[first?.line];
  return [
    el("p", {}, first ? began(first) : `${capital(one.kind)}.`),
    line && el("blockquote", {}, el("p", {}, marked(line)), by(line)),
    el("p", {}, "Read the conversation below."),
  ];
}

const ITEMS = {
  message: "a message that may need a person",
  help: "a student who asked for a person",
  report: "a student’s report about the other one",
  fault: "a message that could not be checked",
};

function began({ kind, at, sent_on }) {
  const what = ITEMS[kind] ?? "something in this chat";
  return sent_on
    ? `A moderator looked at ${what} and called an adult. It came in at ${clock(at, true)}.`
    : `Since ${clock(at, true)} ${what} was waiting for a moderator, and nobody looked in time.`;
}

/** What the student answered on the card, as soon as they did. */
export function met(one) {
  if (!one.meet && !one.barrier) return "";
  return section("met", "What the student told us",
    one.meet && el("p", {}, "How they would like to be met: ", el("strong", {}, one.meet)),
    one.barrier && el("p", {}, "What may make it hard: ", el("strong", {}, one.barrier)),
    el("p", { class: "hint" }, `Picked by the student, last at ${clock(one.wished_at, true)}. They know it may not be possible.`));
}

export function sure(one) {
  const why = one.lines.filter((line) => line.paged).flatMap((line) => line.why);
  const rules = matched(why);
  const words = rules.length > 0
    ? "Rules matched these words. A rule cannot know what was meant: it can be a joke, a quote or a lyric. Read the conversation, then decide. If you are not sure, treat it as real."
    : "A person asked for an adult, or nobody looked in time. Treat it as real.";
  return section("sure", "Why you were paged, and how sure it is", el("p", {}, words),
    rules.length > 0 && el("p", { class: "hint" }, `What matched: ${rules.join(", ")}.`));
}

/** What matched, each category once and by how many rules: "Possible suicide risk (3 rules)". */
function matched(why) {
  const found = new Map();
  for (const each of why) found.set(each.category, new Set([...(found.get(each.category) ?? []), each.rule]));
  return [...found].map(([name, rules]) => `${category(name)} (${count(rules.size, "rule", "rules")})`);
}

/** Who has it where that is somebody else, who does most of what is to be done. Pure. */
export const another = ({ state, yours, holder }) => (state === "open" || yours ? "" : holder);

export function todo(one) {
  const holder = another(one);
  const emergency = one.help.find((line) => /emergency/i.test(line.name)) ?? one.help.at(-1);
  const steps = [
    one.state === "open" && [el("strong", {}, "Press I’ve got this."), " Then the others are no longer paged about it."],
    one.offered_to_you && [el("strong", {}, "Press I take it over."), ` Until then ${one.holder} has it.`],
    holder && !one.offered_to_you && [`Ask ${holder}, who has this, whether you can help.`],
    ["Read what was said, and what was said before it."],
    [el("strong", {}, "If somebody may be in danger right now, call "),
      emergency ? phone(emergency) : "the emergency number", ". You do not need to be sure."],
    !holder && one.state !== "with_student" && [`Be with the student${deadline(one)}: `, one.yours && one.room_open ? el("a", { href: "#h-chat" }, "in their chat") : "in their chat", `, by a colleague who is near, or as your school’s plan says. Then press I am with the student.`],
    [one.may_export ? "Decide whether somebody must find out which student this is." : "Tell the safeguarding lead: they decide who finds out which student this is."],
    [one.due_at && one.state === "with_student"
      ? `Write down how it ended before ${clock(one.due_at)}. After that everybody is paged again.`
      : "Write down how it ended. Without that everybody is paged again after a while."],
  ];
  return section("todo", "What to do now",
    el("ol", {}, steps.filter(Boolean).map((step) => el("li", {}, step))));
}

/** Until when whoever has it may take to be with the student. */
const deadline = (one) => (one.due_at && one.state === "acknowledged" ? ` before ${clock(one.due_at)}` : "");

export function talk(one) {
  if (one.lines.length === 0) return section("talk", "The conversation", el("p", {}, "There are no messages to show."));
  if (one.drill) return section("talk", "What was said", said(one.lines));
  const still = one.students === 1 ? "The student is alone in this chat, and waits." : "The two students are still in this chat.";
  const left = one.left.map((who) => `${who} has left this chat. `).join("");
  const state = one.room_open ? whoLeft(one) || still : `${left}This chat is over.`;
  return section("talk", "The conversation", el("p", { class: "hint" }, state), said(one.lines));
}

/** Who has left a chat that goes on, in words; empty if nobody has, or the server is older than this page
 * and does not say. Pure. */
export const whoLeft = ({ left = [] }) => (left.length > 0 ? `${left.join(" and ")} has left this chat. It stays open for the other student.` : "");

/** The lines of a conversation, those that paged somebody marked, and where some are left out. */
export function said(lines) {
  return el("ol", {}, lines.flatMap((line) => [
    line.left_out > 0 && el("li", { class: "hint" }, leftOut(line.left_out)),
    el("li", { "data-paged": line.paged }, by(line, line.paged && " · why you were paged"), el("p", {}, marked(line)))]).filter(Boolean));
}

/** A long conversation is shown as it was when the incident was opened, and as it is now. */
export const leftOut = (messages) =>
  `${count(messages, "message", "messages")} of this long conversation ${messages === 1 ? "is" : "are"} not shown here. What follows was said last.`;

export function unknown({ students }) {
  return section("unknown", "What is not known", el("ul", {},
    [students === 1 ? "Who this student is. The name is made up for this chat." : "Who these students are. The names are made up for this chat.", "Where they are, and whether somebody is with them.",
      "What was meant. Only the words are known."].map((each) => el("li", {}, each))));
}

/** Longer than judging a message may take. */
const JUDGED_MS = 5_000;

/**
 * When words were said that came to an incident first. Those that began it are stamped once they are
 * judged, a moment after it; to one that began otherwise they came when they came.
 */
export const wordsAt = (at, opened) => (at - opened < JUDGED_MS ? Math.min(at, opened) : at);

const REACHED = {
  pending: "about to be sent",
  "failed-for-now": "did not go through yet; being tried again",
  "failed-for-good": "cannot be reached this way",
  cancelled: "not needed any more",
  sent: "handed to the provider",
  delivered: "came",
  seen: "seen",
};

function reached(page, since) {
  const at = page.seen_at ?? page.delivered_at ?? page.sent_at;
  return `${page.times > 1 ? `${page.times} pages, the newest ` : ""}${REACHED[page.state] ?? page.state}${at ? ` at ${moment(at, since, true)}` : ""}`;
}

/** Everything that happened, in order. */
export function timeline(one) {
  const first = one.lines.find((line) => line.paged);
  const saidAt = (line) => (line === first ? wordsAt(line.at, one.opened_at) : line.at);
  const events = [
    ...one.lines.filter((line) => line.paged).map((line) => [saidAt(line), one.drill ? "The drill began" : "The student wrote what is marked above"]),
    !one.drill && [one.opened_at, "The incident began"],
    ...one.pages.map((page) => [page.first_at, [el("strong", {}, page.name), `, ${page.channel}: ${reached(page, one.opened_at)}`]]),
    one.acknowledged_at && !one.drill && [one.acknowledged_at, [el("strong", {}, one.holder), " took it"]],
    one.more_at && [one.more_at, "More was said"],
    one.with_student_at && [one.with_student_at, [el("strong", {}, one.holder), " was with the student"]],
    one.wished_at && [one.wished_at, "The student said how they would like to be met, or what may make it hard"],
    ...one.notes.map((note) => [note.at, [el("strong", {}, note.by), " wrote a note"]]),
    one.resolved_at && [one.resolved_at, one.drill ? one.outcome : [el("strong", {}, one.resolver), " wrote down how it ended"]],
  ].filter(Boolean).sort(([first], [second]) => first - second);
  return section("told", "Step by step",
    one.pages.length === 0 && el("p", {}, "Nobody could be paged. Tell somebody yourself."),
    el("ol", { class: "timeline" }, events.map(([at, words]) => el("li", {}, el("time", {}, moment(at, one.opened_at, true)), " ", words))));
}

export function notes(one, form) {
  const after = one.state === "resolved";
  return section("notes", after ? "Notes and addenda" : "Notes",
    one.notes.length === 0 && el("p", { class: "hint" }, "None yet. Notes can be added, never changed."),
    el("ol", {}, one.notes.map((note) => el("li", {}, el("p", { class: "by" }, `${note.by}, ${moment(note.at, one.opened_at)}`), el("p", {}, note.text)))), form);
}

const ASKED = { seen: "What was seen", done: "What was done", told: "Who was told", why: "Why it was decided so" };

export function ending(one, form) {
  if (one.state !== "resolved") return form ? section("ending", "How did it end?", form) : "";
  const { record } = one;
  return section("ending", "How it ended",
    el("p", {}, el("strong", {}, one.outcome), one.resolver && ` (${one.resolver}, ${day(one.resolved_at)}, ${clock(one.resolved_at)})`),
    record && el("dl", { class: "record" },
      Object.entries(ASKED).map(([key, title]) => entry(title, record[key])),
      entry("When somebody looks again", record.follow_up ? day(Date.parse(`${record.follow_up}T12:00`)) : "Nobody need look again")),
    el("button", { class: "button", type: "button", id: "print", "data-kind": "quiet", onClick: () => print() }, "Print on one page"));
}

const entry = (title, words) => el("div", {}, el("dt", {}, title), el("dd", {}, words));

const day = (at) => new Date(at).toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });

function phone(line) {
  return el("a", { href: `tel:${line.number.replace(/[^\d+]/g, "")}` }, `${line.number} (${line.name})`);
}

export function lines(one) {
  return section("numbers", "Numbers", el("ul", {}, one.help.map((line) => el("li", {}, phone(line), line.hours && `, ${line.hours}`))));
}
