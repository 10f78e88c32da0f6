// The page between the password and the rest.

import { ask, signInAgain } from "./api.js";
import { $, setText } from "./dom.js";
import { enrol, showRecovery } from "./enrol.js";
import { proof } from "./proof.js";

const next = new URLSearchParams(location.search).get("next") ?? "";

async function begin() {
  const answer = await ask("GET", "/api/second-step");
  if (answer.status === 401) return signInAgain();
  if (!answer.ok) return setText($("about"), answer.words);
  const has = answer.value;
  if (has.may_enrol && (!has.proved || (has.keyed && has.passkeys.length === 0))) {
    setText($("about"), has.keyed
      ? "Your role reaches further than most, so it needs a passkey. Set one up once; it takes a minute."
      : "Your password alone is not enough here: a student’s words are behind it. Set up a second step once; it takes a minute.");
    enrol($("step"), next, enrolled, { keyed: has.keyed });
  } else {
    setText($("about"), "Show your second step.");
    $("step").replaceChildren(proof(has, next, (value) => location.replace(value.next)));
    $("step").querySelector("#proof-key, #proof-code")?.focus();
  }
  return undefined;
}

function enrolled(value) {
  setText($("about"), "");
  if (value.recovery.length > 0) showRecovery($("step"), value.recovery, () => location.replace(value.next));
  else location.replace(value.next);
}

begin();
