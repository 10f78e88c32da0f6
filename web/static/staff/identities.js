// Who holds a key, one's own key, practice, and every time an identity was asked for.

import { ask, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { drawOwnKey } from "./own_key.js";
import { giving } from "./give_half.js";
import { moment, standing, wanted } from "./reveal_words.js";
import { keepAsking } from "./watch.js";
import { capital, count } from "./words.js";

const drawn = new Map();

/** Draws a part anew only when what it shows has changed, so that nothing typed is lost. */
function part(id, shows, children) {
  const next = JSON.stringify(shows);
  if (drawn.get(id) === next) return;
  drawn.set(id, next);
  $(id).replaceChildren(...children());
}

function heard(value) {
  const { reveals, custodians, now } = value;
  const waiting = reveals.filter((one) => wanted(one, now));
  $("now").hidden = waiting.length === 0;
  part("waiting", waiting.map((one) => [one.code, wanted(one, now)]), () => waiting.map((one) => line(one, wanted(one, now))));
  setText($("enrolled"), value.enrolled === 0
    ? "No identity is enrolled yet. First everybody makes a key; then a safeguarding lead enrols the pupils."
    : `${count(value.enrolled, "identity is", "identities are")} sealed.${value.safe ? " One person can open one alone with the key in the school’s safe; everybody is told." : ""}`);
  const mine = custodians.find((one) => one.mine);
  if (!$("custodians").querySelector("details[open]")) {
    part("custodians", [custodians, value.enrolled], () => custodians.map((one) => custodian(one, value.enrolled, mine)));
  }
  $("empty").hidden = reveals.length > 0;
  part("log", reveals.map((one) => ({ ...one, steps: 0 })), () => reveals.map((one) => line(one, "")));
  if ($("own-key")) drawOwnKey(value, look);
}

function line(one, todo) {
  return el("li", {}, el("a", { class: "case-link", href: `/staff/identities/${one.code}`, "data-state": todo ? "open" : one.state },
    todo && el("span", { class: "state" }, todo),
    el("strong", {}, capital(one.reason)),
    el("span", { class: "about" }, `${standing(one)} · ${one.code} · ${one.requester}, ${moment(one.requested_at)}`)));
}

function custodian(one, enrolled, mine) {
  const able = one.print && one.opens === enrolled;
  return el("li", { class: "card person", "data-able": Boolean(able) },
    el("h3", {}, one.name, one.mine && " (you)"),
    el("p", { class: "about" }, one.role, one.print
      ? `, key of ${moment(one.made_at)}${enrolled === 0 ? "" : `: opens its half of ${one.opens} of ${count(enrolled, "identity", "identities")}`}`
      : ": has no key yet"),
    one.print && el("p", { class: "print" }, one.print),
    mine?.print && one.print && one.half === mine.half && one.opens < mine.opens && giving(one, look));
}

$("practise")?.addEventListener("click", async () => {
  const answer = await ask("POST", "/api/identities/practise", {});
  setText($("practice-trouble"), answer.ok ? "" : answer.words);
  if (answer.ok) location.assign(`/staff/identities/${answer.value.code}`);
});

wireSignOut();
const look = keepAsking("/api/identities", heard);
