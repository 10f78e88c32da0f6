// The rules page: why a message is judged so, and changes that two people agree to.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { changeCard } from "./rule_changes.js";
import { wireProposing } from "./rule_propose.js";
import { told } from "./rule_why.js";

const lines = (id) => $(id).value.split("\n").map((line) => line.trim()).filter(Boolean);
const moment = (at) => new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

let ending = null;

async function load() {
  const answer = await ask("GET", "/api/rules");
  if (answer.status === 401) return signInAgain();
  if (!answer.ok) {
    $("empty").hidden = false;
    setText($("empty"), answer.words);
    return;
  }
  const found = answer.value;
  $("why").hidden = $("proposing").hidden = !found.may_propose;
  showInForce(found.in_force, found.may_propose);
  $("empty").hidden = found.changes.length > 0;
  setText($("empty"), "Nothing was changed here: the shipped rules apply as they are.");
  $("changes").replaceChildren(...found.changes.map((one) => changeCard(one, { step, end: openEnding })));
  proposing.choices(found);
}

function showInForce({ version, since, refused }, mayReload) {
  const again = el("button", { class: "button small", type: "button", "data-kind": "quiet", id: "reload", onClick: reload }, "Read the rule files again");
  $("in-force").replaceChildren(
    el("p", { id: "version" }, "In force: version ", el("code", {}, version), ` since ${moment(since)}`),
    ...(mayReload ? [again] : []));
  $("refused").hidden = !refused;
  setText($("refused"), refused ? `Newer rules were refused and are not in force: ${refused}` : "");
}

async function reload() {
  $("reload").disabled = true;
  $("reload").toggleAttribute("data-busy", true);
  const answer = await ask("POST", "/api/rules/reload", {}, 60_000);
  setText($("said"), answer.ok ? `Version ${answer.value.version} is in force.` : answer.words);
  await load();
}

async function step(one, name, button) {
  button.disabled = true;
  button.toggleAttribute("data-busy", true);
  const answer = await ask("POST", `/api/rules/${one.id}/${name}`, {}, 60_000);
  setText($("change-trouble"), answer.ok ? "" : answer.words);
  setText($("said"), answer.ok ? `Done: ${one.change.id}.` : "");
  await load();
}

function openEnding(one) {
  ending = one;
  setText($("end-trouble"), "");
  $("end-why").value = "";
  $("ending").showModal();
}

$("end").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("POST", `/api/rules/${ending.id}/end`, { why: $("end-why").value.trim() }, 60_000);
  if (!answer.ok) {
    setText($("end-trouble"), answer.path === "why" ? "Please give a reason of a few words." : answer.words);
    return;
  }
  $("ending").close();
  setText($("said"), `Ended: ${ending.change.id}.`);
  await load();
});
$("end-not").addEventListener("click", () => $("ending").close());

$("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("POST", "/api/rules/explain", { text: $("text").value, before: lines("before") });
  setText($("why-trouble"), answer.ok ? "" : answer.words);
  $("told").hidden = !answer.ok;
  if (!answer.ok) return;
  $("told").replaceChildren(told(answer.value));
  $("told").focus({ preventScroll: true });
});

const proposing = wireProposing({ lines, proposed: load });
wireSignOut();
load();
