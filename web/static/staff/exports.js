// What a safeguarding lead wants as a document, a case or what one student wrote: what waits for
// whoever is signed in, and what the pages that ask for one share.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { moment } from "./reveal_words.js";

/** What is asked for, and with whose words. */
export const wanted = (one) => (one.erase ? "to be deleted; what others wrote stays" : one.incident === null ? "what one student wrote, without the other students’ words" : one.with_peer ? "with the words of both students" : "without the other student’s words");

/** How it stands, in words. */
export function standing(one) {
  if (one.state === "handed") return `${one.erase ? "Deleted" : "Handed out"} ${moment(one.handed_at)}, agreed to by ${one.answerer}`;
  if (one.state === "ended") return `Ended by ${one.answerer}`;
  if (!one.is_open) return "Nobody did it in time";
  return one.state === "agreed" ? `Agreed to by ${one.answerer}: it can be ${one.erase ? "deleted" : "saved"} until ${moment(one.expires_at)}` : "Waits for a second person";
}

/** A link that saves a document, by its id; the browser keeps it while the page is open. */
export const saving = ({ name, document: text }, id) => el("a", { class: "button", "data-kind": "main", id, download: name,
  href: URL.createObjectURL(new Blob([text], { type: "text/html" })) }, "Save it again");

const named = (one) => (one.incident === null ? `request ${one.code}` : `case ${one.incident}`);

/** Fills the list of those that wait for whoever is signed in. */
export async function showExports() {
  const answer = await ask("GET", "/api/exports");
  if (!answer.ok) return;
  const waiting = answer.value.exports;
  $("seconds").hidden = waiting.length === 0;
  $("exports").replaceChildren(...waiting.map((one) => el("li", { class: "card person" },
    el("h3", {}, one.incident === null ? `${one.erase ? "Delete what one student wrote" : "What one student wrote"}: request ${one.code}` : `Case ${one.incident}`),
    el("p", {}, one.why),
    el("p", { class: "about" }, `${one.requester}, ${moment(one.requested_at)} · ${wanted(one)} · until ${moment(one.expires_at)}`),
    el("p", { class: "both" },
      el("button", { class: "button small", type: "button", "data-kind": "main", onClick: () => answered(one, "agree") }, "I agree"),
      el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => answered(one, "end") }, "I do not agree")))));
}

async function answered(one, step) {
  const answer = await ask("POST", `/api/exports/${one.code}/${step}`, {});
  setText($("seconds-trouble"), answer.ok ? "" : answer.words);
  if (answer.ok) setText($("said"), step === "agree" ? `You agreed. ${one.requester} can ${one.erase ? "carry out" : "save"} ${named(one)} now: tell them.` : "You did not agree.");
  await showExports();
}
