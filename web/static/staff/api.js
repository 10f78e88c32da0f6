// Asking the server: JSON both ways, refusals as values.

import { forgetDrafts } from "./draft.js";
import { send } from "./post.js";
import { proveAgain } from "./prove.js";
import { signedOut } from "./signed_out.js";

/**
 * {ok: true, value} or {ok: false, code, words, retryAfter}; never throws. Where the server wants
 * the second factor once more, the person is asked for it and the question asked again.
 */
export async function ask(method, path, body, wait) {
  const answer = await send(method, path, body, wait);
  if (answer.code !== "prove_again" || !(await proveAgain())) return answer;
  return send(method, path, body, wait);
}

const signIn = () => `/staff/sign-in?next=${encodeURIComponent(location.pathname)}`;

/** To the sign-in page, and back to this page afterwards; what is being written here stays. */
export const signInAgain = () => signedOut(signIn());

/** The same, whatever is being written. */
export const leaveForSignIn = () => location.replace(signIn());

/** Makes the sign-out button of every staff page work. */
export function wireSignOut() {
  document.getElementById("sign-out").addEventListener("click", async () => {
    forgetDrafts(sessionStorage);
    await ask("POST", "/staff/sign-out");
    location.replace("/staff/sign-in");
  });
}
