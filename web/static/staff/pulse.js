// The pulse of paging on every page of staff: how old its last sign of life is, a red bar with a
// sound when paging is broken, and the outside line when nobody here has answered. A page that
// nobody touches stops asking, so that its session can end, unless its siren keeps watch.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { Sound } from "./sound.js";
import { named } from "./words.js";

const EVERY_MS = 10_000;
const SILENT_MS = 60_000;
const ALONE_MS = 10 * 60_000;

const sound = new Sound();
let beat = null;
let touched = Date.now();
let asleep = false;
let latest = { troubles: [], unanswered: [] };
let shown = "";
let siren = { stays: () => false, broken() {} };

/** Joins the siren of a page: `stays()` says whether it keeps watch, `broken(is)` hears whether paging is. */
export function joinSiren(joined) {
  siren = joined;
}

async function look() {
  asleep = !siren.stays() && (document.hidden || Date.now() - touched > ALONE_MS);
  if (asleep) return;
  const answer = await ask("GET", "/api/pulse");
  if (!answer.ok) return;
  latest = answer.value;
  if (latest.heard_ms !== null) beat = Date.now() - latest.heard_ms;
  tick();
}

function tick() {
  if (asleep) {
    setText($("heartbeat"), "Paging: this page rests, because nobody touched it. Touch it, and it looks again.");
    return;
  }
  const age = beat === null ? null : Date.now() - beat;
  const old = age !== null && age > SILENT_MS;
  setText($("heartbeat"), age === null ? "Paging: no heartbeat yet" : `Paging: last heartbeat ${Math.max(0, Math.round(age / 1000))} s ago`);
  $("heartbeat").toggleAttribute("data-old", old);
  tell(old);
}

function tell(old) {
  const { troubles, unanswered, outside_name: name, outside_number: number } = latest;
  const lines = [...troubles];
  if (old && lines.length === 0) lines.push("Paging has given no sign of life for more than a minute.");
  siren.broken(lines.length > 0);
  if (unanswered.length > 0) lines.push(`Nobody has answered ${named(unanswered)}. Phone somebody now.`);
  const call = lines.length > 0 && number ? `${name || "Outside line"}: ${number}` : "";
  const next = [...lines, call].join("\n");
  if (next === shown) return;
  shown = next;
  $("pulse").hidden = lines.length === 0;
  if (lines.length > 0) sound.ring();
  $("pulse").replaceChildren(...lines.map((line) => el("p", {}, line)),
    ...(call ? [el("p", {}, el("a", { href: `tel:${number.replace(/[^\d+]/g, "")}` }, call))] : []));
}

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    touched = Date.now();
    sound.wake();
    if (asleep) look();
  }, { passive: true, capture: true });
}
document.addEventListener("visibilitychange", look);
setInterval(look, EVERY_MS);
setInterval(tick, 1000);
look();
