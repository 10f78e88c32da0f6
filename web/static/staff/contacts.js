// How somebody on call is reached: their ways, a test page over each, and the question whether it
// was heard. An address is sent once, sealed there, and never comes back.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { canPush, subscribe } from "./push.js";
import { asks, standing, summary, testWords } from "./reach.js";
import { keepAsking } from "./watch.js";
import { ago } from "./words.js";

const STANDING = { good: "Works", waiting: "Being tested", none: "Not proven" };
const ASKS = {
  mail: { label: "E-mail address", type: "email", autocomplete: "email", hint: "One address that your phone rings for." },
  phone: { label: "Telephone number", type: "tel", autocomplete: "tel", hint: "With its country: +44 7700 900123." },
  name: { label: "Name or topic at that service", type: "text", hint: "As the service knows you." },
  url: { label: "Address (begins with https)", type: "url", hint: "A gateway or bell that takes a signed POST." },
};
const link = location.pathname.split("/")[3] ?? "";

let drawn = "";
let offered = "";
let ways = [];
let key = null;
let secret = null;

function heard(value) {
  ({ ways, push_key: key } = value);
  const { good, words } = summary(value.contacts, value.now, value.proven_for, ways.filter(({ spoken }) => spoken).map(({ channel }) => channel));
  $("standing").dataset.state = good > 1 ? "good" : good === 1 ? "one" : "none";
  setText($("standing"), words);
  const focus = document.activeElement?.id;
  drawContacts(value);
  drawWays();
  if (focus) $(focus)?.focus({ preventScroll: true });
}

function drawContacts(value) {
  const next = JSON.stringify([value.contacts, asked(value).map(({ id }) => id)]);
  if (next === drawn) return;
  drawn = next;
  $("asked").replaceChildren(...asked(value).map(question));
  $("contacts").replaceChildren(...value.contacts.map((one) => line(one, value)));
}

/** Those whose test page waits for an answer, the one a link led here for first. */
function asked({ contacts, now }) {
  const waiting = contacts.filter((one) => asks(one, now));
  return waiting.sort((one, other) => (other.proof.code === link) - (one.proof.code === link));
}

function question(one) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const send = (how) => act(trouble, () => ask("POST", `/api/proofs/${one.proof.code}`, { heard: how }));
  return el("section", { class: "question", "aria-label": `Test page over ${name(one)}` },
    el("h2", {}, `Did you hear it? ${name(one)}`),
    el("p", {}, `The test page ${one.proof.code} ${testWords(one.proof)}.`),
    el("div", { class: "answers" },
      el("button", { class: "button", type: "button", "data-kind": "main", id: `heard-${one.id}`, onClick: () => send(true) }, "Yes, I heard it"),
      el("button", { class: "button", type: "button", "data-kind": "quiet", id: `silent-${one.id}`, onClick: () => send(false) }, "It came without a sound")),
    el("p", { class: "hint" }, "Nothing came? Wait a minute, then look at the address and send another."), trouble);
}

const name = (one) => (one.label ? `${one.way}: ${one.label}` : one.way);

function line(one, { now, proven_for: provenFor }) {
  const state = standing(one, now, provenFor);
  const trouble = el("p", { class: "trouble", role: "alert" });
  return el("li", { class: "contact", "data-state": state },
    el("div", { class: "contact-head" }, el("h2", {}, name(one)), el("span", { class: "chip" }, STANDING[state])),
    el("p", { class: "about" }, since(one, now)),
    one.proof?.heard === false && el("p", { class: "advice" },
      "It came without a sound. Let this app ring even when the phone is silent or not to be disturbed, then send another test page."),
    el("div", { class: "answers" },
      el("button", { class: "button", type: "button", id: `test-${one.id}`, "data-kind": state === "none" ? "main" : "quiet",
        onClick: () => act(trouble, () => ask("POST", `/api/contacts/${one.id}/test`, {})) }, "Send me a test page"),
      el("button", { class: "button", type: "button", id: `remove-${one.id}`, "data-kind": "quiet", onClick: (event) => sure(event.target, one, trouble) }, "Take out")),
    trouble);
}

function since(one, now) {
  if (one.proven_at === null) return "You have never heard a test page over it.";
  return `Heard ${ago(now - one.proven_at)}. It counts for seven days.`;
}

/** The second of two taps; the first only asks. */
function sure(button, one, trouble) {
  if (button.dataset.sure) return act(trouble, () => ask("POST", `/api/contacts/${one.id}/remove`, {}));
  button.dataset.sure = "yes";
  button.textContent = "Really take it out";
  return null;
}

async function act(trouble, doing) {
  trouble.textContent = "";
  const answer = await doing();
  if (answer.status === 401) signInAgain();
  if (!answer.ok) trouble.textContent = answer.words;
  drawn = "";
  look();
  return answer;
}

/** Drawn anew only when there is something else to offer, so that nothing typed is lost. */
function drawWays() {
  const next = JSON.stringify([ways, key, secret]);
  if (next === offered) return;
  offered = next;
  const told = secret && el("div", { class: "secret" },
    el("p", {}, el("strong", {}, "The key of that webhook. It is shown this once: "), "give it to whoever runs the receiver."),
    el("output", {}, secret),
    el("button", { class: "button", type: "button", "data-kind": "quiet", onClick: () => { secret = null; look(); } }, "I have kept it"));
  $("ways").replaceChildren(...[told, ...ways.map(way)].filter(Boolean));
}

function way({ channel, label, asks: kind }) {
  if (channel === "push") return pushWay(label);
  const trouble = el("p", { class: "trouble", role: "alert" });
  const shape = ASKS[kind];
  const address = shape && el("input", { class: "field", id: `new-${channel}`, type: shape.type, autocomplete: shape.autocomplete ?? "off", maxlength: "2000", required: true });
  const called = el("input", { class: "field", id: `label-${channel}`, type: "text", autocomplete: "off", maxlength: "40", placeholder: "my phone" });
  return el("details", { class: "way", name: "way" }, el("summary", {}, label),
    el("form", { onSubmit: (event) => {
      event.preventDefault();
      add(trouble, channel, address?.value ?? "", called.value);
    } },
    address && [el("label", { for: `new-${channel}` }, shape.label), address, el("p", { class: "hint" }, shape.hint)],
    el("label", { for: `label-${channel}` }, "What you call it (only you see this)"), called, trouble,
    el("button", { class: "button", "data-kind": "main", id: `add-${channel}` }, "Add it")));
}

function pushWay(label) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const fits = canPush() && key !== null;
  return el("details", { class: "way", name: "way" }, el("summary", {}, label),
    el("p", {}, fits
      ? "Shows pages on this device, also while it is locked: code, class and time, nothing else. A silent phone can stay silent: add a telephone call too."
      : "This browser cannot be paged. On an iPhone or iPad, put Peerline on the home screen first and open it from there."),
    trouble,
    fits && el("button", { class: "button", type: "button", "data-kind": "main", id: "add-push", onClick: async () => {
      trouble.textContent = "";
      const got = await subscribe(key);
      if (got.ok) await add(trouble, "push", got.address, device());
      else trouble.textContent = got.words;
    } }, "Page this browser"));
}

/** A name for this browser that its owner knows it by; nothing is kept but that. */
const device = () => (/Android|iPhone|iPad|Mobile/.test(navigator.userAgent) ? "my phone" : "my computer");

async function add(trouble, channel, address, label) {
  const answer = await act(trouble, () => ask("POST", "/api/contacts", { channel, address, label }));
  if (!answer.ok) return;
  secret = answer.value.secret;
  await ask("POST", `/api/contacts/${answer.value.id}/test`, {});
  setText($("said"), "Added. A test page is on its way.");
  for (const open of $("ways").querySelectorAll("details[open]")) open.open = false;
  for (const field of $("ways").querySelectorAll("input")) field.value = "";
  drawn = "";
  look();
}

wireSignOut();
const look = keepAsking("/api/contacts", heard);
