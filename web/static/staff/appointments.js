// Invitations that wait for somebody of the rank of whoever is signed in to agree to them.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";

/** Fills the list of appointments that wait for whoever is signed in. */
export async function showAppointments() {
  const answer = await ask("GET", "/api/appointments");
  if (!answer.ok) return;
  const waiting = answer.value.appointments;
  $("appoint").hidden = waiting.length === 0;
  $("appointments").replaceChildren(...waiting.map((one) => el("li", { class: "card person" },
    el("h3", {}, one.name),
    el("p", { class: "about" }, `to be ${one.role} · still to agree: ${one.waits_for.join(", ")}`),
    el("button", { class: "button small", type: "button", "data-kind": "main", onClick: () => agree(one) }, "I agree"))));
}

async function agree(one) {
  const answer = await ask("POST", "/api/appointments/agree", { invitation: one.id });
  setText($("appoint-trouble"), answer.ok ? "" : answer.words);
  if (!answer.ok) return;
  setText($("said"), `You agreed to ${one.name} as ${one.role}.`);
  await showAppointments();
}
