// One's own second factors on the account page: which there are, one more, one less.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { enrol, showRecovery } from "./enrol.js";
import { proveAgain } from "./prove.js";

/** Fills the part of the page about the second step. */
export async function showFactors() {
  const answer = await ask("GET", "/api/second-step");
  if (!answer.ok) return setText($("factors-trouble"), answer.words);
  const { passkeys, code, code_counts: counts, recovery_left: left } = answer.value;
  const mine = passkeys.map((key) => [key.name, { passkey: key.id }]);
  if (code) mine.push([`An app that shows codes${counts ? "" : " (your role needs a passkey)"}`, {}]);
  $("factors").replaceChildren(...mine.map(([name, which]) => el("li", { class: "change" },
    el("span", {}, name),
    mine.length > 1 && el("button", { class: "button small", type: "button", "data-kind": "quiet", "aria-label": `Remove: ${name}`, onClick: () => drop(which) }, "Remove"))));
  setText($("recovery-left"), mine.length > 0 ? `Recovery codes left: ${left}` : "None yet. This made-up school lets you in without one; a real school does not.");
  setText($("add-factor"), mine.length > 0 ? "Add another one" : "Set one up");
  $("new-recovery").hidden = mine.length === 0;
  return undefined;
}

async function drop(which) {
  const answer = await ask("POST", "/api/factors/drop", which);
  setText($("factors-trouble"), answer.ok ? "" : answer.words);
  await showFactors();
}

/** What this person has, once they have just shown some of it; null when they would not. */
async function fresh() {
  const { ok, value } = await ask("GET", "/api/second-step");
  return ok && (value.may_enrol || (await proveAgain())) ? value : null;
}

async function done(value) {
  $("step").replaceChildren();
  if (value.recovery.length > 0) showRecovery($("step"), value.recovery, () => $("step").replaceChildren());
  await showFactors();
}

$("add-factor").addEventListener("click", async () => {
  const has = await fresh();
  if (has) enrol($("step"), "", done, has);
});
$("new-recovery").addEventListener("click", async () => {
  const answer = await ask("POST", "/api/factors/recovery", {});
  setText($("factors-trouble"), answer.ok ? "" : answer.words);
  if (answer.ok) await done(answer.value);
});
