// Which screen is shown. One at a time; the reader is put at its heading.

import { find, lineItems, setText, speak } from "./dom.js";

const SLOW_LOAD_MS = 6000;

let shown = "loading";
let slowLoad = 0;
let lines = [];
const watchers = [];

export const current = () => shown;

/** `act(now, before)` is called after each change of screen. */
export const onChange = (act) => watchers.push(act);

export function show(name) {
  if (name === shown) return;
  const before = shown;
  find(`screen-${before}`).hidden = true;
  find(`screen-${name}`).hidden = false;
  document.body.dataset.screen = name;
  shown = name;
  clearTimeout(slowLoad);
  if (name === "loading") watchLoading();
  scrollTo(0, 0);
  const first = before === "loading" && name === "signin";
  if (!first && !document.querySelector("dialog[open]")) find(`screen-${name}`).querySelector("h1").focus();
  for (const act of watchers) act(name, before);
}

/** Loading that takes long says so. */
export function watchLoading() {
  setText(find("loading-body"), speak("loading.body"));
  slowLoad = setTimeout(() => setText(find("loading-body"), speak("loading.slow")), SLOW_LOAD_MS);
}

/** `hours`: when the school says that it is usually open, or "". */
export function showClosed(hours = "") {
  setText(find("closed-title"), speak("closed.title"));
  setText(find("closed-opens"), hours ? speak("closed.usually", { hours }) : speak("closed.opens"));
  setText(find("closed-body"), speak("closed.body"));
  show("closed");
}

export function showBarred() {
  setText(find("closed-title"), speak("barred.title"));
  setText(find("closed-opens"), "");
  setText(find("closed-body"), speak("barred.body"));
  show("closed");
}

/** The page cannot go on by itself: "replaced" by another tab, or "broken". */
export function showStopped(why) {
  const replaced = why === "replaced";
  setText(find("stopped-title"), speak(replaced ? "stopped.title" : "stopped.broken_title"));
  setText(find("stopped-body"), speak(replaced ? "stopped.replaced" : "stopped.broken"));
  setText(find("stopped-go"), speak(replaced ? "stopped.here" : "stopped.reload"));
  find("stopped-go").dataset.act = replaced ? "again" : "reload";
  show("stopped");
}

export const helpLines = () => lines;

export function setLines(known) {
  lines = known;
  for (const list of document.querySelectorAll("[data-lines]")) list.replaceChildren(...lineItems(lines));
}
