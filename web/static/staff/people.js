// The administrator's page: who has an account, with which role, and until when.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { calendarDay } from "./words.js";

const DAY = 86_400_000;
const SOON = 14 * DAY;

let roles = [];

async function load() {
  const answer = await ask("GET", "/api/people");
  if (answer.status === 401) return signInAgain();
  $("empty").hidden = answer.ok;
  if (!answer.ok) {
    setText($("empty"), answer.words);
    return;
  }
  const { people, invitations, now } = answer.value;
  roles = answer.value.roles;
  if (!$("new-role").children.length) $("new-role").append(...options("moderator"));
  $("waiting").hidden = invitations.length === 0;
  $("invitations").replaceChildren(...invitations.map((one) => invitation(one)));
  const open = people.filter((one) => !one.disabled_at);
  const closed = people.filter((one) => one.disabled_at);
  $("people").replaceChildren(...[...open, ...closed].map((one) => person(one, now)));
}

const options = (chosen) => roles.map(({ id, name }) => el("option", { value: id, selected: id === chosen }, name));
const roleName = (id) => roles.find((role) => role.id === id)?.name ?? id;
const day = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });

function invitation(one) {
  const waits = one.waits_for.length > 0 ? `still to agree: ${one.waits_for.join(", ")}` : `works until ${day(one.expires_at)}`;
  return el("li", { class: "card person" },
    el("h3", {}, one.name || "Whoever has the link"),
    el("p", { class: "about" }, `${one.role} · ${waits}`),
    el("button", { class: "button small", type: "button", "data-kind": "quiet",
      onClick: () => act("uninvite", { invitation: one.id }, `The invitation of ${one.name} no longer works.`) }, "Take back"));
}

function person(one, now) {
  const facts = [roleName(one.role), factors(one), until(one, now)];
  return el("li", { class: "card person", "data-closed": Boolean(one.disabled_at) },
    el("h3", {}, one.name, el("span", { class: "about" }, ` ${one.login}${one.me ? " · you" : ""}`)),
    el("p", { class: "about" }, facts.filter(Boolean).join(" · ")),
    one.ended ? again(one) : one.disabled_at || one.me ? null : changes(one));
}

function factors(one) {
  if (one.disabled_at) return "";
  const found = [];
  if (one.passkeys > 0) found.push(one.passkeys === 1 ? "1 passkey" : `${one.passkeys} passkeys`);
  if (one.code_maker) found.push("codes from an app");
  if (one.keyed && one.passkeys === 0 && one.code_maker) found.push("a passkey is still to be made");
  return found.length > 0 ? `second step: ${found.join(", ")}` : "no second step yet";
}

function until(one, now) {
  if (one.disabled_at) return `${one.ended ? "ended" : "closed"} on ${day(one.disabled_at)}`;
  if (!one.expires_at) return "no end set";
  return `${one.expires_at - now < SOON ? "ends soon: " : "until "}${day(one.expires_at)}`;
}

const quiet = { class: "button small", type: "button", "data-kind": "quiet" };

/** Another last day; it also opens an account again that ended with one. */
function lastDay(one, trouble) {
  const end = el("input", { class: "field", type: "date", "aria-label": `Last day of ${one.name}`,
    value: one.expires_at ? calendarDay(new Date(one.expires_at)) : "" });
  return el("div", { class: "change" }, end, el("button", { ...quiet,
    onClick: () => end.value && act("expire", { staff: one.id, at: Date.parse(`${end.value}T23:59:59.999`) }, `The last day of ${one.name} is saved.`, trouble) }, "Save the last day"));
}

function again(one) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  return el("details", {}, el("summary", {}, "Open again, or close"), lastDay(one, trouble),
    el("p", { class: "hint" }, "With a new last day they sign in as before. Close the account of whoever has left."),
    el("div", { class: "change" }, closing(one, trouble)), trouble);
}

function closing(one, trouble) {
  return el("button", { class: "button small", type: "button", "data-kind": "danger", onClick: async () => {
    if (await sure(`Close the account of ${one.name}?`, "They are signed out at once, on every device. This cannot be taken back; they can be invited again under another login.", "Close it")) {
      act("disable", { staff: one.id }, `The account of ${one.name} is closed.`, trouble);
    }
  } }, "Close the account");
}

function changes(one) {
  const role = el("select", { class: "field", "aria-label": `Role of ${one.name}` }, options(one.role));
  const trouble = el("p", { class: "trouble", role: "alert" });
  return el("details", {},
    el("summary", {}, "Change"),
    el("div", { class: "change" }, role, el("button", { ...quiet,
      onClick: () => act("role", { staff: one.id, role: role.value }, `${one.name} is ${roleName(role.value)} now.`, trouble) }, "Save the role")),
    lastDay(one, trouble),
    el("div", { class: "change" },
      el("button", { ...quiet, onClick: async () => {
        if (await sure(`Take away the second step of ${one.name}?`, "They are signed out and set up a new one after their password. Do this when a phone is lost, once you know it is really them who asks.", "Take it away")) {
          act("forget-factors", { staff: one.id }, `${one.name} sets up a new second step.`, trouble);
        }
      } }, "Lost their phone"),
      closing(one, trouble)),
    el("p", { class: "hint" }, "Each of these signs them out."),
    trouble);
}

function sure(title, words, yes) {
  setText($("sure-title"), title);
  setText($("sure-words"), words);
  setText($("sure-yes"), yes);
  const dialog = $("sure");
  dialog.returnValue = "no";
  dialog.showModal();
  $("sure-no").focus();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true });
  });
}

async function act(name, body, told, trouble = $("invite-trouble")) {
  const answer = await ask("POST", `/api/people/${name}`, body);
  setText(trouble, answer.ok ? "" : answer.words);
  if (!answer.ok) return;
  setText($("said"), told);
  await load();
}

async function invite(event) {
  event.preventDefault();
  const name = $("new-name").value.trim();
  const asked = { name, login: $("new-login").value.trim(), role: $("new-role").value };
  const answer = await ask("POST", "/api/people/invite", asked);
  setText($("invite-trouble"), answer.ok ? "" : answer.words);
  $("link").hidden = !answer.ok;
  if (!answer.ok) return;
  setText($("link-name"), name);
  setText($("link-value"), `${location.origin}/staff/welcome#${answer.value.token}`);
  setText($("said"), `A link for ${name} is ready.`);
  event.target.reset();
  await load();
}

$("invite").addEventListener("submit", invite);
$("copy").addEventListener("click", async () => {
  const link = $("link-value");
  try {
    await navigator.clipboard.writeText(link.textContent);
    setText($("said"), "Copied.");
  } catch { // none on plain http, or it may not be written to
    getSelection().selectAllChildren(link);
    setText($("said"), "The browser does not let this page copy. The link is selected: copy it yourself.");
  }
});
wireSignOut();
load();
