// Showing a second factor: a passkey, six digits from an app, or a recovery code.

import { post } from "./post.js";
import { el, setText } from "./dom.js";
import { able, sign } from "./passkeys.js";

/**
 * The part of a page where somebody shows what they have. `has` is the answer of /api/second-step;
 * `done` is called with the server's answer once it was right.
 */
export function proof(has, next, done) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const passkeys = has.passkeys.length > 0 && able();
  const typed = el("input", { class: "field", id: "proof-code", autocomplete: "one-time-code", maxlength: "32", spellcheck: "false", required: true, inputmode: has.code_counts ? "numeric" : "text" });
  const label = el("label", { for: "proof-code" }, has.code_counts ? "Six digits from your app" : "A recovery code");
  const other = el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => {
    setText(label, "A recovery code");
    typed.setAttribute("inputmode", "text");
    other.hidden = true;
    form.hidden = false;
    typed.focus();
  } }, "Use a recovery code");
  const form = el("form", { onSubmit: async (event) => {
    event.preventDefault();
    await answered(post("/api/second-step/code", { code: typed.value, next }), trouble, done);
    typed.select();
  } }, label, typed, el("button", { class: "button", "data-kind": passkeys ? "quiet" : "main" }, "Go on"));
  form.hidden = !has.code_counts;
  const key = el("button", { class: "button", type: "button", id: "proof-key", "data-kind": "main", onClick: async () => {
    const asked = await post("/api/second-step/passkey/ask", {});
    const credential = asked.ok ? await sign(asked.value) : null;
    if (!asked.ok) setText(trouble, asked.words);
    else if (!credential) setText(trouble, "No passkey answered. Try once more, or use another way.");
    else await answered(post("/api/second-step/passkey", { credential, next }), trouble, done);
  } }, "Use a passkey");
  return el("div", { class: "proof" }, passkeys ? key : null, form, trouble, has.recovery_left > 0 ? other : null);
}

async function answered(asking, trouble, done) {
  const answer = await asking;
  setText(trouble, answer.ok ? "" : answer.words);
  if (answer.ok) done(answer.value);
}
