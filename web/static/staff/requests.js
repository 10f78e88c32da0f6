// What one student wrote: asked for with a reason, and saved once, or deleted, after a senior leader agreed.

import { ask, wireSignOut } from "./api.js";
import { busy, failure } from "./case_forms.js";
import { $, el, setText } from "./dom.js";
import { saving, standing } from "./exports.js";
import { moment } from "./reveal_words.js";

const AGAIN_MS = 5_000;
const WRONG = {
  why: "Say in a few words what it is needed for: it is part of the record.",
  whose: "Nobody here is known by that. Check it against the roster of this term, or the code of the case and the name in it.",
};
let drawn = "";
let again = 0;

async function look() {
  clearTimeout(again);
  const answer = await ask("GET", "/api/requests");
  const found = answer.ok ? answer.value.exports : [];
  if (!answer.ok || found.some((one) => one.is_open)) again = setTimeout(look, AGAIN_MS);
  setText($("none"), !answer.ok ? answer.words : found.length === 0 ? "Nothing yet." : "");
  if (!answer.ok || JSON.stringify(found) === drawn) return;
  drawn = JSON.stringify(found);
  $("requests").replaceChildren(...found.map((one) => el("li", { class: "card person" },
    el("h3", {}, `${one.code}, ${one.erase ? "to delete it" : "to see it"}: ${standing(one)}`),
    one.why && el("p", {}, one.why),
    one.mine && one.is_open && one.state === "asked" && el("p", {}, "Tell a senior leader that it waits for them: nobody is paged."),
    el("p", { class: "about" }, `${one.requester}, ${moment(one.requested_at)}`),
    one.steps.length > 0 && el("p", { class: "both" },
      one.erase ? step(one, "hand", "Delete it for good", "danger", deleted, "erase") : step(one, "hand", "Save the document", "main", save),
      step(one, "agree", "I agree", "main"),
      step(one, "end", one.mine ? "Take it back" : "I do not agree", "quiet")))));
}

/** A button, for whoever can take that step now; `way` is the part of its address. */
function step(one, name, label, kind, done = () => {}, way = name) {
  return one.steps.includes(name) && el("button", { class: "button small", type: "button", "data-kind": kind, "data-step": name,
    onClick: async (event) => {
      const button = event.currentTarget;
      if (button.hasAttribute("data-busy")) return;
      busy(button, true);
      const answer = await ask("POST", `/api/exports/${one.code}/${way}`, {});
      busy(button, false, label);
      setText($("requests-trouble"), answer.ok ? "" : failure(answer));
      if (answer.ok) done(answer.value);
      look();
    } }, label);
}

/** Saved at once, and again by hand while this page is open: nobody is handed it twice. */
function save(value) {
  const link = saving(value, "request-link");
  $("saved").replaceChildren(el("p", {}, "It is being saved. Read it before you pass it on: what no rule found is not hidden. It can be saved until you leave this page. ", link));
  link.click();
}

function deleted() {
  setText($("said"), "It is deleted.");
}

$("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = $("ask-for-it");
  if (button.hasAttribute("data-busy")) return;
  busy(button, true);
  const answer = await ask("POST", "/api/requests", { whose: $("whose").value.trim(), why: $("why").value.trim(), erase: $("erase").checked });
  busy(button, false, "Ask for it");
  setText($("ask-trouble"), answer.ok ? "" : WRONG[answer.path] ?? failure(answer));
  if (answer.ok) event.target.reset();
  if (answer.ok) setText($("said"), "You have asked for it.");
  look();
});

wireSignOut();
look();
