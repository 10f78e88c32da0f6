// Calm cards above the chat: somebody is looking after this. They block nothing and take no focus.

import { announce, button, find, make, speak } from "./dom.js";

const CALLED = [
  "adult_coming",
  "peer_adult_coming",
  "adult_answered",
  "peer_adult_answered",
  "help_asked",
  "call_over",
];
/** They say that nobody can answer. */
const NOBODY = ["no_adult", "peer_no_adult"];
/** Cards that are no longer true once a notice has come. */
const REPLACES = {
  unpaused: ["paused"],
  adult_coming: ["adult_answered", "call_over", ...NOBODY],
  peer_adult_coming: ["peer_adult_answered", ...NOBODY],
  peer_no_adult: ["peer_adult_coming", "peer_adult_answered"],
  help_asked: ["call_over", ...NOBODY],
  no_adult: ["adult_coming", "help_asked", "call_over", "peer_no_adult"],
  call_over: [...CALLED, "no_adult"],
  adult_answered: [...CALLED, ...NOBODY],
  peer_adult_answered: [...CALLED, ...NOBODY],
  adult_here: [...CALLED, ...NOBODY, "adult_gone"],
  adult_gone: ["adult_here"],
  moderator_here: ["help_asked", "call_over", ...NOBODY, "moderator_gone"],
  moderator_gone: ["moderator_here"],
  unmuted: ["muted"],
};
/** Notices that only take a card away. */
const ENDS = new Set(["unpaused", "moderator_gone", "unmuted"]);

/** Notices that the sheet has told as well, and aloud (help.js). */
const IN_SHEET = new Set(["help_asked", "no_adult"]);

/** Notices that somebody of the staff has come. */
export const COMES = new Set(["adult_here", "moderator_here"]);

/** Notices after which nobody is on the way any more: somebody can be called again. */
export const ENDS_CALL = new Set([...COMES, "call_over"]);

/** Who stands called in a room after a notice: "adult", "asked" (for anybody), or null. */
export function standsCalled(code, before) {
  if (code === "call_over" || code === "adult_gone" || (code === "moderator_here" && before === "asked")) return null;
  if (code === "help_asked") return before ?? "asked";
  return code === "adult_here" || CALLED.includes(code) ? "adult" : before;
}

/** Takes away the cards that a notice makes untrue; answers whether it has one of its own. One that
 * this page does not know, from a server that is newer, has none. */
export function startsCard(code) {
  for (const past of REPLACES[code] ?? []) if (past !== code) hideCard(past);
  return !ENDS.has(code) && speak(`notice.${code}.title`) !== "";
}

/** Shows the card of a notice once; the same notice again brings the same card back, but leaves it
 * alone where it stands first, since somebody may be answering on it.
 * The newest stands first and in full, older ones with their title. `more`: makes an element below. */
export function showCard(code, values, more = () => "") {
  const title = speak(`notice.${code}.title`);
  const body = speak(`notice.${code}.body`, values);
  if (!IN_SHEET.has(code)) announce(`${title}. ${body}`);
  if (find("chat-cards").firstElementChild?.dataset.notice === code) return;
  hideCard(code);
  const card = make(
    "div",
    { className: "care-card" },
    make("p", { className: "care-title", textContent: title }),
    make("p", { textContent: body }),
  );
  card.dataset.notice = code;
  card.append(more());
  if (code !== "paused") card.append(button(speak("notice.close"), () => hideCard(code), "quiet"));
  find("chat-cards").prepend(card);
  find("chat-cards").scrollTop = 0;
}

export function hideCard(code) {
  find("chat-cards").querySelector(`[data-notice="${code}"]`)?.remove();
}

export function clearCards() {
  find("chat-cards").replaceChildren();
}

/** For a card: whoever was hurt here need not look for the way out. */
export function wayOut(leave) {
  return make("div", { className: "care-act" }, button(speak("menu.leave"), leave));
}
