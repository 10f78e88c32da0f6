// One's own open sessions on the account page. When, never where: no device or address is kept.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { forgetDrafts } from "./draft.js";

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

async function everywhere(trouble) {
  const answer = await ask("POST", "/api/account/sign-out-everywhere");
  if (!answer.ok) return setText($(trouble), answer.words);
  forgetDrafts(sessionStorage);
  return location.replace("/staff/sign-in");
}

/** A sign-in with a new browser, which whoever was known before answers for. */
export function askAboutBrowser() {
  const at = Number($("browser").dataset.at);
  setText($("browser-when"), `on ${when(at)}`);
  $("browser-not").addEventListener("click", () => everywhere("browser-trouble"));
  $("browser-mine").addEventListener("click", async () => {
    const answer = await ask("POST", "/api/account/browser", { at });
    if (!answer.ok) return setText($("browser-trouble"), answer.words);
    $("browser").remove();
    setText($("said"), "Noted: it was you.");
    return $("main").focus();
  });
}

$("everywhere").addEventListener("click", () => everywhere("sessions-trouble"));
