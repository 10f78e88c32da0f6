// Looking again and again while somebody is looking: every few seconds, not in a hidden tab, and
// not for ever in one left alone, so that a session nobody uses can end. A page whose siren is on is
// on duty: it goes on looking, hidden and alone. Silence for a minute is told loudly.

import { ask, signInAgain } from "./api.js";
import { $, el, setText } from "./dom.js";
import { ago, age } from "./words.js";

const EVERY_MS = 3_000;
const ALONE_MS = 10 * 60_000;
const SILENT_MS = 60_000;

/**
 * Keeps asking `path`; `heard(value)` is told every answer. `stays()` says whether it goes on when
 * hidden or alone, `silent(is)` is told whether the server has been silent for a minute. Returns a
 * function that asks now.
 */
export function keepAsking(path, heard, { stays = () => false, silent = () => {} } = {}) {
  let last = Date.now();
  let ever = false;
  let lastTouch = Date.now();
  let asking = false;

  async function look() {
    tick();
    if (asking || (!stays() && (document.hidden || asleep()))) return;
    asking = true;
    const answer = await ask("GET", path);
    asking = false;
    if (answer.status === 401) signInAgain();
    if (answer.ok) {
      last = Date.now();
      ever = true;
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

  /** The page counts by itself: a phone without signal must not look as if all were well. */
  function tick() {
    const state = $("fresh").dataset.state;
    const gone = Date.now() - last > SILENT_MS && (stays() || !document.hidden) && state !== "asleep";
    silent(gone);
    if (gone) $("fresh").dataset.state = "silent";
    if (gone) setText($("fresh"), `No answer from Peerline for ${age(Date.now() - last)}. This page cannot ring. Use another network, or phone a colleague.`);
  }

  function tell(answer) {
    const line = $("fresh");
    if (line.dataset.state === "silent" && !answer.ok) return;
    line.dataset.state = answer.ok ? "live" : "lost";
    const old = ever ? ` This is from ${ago(Date.now() - last)}.` : "";
    setText(line, answer.ok ? "Live: heard from Peerline just now" : `${answer.words}${old} Trying again.`);
  }

  function touch() {
    const slept = $("fresh").dataset.state === "asleep";
    lastTouch = Date.now();
    if (slept) {
      last = Date.now();
      $("fresh").dataset.state = "connecting";
      setText($("fresh"), "Asking…");
      look();
    }
  }

  for (const kind of ["pointerdown", "keydown", "scroll"]) {
    document.addEventListener(kind, touch, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden) last = Math.max(last, Date.now() - EVERY_MS); look(); });
  window.addEventListener("online", look);
  setInterval(look, EVERY_MS);
  look();
  return look;
}
