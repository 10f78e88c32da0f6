// The staff sign-in page.

import { ask } from "./api.js";
import { $ } from "./dom.js";
import { wirePeek } from "./peek.js";

/** After wrong passwords the server takes its time, on purpose. */
const PATIENCE_MS = 130_000;

const next = new URLSearchParams(location.search).get("next") ?? "";

/** A link in a mail arrives without the strict cookie; asked from here, it counts. */
async function alreadyIn() {
  const answer = await ask("GET", `/api/me?next=${encodeURIComponent(next)}`);
  if (answer.ok) location.replace(answer.value.next);
}

async function signIn(event) {
  event.preventDefault();
  const button = $("enter");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.textContent = "Signing in…";
  $("trouble").textContent = "";
  const login = $("login").value.trim();
  const asked = { login, password: $("password").value, next };
  const answer = await ask("POST", "/staff/sign-in", asked, PATIENCE_MS);
  if (answer.ok) {
    location.replace(answer.value.next);
    return;
  }
  button.removeAttribute("aria-disabled");
  button.textContent = "Sign in";
  $("trouble").textContent = wordsFor(answer);
  $("password").focus();
}

function wordsFor(answer) {
  if (!answer.retryAfter) return answer.words;
  return `Too many tries from here. Wait ${answer.retryAfter} seconds, then try again.`;
}

$("sign-in").addEventListener("submit", signIn);
wirePeek();
$("login").focus();
if (next) alreadyIn();
if (next && $("sso")) $("sso").href += `?next=${encodeURIComponent(next)}`;
