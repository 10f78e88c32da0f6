// Passing one's half on to somebody of the same rank whose key is newer than the records. Every half
// is opened and sealed again in this browser, some hundred at a time; it opens no identity.

import { ask } from "./api.js";
import { el } from "./dom.js";
import { picker } from "./key_picker.js";
import { fingerprint, fromBase64, halfOf, open, seal, toBase64 } from "./sealed.js";

const LAST = 9;

/** The form by which the own half is given to `one`; `done` is called when they have all of it. */
export function giving(one, done) {
  const key = picker("give", one.half);
  const typed = el("input", { class: "field", id: "give-last", type: "text", autocomplete: "off", autocapitalize: "characters", maxlength: "12", required: true });
  const trouble = el("p", { class: "trouble", role: "alert", id: "give-trouble" });
  const button = el("button", { class: "button", "data-kind": "main", id: "give" }, "Give them my half");
  const form = el("form", { class: "fields one", onSubmit: async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    trouble.textContent = "";
    try {
      if (typed.value.trim().toUpperCase() !== one.print.slice(-LAST)) throw new Error("That is not the end of the fingerprint of this key. Stop, and ask them.");
      await giveAll(one, await key.unlock(), (left) => { button.textContent = `${left} to go…`; });
      form.closest("details").open = false;
      done();
    } catch (error) {
      trouble.textContent = error.message;
      button.textContent = "Give them my half";
    }
    button.disabled = false;
  } },
  el("p", {}, "Ask them for the card on which they wrote their fingerprint, and type its last two groups from that card."),
  el("label", { for: "give-last" }, "The last two groups", typed), key.element, trouble, button);
  return el("details", {}, el("summary", {}, "Their key is newer than the records"), form);
}

async function giveAll(one, own, told) {
  for (;;) {
    const answer = await ask("POST", "/api/identities/lacking", { to: one.print });
    if (!answer.ok) throw new Error(answer.words);
    const { point, halves, left } = answer.value;
    if (halves.length === 0) return;
    told(left);
    const target = fromBase64(point);
    if ((await fingerprint(target)) !== one.print) throw new Error("The server named another key than the one shown here. Stop, and tell somebody.");
    const again = await Promise.all(halves.map(([pseudonym, sealed]) => sealAgain(own, one.half, target, pseudonym, sealed)));
    const given = await ask("POST", "/api/identities/give", { to: one.print, halves: again }, 30_000);
    if (!given.ok) throw new Error(given.words);
    if (given.value.given === 0) throw new Error("Nothing more could be given. Look at the page again.");
  }
}

async function sealAgain(own, half, target, pseudonym, sealed) {
  const about = halfOf(half, pseudonym);
  const part = await open(own, about, fromBase64(sealed)).catch(() => { throw new Error("Your key does not open your halves."); });
  const again = await seal(target, about, part);
  part.fill(0);
  return { pseudonym, sealed: toBase64(again) };
}
