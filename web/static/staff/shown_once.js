// An identity on the screen, once: under it, again and again, who is looking and when. It goes when
// it is closed, when the page is left, and after ten minutes.

import { el } from "./dom.js";
import { moment } from "./reveal_words.js";

const LONGEST_MS = 10 * 60_000;
const MARKS = 24;

export function shownOnce({ name, group, number }, one, me) {
  const mark = `${me} · ${moment(Date.now())} · ${one.code}`;
  const close = () => section.replaceChildren(el("h2", { tabindex: "-1" }, "Closed"),
    el("p", {}, `Nothing of it is kept here. Until ${moment(one.expires_at)} you can load this page and open it again; after that, ask again.`));
  const line = (title, words) => words && el("div", {}, el("dt", {}, title), el("dd", {}, words));
  const section = el("section", { class: "card identity", "aria-labelledby": "identity-title" },
    el("div", { class: "marks", "aria-hidden": "true" }, Array.from({ length: MARKS }, () => el("span", {}, mark))),
    el("h2", { id: "identity-title", tabindex: "-1" }, "This is the student"),
    el("dl", {}, line("Name", name), line("Class", group), line("Number", number)),
    el("p", { class: "about" }, `Shown to ${me} on ${moment(Date.now())}. Nothing of it is kept here. Tell only: ${one.why?.recipients || "nobody, this is practice"}.`),
    el("button", { class: "button", type: "button", id: "close-identity", "data-kind": "main", onClick: close }, "Close it"));
  window.addEventListener("pagehide", close, { once: true });
  setTimeout(close, LONGEST_MS);
  queueMicrotask(() => section.querySelector("h2").focus());
  return section;
}
