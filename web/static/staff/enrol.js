// Setting up a second factor, and the recovery codes that come with the first.

import { post } from "./post.js";
import { el, setText } from "./dom.js";
import { able, make } from "./passkeys.js";
import { picture } from "./picture.js";

/**
 * The ways to set one up, drawn into `place`; `done` is called with the server's answer. Whoever is
 * `keyed` needs a passkey, and is offered no app.
 */
export function enrol(place, next, done, { keyed = false } = {}) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const key = el("button", { class: "button", type: "button", id: "make-passkey", "data-kind": "main", onClick: () => passkey(next, trouble, done) }, "Set up a passkey");
  const app = el("button", { class: "button", type: "button", id: "make-app", "data-kind": able() ? "quiet" : "main", onClick: () => maker(place, next, trouble, done) }, "Use an app that shows codes");
  const unable = el("p", { class: "trouble" }, "This browser makes no passkeys. Sign in with a newer one, on your phone, or with a security key.");
  place.replaceChildren(...[
    able() && el("p", {}, "A passkey is kept by this phone or computer and opened by its fingerprint, face or code. Nobody can trick you out of it."),
    able() && key, keyed && !able() && unable, trouble, !keyed && app].filter(Boolean));
}

async function passkey(next, trouble, done) {
  const options = await post("/api/factors/passkey/new", {});
  const credential = options.ok ? await make(options.value) : null;
  if (!options.ok) return setText(trouble, options.words);
  if (!credential) return setText(trouble, "No passkey was made. Try once more, or in another way.");
  const answer = await post("/api/factors/passkey", { credential, name: device(), next });
  if (!answer.ok) return setText(trouble, answer.words);
  return done(answer.value);
}

/** A name its owner will know it by; only what they can see themselves. */
const device = () => `Passkey of ${new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" })}`;

async function maker(place, next, trouble, done) {
  const made = await post("/api/factors/code/new", {});
  if (!made.ok) return setText(trouble, made.words);
  const { secret, address, picture: rows, sealed } = made.value;
  const typed = el("input", { class: "field", id: "first-code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: "12", required: true });
  place.replaceChildren(
    el("p", {}, "Read this with your authenticator app, ", el("a", { href: address }, "open it on this phone"), ", or type the letters in."),
    picture(rows, "A picture for your authenticator app"),
    el("p", { class: "secret", id: "app-secret" }, secret.match(/.{1,4}/g).join(" ")),
    el("form", { onSubmit: async (event) => {
      event.preventDefault();
      const answer = await post("/api/factors/code", { sealed, code: typed.value, next });
      setText(trouble, answer.ok ? "" : answer.words);
      if (answer.ok) done(answer.value);
      else typed.select();
    } }, el("label", { for: "first-code" }, "The six digits it shows now"), typed, el("button", { class: "button", "data-kind": "main" }, "Go on")),
    trouble);
  typed.focus();
  return undefined;
}

/** The recovery codes, shown once; `done` when the person says that they have them. */
export function showRecovery(place, codes, done) {
  const button = el("button", { class: "button", type: "button", id: "kept", "data-kind": "main", onClick: done }, "I have kept them");
  place.replaceChildren(
    el("h2", { id: "recovery-title", tabindex: "-1" }, "Ten codes for the day you lose your phone"),
    el("p", {}, "Print them or write them down, and keep them where you keep your passport. Each works once. They are not shown again."),
    el("ol", { class: "recovery", "aria-labelledby": "recovery-title" }, codes.map((code) => el("li", {}, code))),
    el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => print() }, "Print"), button);
  place.querySelector("h2").focus();
}
