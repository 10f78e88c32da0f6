// The open incidents, nobody's first.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { installWorker } from "./install.js";
import { drawPast } from "./past.js";
import { setUpSiren } from "./ring.js";
import { keepAsking } from "./watch.js";
import { ago, capital, clock, count } from "./words.js";

let drawn = "";

function draw({ incidents, now }) {
  const free = incidents.filter(({ state }) => state === "open");
  document.title = free.length > 0 ? `(${free.length}) Incidents · Peerline` : "Incidents · Peerline";
  siren.ring(free.map(({ code }) => code));
  $("empty").hidden = incidents.length > 0;
  setText($("empty"), "No incident is open. You are paged when one is; this page need not stay open.");
  const key = JSON.stringify(incidents);
  if (key === drawn) {
    for (const time of $("cases").querySelectorAll("time")) setText(time, ago(now - Number(time.dataset.at)));
    return;
  }
  drawn = key;
  drawPast();
  const focused = document.activeElement?.getAttribute("href");
  $("cases").replaceChildren(...inOrder(incidents).map((one) => line(one, now)));
  if (focused) $("cases").querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  setText($("said"), free.length > 0 ? `${count(free.length, "incident has", "incidents have")} nobody yet` : "");
}

/** Somebody hands it over to whoever looks; an offer by somebody who lost it since is void. */
const offered = (one) => one.offered_to_you && one.state !== "open";

/** As the server says, but what is offered comes first of what somebody has. */
function inOrder(incidents) {
  const rank = (one) => (one.state === "open" ? 0 : offered(one) ? 1 : 2);
  return [...incidents].sort((one, other) => rank(one) - rank(other));
}

function standing(one) {
  if (one.state === "open" && one.anew_at) return `New since ${one.holder} took it: nobody has this now`;
  if (one.state === "open") return one.drill ? "Nobody has answered it yet" : "Nobody has this yet";
  if (offered(one)) return `${one.holder} hands this over to you`;
  if (one.state === "with_student") return `${one.holder} is with the student`;
  return `${one.holder} has this since ${clock(one.acknowledged_at)}`;
}

function line(one, now) {
  const state = standing(one);
  return el("li", {}, el("a", { class: "case-link", href: `/staff/incidents/${one.code}`, "data-state": one.drill ? "drill" : offered(one) ? "offered" : one.state },
    el("span", { class: "state" }, state),
    el("strong", {}, capital(one.kind)),
    el("span", { class: "about" }, `${one.code} · `,
      el("time", { "data-at": one.opened_at }, ago(now - one.opened_at)),
      one.count > 1 && ` · came up ${one.count} times`)));
}

async function openBrought(event) {
  event.preventDefault();
  const receipt = $("receipt").value.trim();
  setText($("receipt-trouble"), receipt ? "" : "Type the letters first.");
  if (!receipt) return $("receipt").focus();
  const answer = await ask("POST", "/api/receipts", { receipt });
  if (answer.ok) return location.assign(`/staff/incidents/${answer.value.code}`);
  if (answer.status === 401) return signInAgain();
  const unknown = "No chat goes with these letters. It may be too old: words are kept for a short time only.";
  setText($("receipt-trouble"), answer.code === "not_found" ? unknown : answer.words);
}

$("brought-form").addEventListener("submit", openBrought);
wireSignOut();
installWorker();
const siren = setUpSiren();
keepAsking("/api/incidents", draw, siren);
