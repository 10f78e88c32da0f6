// What became of drills: whether students may come, and how long each took to reach a person.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { keepAsking } from "./watch.js";
import { age, ago } from "./words.js";

const FAILED = {
  unanswered: "Nobody answered within an hour",
  not_paged: "The rules paged nobody for its words, or could not judge them",
};

let drawn = "";

function draw(value) {
  const next = JSON.stringify({ ...value, now: 0 });
  if (next === drawn) return;
  drawn = next;
  drawVerdict(value);
  drawBegin(value);
  $("drills").replaceChildren(...value.drills.map((one) => line(one, value)));
  $("empty").hidden = value.drills.length > 0;
}

function drawVerdict({ at, needed, stands, drills }) {
  const words = verdict(at, needed, stands, drills[0]);
  $("verdict").hidden = false;
  const good = (at || drills.length > 0) && !drills[0]?.going_on ? "ok" : "none";
  $("verdict").dataset.state = stands && !drills[0]?.failed ? good : "red";
  setText($("verdict"), words);
}

function verdict(at, needed, stands, last) {
  const begins = at ? `A drill begins at ${at} every morning.` : "No drill is planned. An administrator sets the hour in the settings (drills.at).";
  if (!stands) return `${last?.going_on ? "A drill waits for an answer." : "The last drill was not answered."} Students cannot chat until a person answers one.`;
  if (last?.failed) return `The last drill failed. ${begins}`;
  if (last?.going_on) return `A drill waits for an answer. ${begins}`;
  return `${last?.answered_at ? "The last drill was answered." : ""} ${begins}${at && needed ? " Until a person answers it, students cannot chat." : ""}`.trim();
}

function drawBegin({ may_begin: may, drills }) {
  if (!may || drills[0]?.going_on) {
    $("begin").replaceChildren();
    return;
  }
  const trouble = el("p", { class: "trouble", role: "alert" });
  const button = el("button", { class: "button", type: "button", id: "hold", "data-kind": "quiet", onClick: async () => {
    button.setAttribute("aria-disabled", "true");
    const answer = await ask("POST", "/api/drills", {});
    if (answer.status === 401) signInAgain();
    button.removeAttribute("aria-disabled");
    trouble.textContent = answer.ok ? "" : answer.words;
    if (answer.ok) setText($("said"), "The drill has begun.");
    look();
  } }, "Hold a drill now");
  $("begin").replaceChildren(button, el("p", { class: "hint" }, "Whoever is on call is paged, with the words “a drill, nobody is in danger”."), trouble);
}

function line(one, { now, may_answer: may }) {
  const state = one.failed ? "failed" : one.going_on ? "on" : "answered";
  return el("li", { "data-state": state },
    el("h2", {}, new Date(`${one.day}T12:00`).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" })),
    el("p", { class: "outcome" }, FAILED[one.failed] ?? (one.going_on
      ? `Began ${ago(now - one.began_at)}; nobody has answered yet`
      : `${one.by ?? "Somebody"} answered after ${age(one.answered_at - one.began_at)}`)),
    el("p", { class: "about" }, way(one)),
    one.going_on && may && el("a", { class: "button", href: `/staff/incidents/${one.code}`, "data-kind": "main" }, "Answer it"));
}

function way(one) {
  const parts = [
    one.paged_at && `first page after ${age(one.paged_at - one.began_at)}`,
    one.seen_at && `opened after ${age(one.seen_at - one.began_at)}`,
    one.code && !one.paged_at && "no page went out",
  ];
  return [one.code, ...parts].filter(Boolean).join(" · ");
}

wireSignOut();
const look = keepAsking("/api/drills", draw);
