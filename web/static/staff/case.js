// One incident, for one thumb in bad light: what happened, how sure, what to do now.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { Chat } from "./case_chat.js";
import { Exporting } from "./case_export.js";
import { Forms } from "./case_forms.js";
import { Outcome } from "./case_outcome.js";
import { Preserving } from "./case_preserve.js";
import { RevealAsking } from "./case_reveal.js";
import { drill, ending, happened, lines, met, notes, standingWords, sure, talk, timeline, todo, top, unknown } from "./case_view.js";
import { $, el, setText } from "./dom.js";
import { Draft } from "./draft.js";
import { setUpSiren } from "./ring.js";
import { keepAsking } from "./watch.js";
import { ago, count } from "./words.js";

const code = location.pathname.split("/").at(-1);
const home = `/api/incidents/${code}`;

const AGAIN_MS = 8_000;

let shown = "";
let standing = "";
let again = 0;

const forms = new Forms({ act, draft: new Draft(sessionStorage, code, document.querySelector(".who").dataset.login) });
const outcome = new Outcome({ act, ended: toTop });
const preserving = new Preserving({ act });
const reveal = new RevealAsking(home);
const exporting = new Exporting(home);
const chat = new Chat({
  post,
  read: (readTo) => ask("GET", `${home}/chat?read_to=${readTo}`),
  lastly: (name) => navigator.sendBeacon(`${home}/${name}`, new Blob(["{}"], { type: "application/json" })),
});

/**
 * The list is asked often; the case, whose every look is recorded, only when something changed and
 * once more soon after, when the pages of a new round have gone out.
 */
function look({ incidents, now }) {
  const others = incidents.filter((one) => one.state === "open" && one.code !== code);
  siren.ring(incidents.filter((one) => others.includes(one) || (one.state === "open" && one.anew_at)).map((one) => one.code));
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

async function post(name, body = {}) {
  const answer = await ask("POST", `${home}/${name}`, body);
  if (answer.status === 401) signInAgain();
  return answer;
}

async function act(name, body = {}) {
  const answer = await post(name, body);
  if (answer.ok || answer.code === "changed") await open();
  return answer;
}

/** The record stands at the top of the page: whoever wrote it sees that it is there. */
function toTop() {
  scrollTo(0, 0);
  $("case").querySelector("h1").focus();
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
  $("case").replaceChildren(...(one.drill ? drilled(one, kept) : disclosed(one, kept)));
  forms.restore();
  if (!first) setText($("said"), standingWords(one));
  else $(location.hash.slice(1))?.scrollIntoView(); // there was nothing to go to before
}

function disclosed(one, kept) {
  const over = one.state === "resolved";
  const end = ending(one, one.may_resolve ? outcome.draw(one) : null);
  return [
    top(one), kept.bar, over ? end : "", happened(one), met(one), sure(one), kept.aside, over ? "" : todo(one), kept.over, chat.draw(one),
    talk(one), unknown(one), reveal.draw(), timeline(one), notes(one, kept.note), over ? "" : end, preserving.draw(one), exporting.draw(one), lines(one),
  ];
}

/** A drill asks for one tap and nothing else. */
const drilled = (one, kept) => [top(one), kept.bar, drill(one), talk(one), timeline(one)];

wireSignOut();
const siren = setUpSiren();
keepAsking("/api/incidents", look, siren);
