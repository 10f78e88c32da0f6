// The way in: the card code, who can see this, and what to talk about.

import { button, find, make, setText, speak, speakList } from "./dom.js";
import { CARD_LENGTH, tidyCard } from "./ids.js";

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

/** The promise and its question; `answer(index)` says which one was picked. */
export function setUpUnderstanding(answer) {
  find("understand-body").append(
    ...speakList("understand.body").map((text) => make("li", { textContent: text })),
  );
  find("understand-answers").append(
    ...speakList("understand.answers").map((text, index) => {
      const radio = make("input", { type: "radio", name: "answer", value: String(index) });
      return make("label", { className: "choice" }, radio, make("span", { textContent: text }));
    }),
  );
  find("understand-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const picked = document.querySelector("input[name=answer]:checked");
    setText(find("understand-problem"), picked ? "" : speak("understand.pick"));
    if (!picked) return;
    setText(find("understand-send"), speak("understand.busy"));
    answer(Number(picked.value));
  });
}

/** The server has not taken the answer. */
export function notUnderstood() {
  setText(find("understand-send"), speak("understand.button"));
  setText(find("understand-problem"), speak("understand.wrong"));
}

/** The list of things to talk about; `join(topic)` is called with the id of one. */
export function showTopics(topics, join) {
  const list = find("topics-list");
  setText(find("topics-problem"), topics.length ? "" : speak("topics.empty"));
  const pick = (topic, chosen) => {
    for (const one of list.querySelectorAll("button")) one.disabled = true;
    chosen.textContent = speak("topics.busy");
    join(topic.id);
  };
  list.replaceChildren(
    ...topics.map((topic) => {
      const chosen = button(topic.label, () => pick(topic, chosen));
      chosen.className = "topic";
      return chosen;
    }),
  );
}
