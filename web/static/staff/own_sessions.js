// One's own open sessions on the account page. When, never where: no device or address is kept.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";

const when = (at) => new Date(at).toLocaleString("en-GB", { weekday: "long", hour: "2-digit", minute: "2-digit" });

/** Fills the list, and makes the button work that ends all of them. */
export async function showSessions() {
  const answer = await ask("GET", "/api/account/sessions");
  if (!answer.ok) return setText($("sessions-trouble"), answer.words);
  $("sessions").replaceChildren(...answer.value.sessions.map((one) => el("li", {},
    one.this ? el("strong", {}, "Here") : "Somewhere else",
    el("span", { class: "about" }, ` since ${when(one.started_at)}, last used ${when(one.seen_at)}`))));
  return undefined;
}

$("everywhere").addEventListener("click", async () => {
  const answer = await ask("POST", "/api/account/sign-out-everywhere");
  if (answer.ok) location.replace("/staff/sign-in");
  else setText($("sessions-trouble"), answer.words);
});
