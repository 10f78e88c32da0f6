// The rota of the next fourteen days: bars by day, red where too few adults can be reached, who
// would be told when, and the forms that change it.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { RotaForms } from "./rota_forms.js";
import { count } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
let found = null;
let names = {};

const forms = new RotaForms({ save, names: () => names });

async function load() {
  const answer = await ask("GET", "/api/rota");
  if (answer.status === 401) signInAgain();
  if (!answer.ok) {
    $("fresh").dataset.state = "lost";
    setText($("fresh"), `${answer.words} Load the page again.`);
    return;
  }
  $("fresh").hidden = true;
  draw(answer.value);
}

function draw(value) {
  found = value;
  names = Object.fromEntries(value.adults.map((one) => [one.id, one.name]));
  for (const id of ["summary", "people", "preview"]) $(id).hidden = false;
  drawShift();
  drawVerdict();
  $("calendar").replaceChildren(el("p", { class: "hours", "aria-hidden": "true" }, ["0", "6", "12", "18", "24"].map((hour) => el("span", {}, hour))), el("ol", { class: "days" }, value.days.slice(0, -1).map(day)));
  $("adults").replaceChildren(...value.adults.map(adult));
  if (value.adults.length === 0) $("adults").replaceChildren(el("li", {}, "No adult may take a case yet. An administrator invites them."));
  $("change").hidden = !value.may_change;
  if (value.may_change) $("forms").replaceChildren(forms.draw(value));
  if (!$("at").value) {
    $("at").value = local(value.now);
    preview();
  }
}

function drawShift() {
  if (found.yours === null) {
    $("shift").replaceChildren();
    return;
  }
  const button = el("button", { class: "button", type: "button", id: "accept", "data-kind": "main", onClick: () => accept(button) }, "I accept my shift");
  $("shift").replaceChildren(el("p", {}, el("strong", {}, "Your shift has begun. "),
    "Until you accept it, those of the shift before are paged too."), button);
}

async function accept(button) {
  button.setAttribute("aria-disabled", "true");
  const answer = await ask("POST", "/api/shift/accept", {});
  if (answer.ok) {
    setText($("said"), "Your shift is accepted.");
    await load();
  } else {
    button.removeAttribute("aria-disabled");
    setText($("said"), answer.words);
  }
}

function drawVerdict() {
  const { red, needed } = found;
  $("verdict").dataset.state = red.length > 0 ? "red" : "ok";
  setText($("verdict"), red.length === 0
    ? `In every minute at least ${count(needed, "adult", "adults")} on call can be reached.`
    : `${red.length === 1 ? "One time is" : `${red.length} times are`} red: fewer than ${count(needed, "adult", "adults")} on call can be reached. Students cannot chat in a red minute. The first: ${spell(red[0])}.`);
}

const people = (turn) => turn.people.map((who) => names[who] ?? "somebody who left").join(", ") || "nobody";

function spell(turn) {
  return `${when(turn.start)} to ${when(turn.end)}, ${people(turn)} on call`;
}

function format(at, options) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: found.rota.zone, ...options }).format(at);
}

const when = (at) => format(at, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const time = (at) => format(at, { hour: "2-digit", minute: "2-digit" });

/** That moment as the school's clocks show it, the way a field for date and time wants it. */
function local(at) {
  return format(at, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" })
    .replace(/(\d+)\/(\d+)\/(\d+), (.*)/, "$3-$2-$1T$4");
}

/** The moment a time of the school's clocks means: found by asking what the clocks show then. */
function moment(text) {
  const wanted = Date.parse(`${text}Z`);
  const shown = Date.parse(`${local(wanted)}Z`);
  return wanted - (shown - wanted);
}

const isRed = (turn) => found.red.some((red) => red.start < turn.end && red.end > turn.start);

function day(start, n) {
  const end = found.days[n + 1];
  const mine = found.turns.filter((turn) => turn.start < end && turn.end > start)
    .map((turn) => ({ ...turn, from: Math.max(turn.start, start), to: Math.min(turn.end, end) }));
  const red = mine.filter(isRed);
  const name = format(start, { weekday: "short", day: "numeric", month: "short" });
  return el("li", { class: "day", "data-red": red.length > 0 },
    el("span", {}, name), bar(mine, start, end, `${name}: ${red.length === 0 ? "enough adults all day" : "not enough adults at some times"}`),
    el("details", {}, el("summary", {}, red.length === 0 ? "Who" : "Who, and when it is red"),
      el("ul", {}, mine.map((turn) => el("li", { "data-red": isRed(turn) },
        `${time(turn.from)} to ${turn.to === end ? "midnight" : time(turn.to)}: ${people(turn)}${isRed(turn) ? " (red)" : ""}`)))));
}

function drawn(name, given) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  return made;
}

/** One day from midnight to midnight. Red is also hatched, for eyes that do not see red. */
function bar(mine, start, end, label) {
  const svg = drawn("svg", { class: "bar", viewBox: "0 0 240 10", preserveAspectRatio: "none", role: "img", "aria-label": label });
  const at = (ms) => ((ms - start) / (end - start)) * 240;
  for (const turn of mine) {
    const [x, width] = [at(turn.from), at(turn.to) - at(turn.from)];
    svg.append(drawn("rect", { class: isRed(turn) ? "red" : "ok", x, width, y: 0, height: 10 }));
    if (isRed(turn)) {
      for (let line = x + 3; line < x + width; line += 6) svg.append(drawn("line", { class: "hatch", x1: line, x2: line - 2, y1: 0, y2: 10 }));
    }
  }
  return svg;
}

const WAYS = [
  "not reachable, not counted. They have to answer a test page.",
  "can be reached one way only. If that fails, nobody hears: a second should be added and tested.",
];

function adult(one) {
  return el("li", { "data-off": one.ways === 0 }, el("strong", {}, one.name), `, ${one.role.toLowerCase()}: `,
    WAYS[one.ways] ?? `can be reached ${one.ways} ways`);
}

async function preview() {
  const at = moment($("at").value);
  const answer = await ask("GET", `/api/rota/preview?at=${at}`);
  if (!answer.ok) {
    setText($("said"), answer.words);
    return;
  }
  const rows = answer.value.told.map((page) => el("tr", {},
    el("td", {}, after(page.after)), el("td", {}, String(page.step + 1)), el("td", {}, page.name),
    el("td", {}, `${page.channel}${page.proven ? "" : " (not proven)"}`)));
  $("told").tBodies[0].replaceChildren(...(rows.length > 0 ? rows
    : [el("tr", {}, el("td", { colspan: "4" }, "Nobody: no adult has a way to be reached. Moderators would see the outside line."))]));
}

function after(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds === 0) return "at once";
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
}

async function save(rota) {
  const answer = await ask("POST", "/api/rota", { version: found.version, rota });
  if (answer.ok) {
    setText($("said"), "Saved.");
    await load();
    await preview();
  }
  return answer;
}

wireSignOut();
$("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  preview();
});
load();
