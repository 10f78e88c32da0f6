// The way in: the code on the card.

import { find, setText, speak } from "./dom.js";

/** How many letters and digits a card code has. */
export const CARD_LENGTH = 16;

/** Sign-in; `entered(token)` is called once. */
export function setUpSignIn(entered) {
  const field = find("card");
  const send = find("signin-send");
  let busy = false;
  const problem = (text) => {
    setText(find("card-error"), text);
    field.setAttribute("aria-invalid", String(text !== ""));
    if (text) field.focus();
  };
  find("signin-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    const wrong = cardProblem(field.value);
    problem(wrong);
    if (wrong) return;
    busy = true;
    setText(send, speak("signin.busy"));
    const answer = await signIn(tidyCard(field.value));
    busy = false;
    setText(send, speak("signin.button"));
    if (!answer.token) return problem(answer.words);
    field.value = "";
    entered(answer.token);
  });
}

/** What to say about a code that cannot be right; empty if it may be. */
function cardProblem(typed) {
  const count = tidyCard(typed).length;
  if (count === 0) return speak("signin.empty");
  if (count < CARD_LENGTH) return speak("signin.short", { count });
  if (count > CARD_LENGTH) return speak("signin.long", { count });
  return "";
}

async function signIn(card) {
  try {
    const answer = await fetch("/api/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ card }),
    });
    const told = await answer.json();
    if (answer.ok && told.token) return { token: told.token };
    return { words: told.words ?? speak("signin.failed") };
  } catch {
    return { words: speak(navigator.onLine ? "signin.failed" : "signin.offline") };
  }
}

/** Letters, and without them nothing that people put between: what a card code really says. */
export function tidyCard(typed) {
  return typed.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
}
