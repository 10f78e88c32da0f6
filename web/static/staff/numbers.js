// The numbers page: how much was said, how long people waited, how often it was right.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { DRAWING, ROOMY, longest, plot, table } from "./chart.js";
import { $, el, setText } from "./dom.js";
import { capital, outcome } from "./words.js";

const number = (value) => Math.round(value * 10) / 10 === Math.round(value) ? Math.round(value).toLocaleString("en-GB") : value.toLocaleString("en-GB", { maximumFractionDigits: 1 });
const day = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const sum = (days, name) => days.reduce((total, one) => total + one[name], 0);
const share = (part, whole) => (whole === 0 ? null : (100 * part) / whole);
const percent = (value) => (value === null ? "–" : `${number(value)} %`);
const whole = () => 100;
const LEGS = {
  decided: "Decided by the rules", paged: "First page sent", seen: "Case opened", acknowledged: "“I’ve got this”",
  with_student: "With the student", outcome: "Outcome written",
};

/** Milliseconds in words short enough for a table. */
export function took(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms === 0) return "0";
  if (ms < 1000) return `${number(ms)} ms`;
  if (ms < 120_000) return `${number(ms / 1000)} s`;
  if (ms < 7_200_000) return `${number(ms / 60_000)} min`;
  return `${number(ms / 3_600_000)} h`;
}

function glance({ days, legs }) {
  const decided = sum(days, "decided");
  const seen = legs.find(({ name }) => name === "acknowledged");
  const facts = [
    ["Messages", number(sum(days, "messages"))],
    ["Waited for a moderator", number(sum(days, "items"))],
    ["Marked as false alarms", percent(share(sum(days, "false_alarms"), decided))],
    ["Incidents", number(sum(days, "incidents"))],
    ["Incidents that ended without danger", percent(share(sum(days, "no_danger"), sum(days, "incidents_ended")))],
    ["Second looks agree", percent(share(sum(days, "agreed"), sum(days, "reviewed")))],
    ["Felt better after a chat", percent(share(sum(days, "felt_better"), sum(days, "answered")))],
    ["Word to “I’ve got this”, half within", took(seen?.p50)],
  ];
  return el("dl", { class: "glance" }, facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

/**
 * Neighbouring days added up, seven to a week, when there are more than a month of them: of the few
 * things that happen on one day a share says nothing. Percentiles cannot be added up and stay out.
 */
export function weekly(days) {
  if (days.length <= 31) return days;
  const weeks = [];
  for (let end = days.length; end > 0; end -= 7) weeks.unshift(days.slice(Math.max(0, end - 7), end));
  const names = Object.keys(days[0]).filter((name) => name !== "at" && !/_p\d+$/.test(name));
  return weeks.map((week) => Object.fromEntries([["at", week[0].at], ...names.map((name) => [name, sum(week, name)])]));
}

function plots({ days }) {
  const weeks = weekly(days);
  const labels = days.map(({ at }) => day(at));
  const of = weeks === days ? {} : { each: "Week from" };
  const said = (words) => (weeks === days ? words : `${words} Each point is a week.`);
  const rare = { labels: weeks.map(({ at }) => day(at)), ...of };
  const values = (name) => days.map((one) => one[name]);
  const counts = (name) => weeks.map((one) => one[name]);
  const shares = (part, whole) => weeks.map((one) => share(one[part], one[whole]));
  return [
    plot({ id: "talk", title: "Messages", words: "Of those, how many a moderator was asked about and how many paged an adult.", labels, unit: number,
      series: [{ name: "All messages", values: values("messages") }, { name: "Paged", values: values("paged") }, { name: "Queued", values: values("queued") }] }),
    plot({ id: "waits", title: "Waiting for a first look", words: "From the message until a moderator opened it.", labels, unit: took, top: longest,
      series: [{ name: "Half within", values: values("look_p50") }, { name: "19 of 20 within", values: values("look_p95") }] }),
    plot({ id: "decisions", title: "Decisions", words: "How long until a decision, for half of what waited.", labels, unit: took, top: longest,
      series: [{ name: "Half decided within", values: values("decide_p50") }] }),
    plot({ id: "pages", title: "Incidents", words: said("Drills are not counted."), ...rare, unit: number,
      series: [{ name: "Incidents", values: counts("incidents") }, { name: "Nobody was in danger", values: counts("no_danger") }] }),
    plot({ id: "right", title: "How often it was right", words: said("False alarms are those moderators marked; agreement is of second looks at what was decided before."), ...rare, unit: percent, top: whole,
      series: [{ name: "False alarms among what was decided", values: shares("false_alarms", "decided") }, { name: "Second looks that agree", values: shares("agreed", "reviewed") }] }),
    plot({ id: "after", title: "After a chat", words: said("What students answered when a chat was over. Nobody has to."), ...rare, unit: percent, top: whole,
      series: [{ name: "Felt better", values: shares("felt_better", "answered") }, { name: "Felt worse", values: shares("felt_worse", "answered") }, { name: "Were listened to", values: shares("heard", "answered") }] }),
  ];
}

function outcomes(found) {
  const rows = Object.entries(found).map(([name, count]) => [capital(outcome(name)), number(count)]);
  return el("section", { class: "card", id: "outcomes" }, el("h2", {}, "What moderators decided"),
    rows.length > 0 ? table("What moderators decided", ["Decision", "How often"], rows) : el("p", { class: "empty" }, "Nothing was decided in this period."));
}

function way(legs) {
  const rows = legs.map(({ name, count, p50, p95 }) => [LEGS[name], number(count), took(p50), took(p95)]);
  return el("section", { class: "card", id: "way" }, el("h2", {}, "From word to adult"),
    el("p", { class: "hint" }, "One clock, from the moment the words arrived."),
    table("From word to adult", ["Until", "Incidents", "Half within", "19 of 20 within"], rows));
}

let shown = null;

async function load() {
  const days = $("days").value;
  $("csv").href = `/api/numbers.csv?days=${days}`;
  const answer = await ask("GET", `/api/numbers?days=${days}`, undefined, 60_000);
  if (answer.status === 401) return signInAgain();
  $("empty").hidden = answer.ok;
  if (!answer.ok) {
    setText($("empty"), answer.words);
    return;
  }
  shown = answer.value;
  $("figures").replaceChildren(glance(shown), ...plots(shown), outcomes(shown.outcomes), way(shown.legs));
  setText($("said"), `Figures of the last ${days} days.`);
}

/** The window is another now: drawings alone are made anew, so that a table that was opened stays so. */
function redraw() {
  if (!shown) return;
  for (const one of plots(shown)) $(one.id).querySelector(DRAWING).replaceWith(one.querySelector(DRAWING));
}

if (globalThis.document) {
  matchMedia(ROOMY).addEventListener("change", redraw);
  $("days").addEventListener("change", load);
  $("period").addEventListener("submit", (event) => event.preventDefault());
  wireSignOut();
  load();
}
