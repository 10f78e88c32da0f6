// Choosing a key file and typing its passphrase. The file is read here and sent nowhere.

import { el } from "./dom.js";
import { openKey } from "./keyfile.js";

const NAMES = { a: "Your key file", b: "Your key file", safe: "The key file from the safe" };
const WRONG = { a: "That is not a safeguarding lead’s key.", b: "That is not a senior leader’s key.", safe: "That is not the key from the safe." };

/** {element, unlock()}; `unlock` answers the opened key, or throws an Error with words. */
export function picker(name, half) {
  const file = el("input", { class: "field", type: "file", id: `${name}-file`, accept: ".key,application/json", required: true });
  const typed = el("input", { class: "field", type: "password", id: `${name}-phrase`, autocomplete: "off", maxlength: "200", required: true });
  const element = el("div", { class: "fields one" },
    el("label", { for: `${name}-file` }, NAMES[half], file),
    el("label", { for: `${name}-phrase` }, "Its passphrase", typed));
  return {
    element,
    async unlock() {
      const key = await openKey(await file.files[0].text(), typed.value);
      if (key.half !== half) throw new Error(WRONG[half]);
      return key;
    },
  };
}
