// One message on the screen: who, what, and what became of it, always in words.

import { button, make, setText, speak } from "./dom.js";

/** Held for longer than this: what to do meanwhile. And longer than that: offer something (ms). */
const NOTE_AFTER = 30_000;
const OFFER_AFTER = 120_000;

/**
 * The words about an own message. `net`: there is no connection; `retrying`: the server asked for
 * a moment; `behind`: an own message before it is held; `alone`: nobody is there to read it yet;
 * `paused`: no moderator is there to check it. Empty for messages of others, but for words of staff
 * to this student alone.
 */
export function stateWords(entry, peer, { net = false, retrying = false, behind = false, alone = false, paused = false } = {}) {
  if (entry.state === "told") return speak("state.told");
  if (entry.who !== "me") return "";
  if (entry.taking) return speak("state.taking");
  if (entry.state === "sending") {
    if (net) return speak("state.waiting");
    return speak(retrying ? "state.retry" : "state.sending");
  }
  if (paused && entry.state === "held") return speak("state.paused");
  if (behind) return speak("state.behind");
  if (alone && entry.state === "released") return speak("state.alone");
  return speak(`state.${entry.state}`, { peer, why: entry.why });
}

/** How long a held message has waited: "", "soon" or "late"; one `behind` another says so only there. */
export function holdStage(entry, now, behind = false) {
  if (entry.state !== "held" || entry.taking || behind) return "";
  const age = now - entry.heldAt;
  if (age >= OFFER_AFTER) return "late";
  return age >= NOTE_AFTER ? "soon" : "";
}

/** acts: {person(), takeBack(cid), fix(entry), without(entry)} */
export function makeBubble(entry, author, acts) {
  const item = make("li", { className: "message" });
  item.dataset.who = entry.who;
  if (entry.who === "gap") {
    item.append(make("p", { className: "gap", textContent: speak("chat.gap") }));
    return item;
  }
  item.append(
    make("p", { className: "author", textContent: author }),
    make("p", { className: "bubble", dir: "auto" }),
    make("p", { className: "state", id: `state-${entry.made}` }),
    make("div", { className: "extra" }),
  );
  item.acts = acts;
  return item;
}

/** Brings a bubble up to date; `told` are its state words, `stage` its hold stage. */
export function updateBubble(item, entry, told, stage) {
  if (entry.who === "gap") return;
  const [, bubble, state, extra] = item.children;
  item.dataset.state = entry.state;
  if (entry.parts) drawParts(bubble, entry);
  else setText(bubble, entry.text || speak("chat.unknown"));
  setText(state, told);
  state.hidden = told === "";
  const kind = kindOf(entry, stage);
  if (extra.dataset.kind === kind) return;
  extra.dataset.kind = kind;
  extra.replaceChildren(...extras(kind, entry, item.acts));
}

function kindOf(entry, stage) {
  if (entry.state === "marked") return "marked";
  return entry.state === "refused" && !entry.fixed && !entry.closed ? "refused" : stage;
}

/** The words with the parts that would be hidden marked; places count characters as Unicode does. */
function drawParts(bubble, entry) {
  if (bubble.querySelector("mark")) return;
  const letters = [...entry.text];
  let at = 0;
  bubble.replaceChildren();
  for (const [start, end] of entry.parts) {
    bubble.append(letters.slice(at, start).join(""), make("mark", { textContent: letters.slice(start, end).join("") }));
    at = end;
  }
  bubble.append(letters.slice(at).join(""));
}

/** What is marked can go without those parts, which has the focus, or be written again. */
function choices(entry, acts) {
  const without = button(speak("state.without"), () => acts.without(entry), "main");
  without.setAttribute("aria-describedby", `state-${entry.made}`);
  return make("div", { className: "row" }, without, button(speak("state.change"), () => acts.fix(entry), "quiet"));
}

function extras(kind, entry, acts) {
  const note = (path) => make("p", { className: "note", textContent: speak(path) });
  if (kind === "refused") return [button(speak("state.fix"), () => acts.fix(entry), "quiet")];
  if (kind === "marked") return [choices(entry, acts)];
  if (kind === "soon") return [note("state.note_soon")];
  if (kind !== "late") return [];
  return [
    note("state.note_late"),
    make(
      "div",
      { className: "row" },
      button(speak("state.person"), () => acts.person()),
      button(speak("state.take_back"), () => acts.takeBack(entry.cid), "quiet"),
    ),
  ];
}
