// Asking for the second factor once more, in the middle of a page.

import { el } from "./dom.js";
import { send } from "./post.js";
import { proof } from "./proof.js";

/** Resolves to whether the person has shown it; false when they closed the dialog. */
export async function proveAgain() {
  const has = await send("GET", "/api/second-step");
  if (!has.ok) return false;
  return new Promise((resolve) => {
    let shown = false;
    const dialog = el("dialog", { class: "prove", "aria-labelledby": "prove-title" },
      el("h2", { id: "prove-title" }, "Once more: is it you?"),
      el("p", {}, "What you are about to do needs your second step again."),
      proof(has.value, "", () => {
        shown = true;
        dialog.close();
      }),
      el("button", { class: "button small", type: "button", "data-kind": "quiet", onClick: () => dialog.close() }, "Cancel"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(shown);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("#proof-key, #proof-code")?.focus();
  });
}
