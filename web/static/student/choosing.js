// After the door: who can see this, and what to talk about.

import { button, find, make, setText, speak, speakList } from "./dom.js";
import { show } from "./screens.js";

/** The promise and its question; `answer(index)` says which one was picked.
 * Answers {again(why)}. */
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
    if (!picked) return say("pick");
    setText(find("understand-problem"), "");
    setText(find("understand-send"), speak("understand.busy"));
    answer(Number(picked.value));
  });
  return { again: askAgain };
}

/** The place of the line that answers the question. */
const TELLS = 2;

/** The server wants the question answered first. `why`: an answer was "wrong", or "failed" to arrive. */
function askAgain(why) {
  setText(find("understand-send"), speak("understand.button"));
  if (!why) return show("understand");
  if (why === "failed") return say("failed");
  setText(find("understand-problem"), speak("understand.wrong"));
  const line = find("understand-body").children[TELLS];
  line.dataset.look = "";
  line.scrollIntoView({ block: "start" });
}

/** What is wrong stands above the button, and both stay in sight. */
function say(what) {
  setText(find("understand-problem"), speak(`understand.${what}`));
  find("understand-send").scrollIntoView({ block: "nearest" });
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
