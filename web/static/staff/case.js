// One incident, for one thumb in bad light: what happened, how sure, what to do now.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { Forms } from "./case_forms.js";
import { $, el, setText } from "./dom.js";
import { pieces } from "./spans.js";
import { setUpSiren } from "./ring.js";
import { keepAsking } from "./watch.js";
import { ago, capital, category, clock, count, messageState } from "./words.js";

const code = location.pathname.split("/").at(-1);
const home = `/api/incidents/${code}`;

const AGAIN_MS = 8_000;

let shown = "";
let standing = "";
let again = 0;

const forms = new Forms({ act });

/**
 * The list is asked often; the case, whose every look is recorded, only when something changed and
 * once more soon after, when the pages of a new round have gone out.
 */
function look({ incidents, now }) {
  const others = incidents.filter((one) => one.state === "open" && one.code !== code);
  siren.ring(others.map((one) => one.code));
  $("others").hidden = others.length === 0;
  setText($("others"), count(others.length, "other incident has nobody yet", "other incidents have nobody yet"));
  const mine = incidents.find((one) => one.code === code);
  const next = mine ? JSON.stringify(mine) : "closed";
  if (next !== standing) {
    open().then((fine) => { if (fine) standing = next; });
    clearTimeout(again);
    if (mine?.state === "open") again = setTimeout(open, AGAIN_MS);
  }
  for (const time of document.querySelectorAll("time[data-at]")) {
    setText(time, ago(now - Number(time.dataset.at)));
  }
}

async function open() {
  const answer = await ask("GET", home);
  if (answer.ok) draw(answer.value);
  else if (answer.status === 401) signInAgain();
  else if (!shown) refused(answer);
  return answer.ok || answer.status === 403 || answer.status === 404;
}

async function act(name, body = {}) {
  const answer = await ask("POST", `${home}/${name}`, body);
  if (answer.status === 401) signInAgain();
  if (answer.ok || answer.code === "changed") await open();
  return answer;
}

function refused(answer) {
  $("case").replaceChildren(el("p", { class: "notice", "data-kind": "failed", role: "alert" },
    el("strong", {}, "The case did not open."), ` ${answer.words}`));
}

function draw(one) {
  const next = JSON.stringify({ ...one, now: 0 });
  if (next === shown) return;
  const first = shown === "";
  shown = next;
  document.title = `${one.state === "open" ? "● " : ""}${one.code} · Peerline`;
  const kept = forms.draw(one);
  $("case").replaceChildren(
    top(one), kept.take, happened(one), sure(one), todo(one), talk(one), unknown(), told(one),
    notes(one, kept.note), ending(one, kept.resolve), lines(one),
  );
  forms.restore();
  if (!first) setText($("said"), standingWords(one));
}

function standingWords(one) {
  if (one.state === "open") return "Nobody has this yet";
  if (one.state === "resolved") return "Resolved";
  return one.yours ? "You have this" : `${one.holder} has this`;
}

function top(one) {
  const since = one.state === "acknowledged" ? ` since ${clock(one.acknowledged_at)}` : "";
  return el("header", { class: "case-top", "data-state": one.yours ? "mine" : one.state },
    el("p", { class: "standing" }, `${standingWords(one)}${since}`),
    el("h1", {}, capital(one.kind)),
    el("p", { class: "about" }, `${one.code} · began ${clock(one.opened_at)}, `,
      el("time", { "data-at": one.opened_at }, ago(one.now - one.opened_at)),
      one.count > 1 && ` · came up ${one.count} times`));
}

function section(name, title, ...inside) {
  return el("section", { class: name, "aria-labelledby": `h-${name}` }, el("h2", { id: `h-${name}` }, title), ...inside);
}

function marked(line) {
  if (line.text === null) return "This was deleted when its time was over.";
  return pieces(line.text, line.why).map(({ text, marked: is }) => (is ? el("mark", {}, text) : text));
}

function happened(one) {
  const found = one.lines.filter((line) => line.paged);
  if (found.length === 0) {
    return section("happened", "What happened",
      el("p", {}, `${capital(one.kind)}. No single message raised this: read the conversation below.`));
  }
  return section("happened", "What happened", el("p", {}, "A student wrote:"),
    found.slice(-3).map((line) => el("blockquote", {}, el("p", {}, marked(line)), by(line))));
}

function by(line, ...more) {
  return el("p", { class: "by" }, el("strong", {}, line.who), ` ${clock(line.at, true)} · `,
    messageState(line.state) || "delivered", ...more);
}

function sure(one) {
  const why = one.lines.filter((line) => line.paged).flatMap((line) => line.why);
  const rules = [...new Set(why.map((each) => `${category(each.category)} (${each.rule})`))];
  const words = rules.length > 0
    ? "Rules matched these words. A rule cannot know what was meant: it can be a joke, a quote or a lyric. Read the conversation, then decide. If you are not sure, treat it as real."
    : "A person asked for an adult, or nobody looked in time. Treat it as real.";
  return section("sure", "How sure is this", el("p", {}, words),
    rules.length > 0 && el("p", { class: "hint" }, `What matched: ${rules.join(", ")}`));
}

function todo(one) {
  const emergency = one.help.find((line) => /emergency/i.test(line.name)) ?? one.help.at(-1);
  const steps = [
    one.state === "open" && [el("strong", {}, "Press I’ve got this."), " Then the others are no longer paged about it."],
    ["Read what was said, and what was said before it."],
    [el("strong", {}, "If somebody may be in danger right now, call "),
      emergency ? phone(emergency) : "the emergency number", ". You do not need to be sure."],
    ["Follow your school’s safeguarding plan. Tell the safeguarding lead: they decide who finds out which student this is."],
    ["Write down what you did, below, as you do it."],
    [one.due_at && one.state === "acknowledged"
      ? `Say how it ended before ${clock(one.due_at)}. After that everybody is paged again.`
      : "Say how it ended. Without that everybody is paged again after a while."],
  ];
  return section("todo", "What to do now",
    el("ol", {}, steps.filter(Boolean).map((step) => el("li", {}, step))));
}

function talk(one) {
  if (one.lines.length === 0) return section("talk", "The conversation", el("p", {}, "There are no messages to show."));
  const state = one.room_open ? "The two students are still in this chat." : "This chat is over.";
  return section("talk", "The conversation", el("p", { class: "hint" }, state),
    el("ol", {}, one.lines.map((line) => el("li", { "data-paged": line.paged },
      by(line, line.paged && " · why you were paged"), el("p", {}, marked(line))))));
}

function unknown() {
  return section("unknown", "What is not known", el("ul", {},
    ["Who these students are. The names are made up for this chat.", "Where they are, and whether somebody is with them.",
      "What was meant. Only the words are known."].map((each) => el("li", {}, each))));
}

const REACHED = {
  pending: "about to be sent",
  "failed-for-now": "did not go through yet; being tried again",
  "failed-for-good": "cannot be reached this way",
  cancelled: "not needed any more",
};

function told(one) {
  if (one.pages.length === 0) return section("told", "Who was told", el("p", {}, "Nobody could be paged. Tell somebody yourself."));
  return section("told", "Who was told", el("ul", {}, one.pages.map((page) => el("li", {},
    el("strong", {}, page.name), `, ${page.channel}: ${REACHED[page.state] ?? page.state}`,
    page.at && ` at ${clock(page.at)}`))));
}

function notes(one, form) {
  return section("notes", "Notes", one.notes.length === 0 ? el("p", { class: "hint" }, "None yet. Notes can be added, never changed.") : "",
    el("ol", {}, one.notes.map((note) => el("li", {}, el("p", { class: "by" }, `${note.by}, ${clock(note.at)}`), el("p", {}, note.text)))), form);
}

function ending(one, form) {
  if (one.state === "resolved") return section("ending", "How it ended", el("p", {}, one.outcome, one.resolver && ` (${one.resolver}, ${clock(one.resolved_at)})`));
  return form ? section("ending", "How did it end?", form) : "";
}

function phone(line) {
  return el("a", { href: `tel:${line.number.replace(/[^\d+]/g, "")}` }, `${line.number} (${line.name})`);
}

function lines(one) {
  return section("numbers", "Numbers", el("ul", {}, one.help.map((line) => el("li", {}, phone(line), line.hours && `, ${line.hours}`))));
}

wireSignOut();
const siren = setUpSiren();
keepAsking("/api/incidents", look, siren);
