// One's own key: made in this browser, kept in a file, and only its public half sent anywhere.

import { ask } from "./api.js";
import { $, el } from "./dom.js";
import { makeKey, openKey, SHORTEST } from "./keyfile.js";
import { moment } from "./reveal_words.js";
import { toBase64 } from "./sealed.js";

let shown = null;

/** Fills the part of the page about one's own key; `done` is called when there is a new one. */
export function drawOwnKey(value, done) {
  const mine = value.custodians.find((one) => one.mine);
  const next = mine?.print ?? "none";
  if (shown === next || $("own-key").querySelector("[data-making]")) return;
  shown = next;
  $("own-key").replaceChildren(...(mine?.print ? has(mine, value, done) : none(value, done)));
}

function none(value, done) {
  return [
    el("p", {}, "You have no key yet. It is made here, in your browser, and saved as a file on your device. Nobody else ever has it: not this school’s server, not whoever looks after it."),
    making(value, done, "Make my key"),
  ];
}

function has(mine, value, done) {
  return [
    el("p", {}, `Made ${moment(mine.made_at)}. Its fingerprint; write it on your card in the safe:`),
    el("p", { class: "print large" }, mine.print),
    el("details", {}, el("summary", {}, "I lost my key file, or somebody else has it"),
      el("p", {}, "A new key takes its place at once. It opens nothing that was sealed before; identities are sealed for it at the next enrolment."),
      making(value, done, "Make a new key")),
  ];
}

function making({ half, me }, done, label) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const first = phrase("key-phrase", "A passphrase of twelve characters or more");
  const again = phrase("key-again", "The same once more");
  const button = el("button", { class: "button", "data-kind": "main", id: "make-key" }, label);
  const form = el("form", { class: "fields one", onSubmit: async (event) => {
    event.preventDefault();
    trouble.textContent = fault(first.input.value, again.input.value);
    if (trouble.textContent || button.disabled) return;
    button.disabled = true;
    const made = await makeKey(half, me, first.input.value);
    await openKey(made.file, first.input.value); // what is saved must open again
    form.replaceWith(keep(made, done));
  } }, first.label, again.label,
  el("p", { class: "hint" }, "Four or five words that only you would put together. Without it the file opens nothing, and nobody can reset it."),
  trouble, button);
  return form;
}

function fault(first, again) {
  if (first.length < SHORTEST) return "That is too short: twelve characters or more.";
  return first === again ? "" : "The two are not the same.";
}

/** The file is saved first; only then is the public half registered, so that no key is lost. */
function keep(made, done) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const link = el("a", {
    class: "button", "data-kind": "main", id: "save-key", download: "peerline.key",
    href: URL.createObjectURL(new Blob([made.file], { type: "application/json" })),
    onClick: () => { ready.disabled = false; },
  }, "1. Save the file");
  const ready = el("button", { class: "button", type: "button", id: "use-key", "data-kind": "main", disabled: true, onClick: async () => {
    const answer = await ask("POST", "/api/identities/key", { public: toBase64(made.point) });
    trouble.textContent = answer.ok ? "" : answer.words;
    if (!answer.ok) return;
    URL.revokeObjectURL(link.href);
    box.remove();
    done();
  } }, "2. I have saved it: use this key");
  const box = el("div", { class: "fields one", "data-making": "yes" },
    el("p", {}, "Save it where only you can read it: on a stick, or a device that locks. Its fingerprint:"),
    el("p", { class: "print large" }, made.print), link, ready, trouble);
  return box;
}

function phrase(id, words) {
  const input = el("input", { class: "field", id, type: "password", autocomplete: "new-password", maxlength: "200", required: true });
  return { input, label: el("label", { for: id }, words, input) };
}
