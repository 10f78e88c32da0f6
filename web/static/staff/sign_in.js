// The staff sign-in page.

import { ask } from "./api.js";
import { $ } from "./dom.js";
import { wirePeek } from "./peek.js";

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
  const answer = await ask("POST", "/staff/sign-in", asked);
  if (answer.ok) {
    location.replace(answer.value.next);
    return;
  }
  button.removeAttribute("aria-disabled");
  button.textContent = "Sign in";
  $("trouble").textContent = answer.words;
  $("password").focus();
}

$("sign-in").addEventListener("submit", signIn);
wirePeek();
$("login").focus();
if (next) alreadyIn();
if (next && $("sso")) $("sso").href += `?next=${encodeURIComponent(next)}`;
