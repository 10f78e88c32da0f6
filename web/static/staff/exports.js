// Cases that a safeguarding lead wants as a document, and that wait for whoever is signed in.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { moment } from "./reveal_words.js";

/** What is asked for, and with whose words. */
export const wanted = (one) => (one.with_peer ? "with the words of both students" : "without the other student’s words");

/** Fills the list of those that wait for whoever is signed in. */
export async function showExports() {
  const answer = await ask("GET", "/api/exports");
  if (!answer.ok) return;
  const waiting = answer.value.exports;
  $("seconds").hidden = waiting.length === 0;
  $("exports").replaceChildren(...waiting.map((one) => el("li", { class: "card person" },
    el("h3", {}, `Case ${one.incident}`),
    el("p", {}, one.why),
    el("p", { class: "about" }, `${one.requester}, ${moment(one.requested_at)} · ${wanted(one)} · until ${moment(one.expires_at)}`),
    el("p", { class: "both" },
      el("button", { class: "button small", type: "button", "data-kind": "main", onClick: () => answered(one, "agree") }, "I agree"),
      el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => answered(one, "end") }, "I do not agree")))));
}

async function answered(one, step) {
  const answer = await ask("POST", `/api/exports/${one.code}/${step}`, {});
  setText($("seconds-trouble"), answer.ok ? "" : answer.words);
  if (answer.ok) setText($("said"), step === "agree" ? `You agreed. ${one.requester} can save case ${one.incident} now: tell them.` : "You did not agree.");
  await showExports();
}
