// A session that has ended while somebody was writing. Going to the sign-in page would lose what this tab does not
// keep (draft.js), so the page covers itself and stays, until the same person has signed in again in another tab.

import { $, el } from "./dom.js";
import { send } from "./post.js";

const EVERY_MS = 3_000;

/** Whether anything stands in those boxes that was not there at first. Pure. */
export const written = (boxes) => [...boxes].some(({ value, defaultValue }) => value !== defaultValue);

/** What to do when asked who is signed in: "wait", "open" for whoever wrote it, "reload" for anybody else, who may have
 * the same name but not the same login. Pure. */
export function next(answer, writer) {
  if (!answer.ok) return "wait";
  return answer.value.login === writer ? "open" : "reload";
}

/** Leaves for that sign-in page, or stays here, covered. Called again and again while nobody is signed in. */
export function signedOut(there) {
  if ($("signed-out")) return;
  if (written(document.querySelectorAll("main textarea:not([data-kept])"))) cover(there);
  else location.replace(there);
}

function cover(there) {
  const link = el("a", { href: there, target: "_blank", rel: "noopener" }, "Sign in in another tab");
  const bar = el("div", { class: "news", id: "signed-out", role: "alert" },
    el("span", {}, "You have been signed out. What you wrote here is kept while this tab stays open."), link, "and come back to this one.");
  const writer = document.querySelector(".who").dataset.login;
  const at = document.activeElement;
  $("main").hidden = true;
  document.querySelector(".bars").append(bar);
  const timer = setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);

  async function look() {
    if (document.hidden) return;
    const then = next(await send("GET", "/api/me"), writer);
    if (then === "wait") return;
    clearInterval(timer);
    document.removeEventListener("visibilitychange", look);
    if (then === "reload") return location.reload();
    bar.remove();
    $("main").hidden = false;
    at.focus();
  }
}
