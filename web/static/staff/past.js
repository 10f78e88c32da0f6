// Incidents that are over: found again, and looked at again on the day somebody wrote down.

import { ask } from "./api.js";
import { $, el } from "./dom.js";
import { calendarDay, capital, date } from "./words.js";

/** What is still to be done about a closed incident on that day (`2026-03-04`), or "". Pure. */
export function toLookAgain({ look_again: day }, today) {
  if (!day) return "";
  if (day === today) return "Look again today";
  const words = date(Date.parse(`${day}T12:00`));
  return day < today ? `Was to be looked at again on ${words}` : `Look again on ${words}`;
}

/** Those whose day has come first, then as the server says. Pure. */
export function inOrder(past, today) {
  const due = (one) => Boolean(one.look_again && one.look_again <= today);
  return [...past].sort((one, other) => due(other) - due(one));
}

function line(one, today) {
  const again = toLookAgain(one, today);
  return el("li", {}, el("a", { class: "case-link", href: `/staff/incidents/${one.code}`, "data-state": again && one.look_again <= today ? "due" : "past" },
    again && el("span", { class: "state" }, again),
    one.preserved && el("span", { class: "state" }, "Preserved"),
    el("strong", {}, capital(one.kind)),
    el("span", { class: "about" }, [one.outcome, one.resolver, `${one.code}, closed ${date(one.resolved_at)}`].filter(Boolean).join(" · "))));
}

/** Asks for them anew; the list stays away while there are none. */
export async function drawPast() {
  const answer = await ask("GET", "/api/past-incidents");
  if (!answer.ok) return;
  const today = calendarDay(new Date());
  $("past").hidden = answer.value.past.length === 0;
  $("past-cases").replaceChildren(...inOrder(answer.value.past, today).map((one) => line(one, today)));
}
