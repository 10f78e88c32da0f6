// Opening an invitation. What makes it work stands behind `#`, which browsers send to nobody; it is
// taken out of the address at once, so that it stays in no history.

import { ask } from "./api.js";
import { $ } from "./dom.js";
import { wirePeek } from "./peek.js";

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

async function look() {
  const answer = await ask("POST", "/api/welcome/look", { token });
  if (!answer.ok) {
    $("about").textContent = answer.words;
    $("back").hidden = false;
    return;
  }
  const { login, name, role, waits_for: waits, shortest } = answer.value;
  if (waits.length > 0) {
    $("about").textContent = `This link does not work yet. Still to agree: ${waits.join(", ")}. Come back then.`;
    return;
  }
  $("about").textContent = `You are invited as ${role}.`;
  for (const [id, value] of Object.entries({ login, name })) {
    $(id).value = value;
    $(id).readOnly = value !== "";
  }
  $("rule").textContent = `At least ${shortest} characters. Three or four words together are good and easy to remember; nothing else is asked.`;
  $("join").hidden = false;
  (name ? $("password") : $("name")).focus();
}

async function join(event) {
  event.preventDefault();
  const button = $("enter");
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  $("trouble").textContent = "";
  const asked = { token, login: $("login").value.trim(), name: $("name").value.trim(), password: $("password").value };
  const answer = await ask("POST", "/api/welcome", asked);
  if (answer.ok) {
    location.replace(answer.value.next);
    return;
  }
  button.removeAttribute("aria-disabled");
  $("trouble").textContent = answer.words;
  (answer.code === "login_taken" ? $("login") : $("password")).focus();
}

$("join").addEventListener("submit", join);
wirePeek();
look();
