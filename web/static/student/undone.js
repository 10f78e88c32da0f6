// What could not be done although it was asked again and again: a card above whichever screen, which
// says so and offers to try once more. Nobody is to believe that a moderator was told when none was.

import { button, find, make, speak } from "./dom.js";

/** What can be said here, by request. */
const TOLD = new Set(["report", "block", "leave"]);

/** `again()` makes the same request once more. */
export function showUndone({ t }, again) {
  hideUndone({ t });
  if (!TOLD.has(t)) return;
  const retry = button(speak("undone.again"), () => {
    hideUndone({ t });
    again();
  });
  const card = make(
    "div",
    { className: "care-card" },
    make("p", { className: "care-title", textContent: speak("undone.title") }),
    make("p", { textContent: speak(`undone.${t}`) }),
    retry,
  );
  card.dataset.undone = t;
  find("undone").append(card);
}

/** It is done, or asked again. */
export function hideUndone({ t }) {
  find("undone").querySelector(`[data-undone="${t}"]`)?.remove();
}

export function clearUndone() {
  find("undone").replaceChildren();
}
