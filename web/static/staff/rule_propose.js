// Writing a change, trying it, and only then proposing it.

import { ask } from "./api.js";
import { $, el, setText } from "./dom.js";
import { trialFacts } from "./rule_changes.js";
import { brought } from "./rule_why.js";
import { category } from "./words.js";

/** A trial reads every written and stored message, and judges twice what the change can touch. */
const TRIAL_MS = 5 * 60_000;

/** hooks: {lines(id), proposed()}. Answers {choices(found)} to fill the lists. */
export function wireProposing({ lines, proposed }) {
  const kind = () => document.querySelector("input[name=kind]:checked").value;
  const strength = new Map();

  function change() {
    if (kind() === "lower") return { kind: "lower", id: $("rule").value.trim(), reason: $("reason").value.trim() };
    return {
      kind: "add", id: `own.${$("name").value.trim()}`, category: $("category").value,
      attention: $("attention").value, delivery: $("delivery").value,
      say: lines("say"), match: lines("match"), miss: lines("miss"),
    };
  }

  function missing(wanted) {
    if (wanted.kind === "lower") {
      if (!strength.has(wanted.id)) return [$("rule"), "Choose a rule from the list."];
      return wanted.reason.length < 10 ? [$("reason"), "Write in a few words why it should do less here."] : null;
    }
    if (!/^[a-z0-9_]{1,40}$/.test($("name").value.trim())) return [$("name"), "Give it a name of small letters, digits and _."];
    for (const [id, words] of [["say", "a wording"], ["match", "a message it must find"], ["miss", "a message it must leave alone"]]) {
      if (lines(id).length === 0) return [$(id), `Write at least ${words}.`];
    }
    return null;
  }

  function show(...children) {
    $("tried").hidden = children.length === 0;
    $("tried").replaceChildren(...children);
  }

  async function tryOut() {
    const wanted = change();
    const wrong = missing(wanted);
    setText($("propose-trouble"), wrong ? wrong[1] : "");
    if (wrong) return wrong[0].focus();
    $("try").disabled = true;
    show(el("p", { class: "notice", "data-kind": "busy", role: "status" }, "Running its examples, then the sample messages and those kept here that it can touch. That can take half a minute…"));
    const answer = await ask("POST", "/api/rules/try", { change: wanted }, TRIAL_MS);
    $("try").disabled = false;
    if (!answer.ok || answer.value.refused) {
      show();
      setText($("propose-trouble"), answer.ok ? `This cannot be used: ${answer.value.refused}` : answer.words);
      return;
    }
    showTrial(wanted, answer.value.trial);
  }

  function showTrial(wanted, trial) {
    const button = el("button", { class: "button", type: "button", id: "send", "data-kind": "main", onClick: () => send(wanted, button) }, "Propose it");
    const examples = trial.examples.map(({ text, wanted: label, before, after }) =>
      el("li", {}, `From ${brought(before)} to ${brought(after)}${label ? ` (should be ${brought(label)})` : ""}: `, el("span", { class: "spoken" }, text)));
    show(el("h3", {}, "What it would alter"), el("ul", { class: "facts" }, trialFacts(trial)),
      el("p", { class: "hint" }, "Sample messages come with Peerline; those kept here are what students wrote last."),
      ...(examples.length > 0 ? [el("details", {}, el("summary", {}, "Sample messages it decides differently"), el("ul", { class: "examples" }, examples))] : []),
      el("p", { class: "both" }, button));
    $("tried").focus({ preventScroll: true });
  }

  async function send(wanted, button) {
    button.disabled = true;
    button.toggleAttribute("data-busy", true);
    const answer = await ask("POST", "/api/rules/propose", { change: wanted }, TRIAL_MS);
    button.disabled = false;
    button.removeAttribute("data-busy");
    if (!answer.ok || answer.value.refused) {
      setText($("propose-trouble"), answer.ok ? answer.value.refused : answer.words);
      return;
    }
    show();
    $("propose").reset();
    swap();
    setText($("said"), "Proposed. Somebody else has to agree.");
    await proposed();
  }

  function swap() {
    $("adding").hidden = kind() === "lower";
    $("lowering").hidden = kind() !== "lower";
    show();
  }

  $("propose").addEventListener("submit", (event) => {
    event.preventDefault();
    tryOut();
  });
  $("propose").addEventListener("change", ({ target }) => target.name === "kind" && swap());
  $("propose").addEventListener("input", () => show());
  $("rule").addEventListener("input", () => {
    const now = strength.get($("rule").value.trim());
    const less = { page: "It pages an adult; a moderator would look instead.", queue: "A moderator looks; it would only be recorded." };
    setText($("rule-now"), less[now] ?? "A page becomes a look by a moderator; a look becomes a record.");
  });

  return {
    choices({ categories, rules }) {
      if ($("category").children.length === 0) {
        $("category").append(...categories.map((name) => el("option", { value: name }, category(name))));
      }
      strength.clear();
      for (const { id, attention } of rules) strength.set(id, attention);
      $("rule-names").replaceChildren(...rules.map((rule) => el("option", { value: rule.id }, category(rule.category))));
    },
  };
}
