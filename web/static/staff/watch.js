// Looking again and again while somebody is looking: every few seconds, not in a hidden tab, and
// not for ever in one left alone, so that a session nobody uses can end.

import { ask, signInAgain } from "./api.js";
import { $, el, setText } from "./dom.js";
import { ago } from "./words.js";

const EVERY_MS = 5_000;
const ALONE_MS = 10 * 60_000;

/** Keeps asking `path`; `heard(value)` is told every answer. Returns a function that asks now. */
export function keepAsking(path, heard) {
  let last = 0;
  let lastTouch = Date.now();
  let asking = false;

  async function look() {
    if (asking || document.hidden || asleep()) return;
    asking = true;
    const answer = await ask("GET", path);
    asking = false;
    if (answer.status === 401) signInAgain();
    if (answer.ok) {
      last = Date.now();
      heard(answer.value);
    }
    tell(answer);
  }

  function asleep() {
    const quiet = Date.now() - lastTouch > ALONE_MS;
    if (quiet) sleep();
    return quiet;
  }

  function sleep() {
    if ($("fresh").dataset.state === "asleep") return;
    $("fresh").dataset.state = "asleep";
    $("fresh").replaceChildren("This page stopped looking, because nobody touched it. ",
      el("button", { class: "button small", type: "button", onClick: touch }, "Look again"));
  }

  function tell(answer) {
    const line = $("fresh");
    line.dataset.state = answer.ok ? "live" : "lost";
    const old = last ? ` This is from ${ago(Date.now() - last)}.` : "";
    setText(line, answer.ok ? "Live: looks every 5 seconds" : `${answer.words}${old} Trying again.`);
  }

  function touch() {
    const slept = $("fresh").dataset.state === "asleep";
    lastTouch = Date.now();
    if (slept) {
      $("fresh").dataset.state = "connecting";
      setText($("fresh"), "Asking…");
      look();
    }
  }

  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, touch, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
  setInterval(look, EVERY_MS);
  look();
  return look;
}
