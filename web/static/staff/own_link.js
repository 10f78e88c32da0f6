// Linking one's account with the school's own sign-in.

import { ask } from "./api.js";
import { $, setText } from "./dom.js";

/** Makes the button work that leaves for the issuer. */
export function wireLink() {
  $("link").addEventListener("click", async () => {
    const answer = await ask("POST", "/api/account/link", {});
    if (answer.ok) location.assign(answer.value.address);
    else setText($("link-trouble"), answer.words);
  });
}
