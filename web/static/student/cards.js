// Calm cards above the chat: somebody is looking after this. They block nothing and take no focus.

import { announce, button, find, make, speak } from "./dom.js";

/** Shows the card of a notice once; the same notice again brings the same card back, but leaves it
 * alone where it stands first, since somebody may be answering on it.
 * The newest stands first and in full, older ones with their title. `more`: elements below. */
export function showCard(code, values, more = () => []) {
  const title = speak(`notice.${code}.title`);
  const body = speak(`notice.${code}.body`, values);
  announce(`${title}. ${body}`);
  if (find("chat-cards").firstElementChild?.dataset.notice === code) return;
  hideCard(code);
  const card = make(
    "div",
    { className: "care-card" },
    make("p", { className: "care-title", textContent: title }),
    make("p", { textContent: body }),
  );
  card.dataset.notice = code;
  if (code !== "paused") card.append(button(speak("notice.close"), () => hideCard(code), "quiet"));
  card.append(...more());
  find("chat-cards").prepend(card);
}

export function hideCard(code) {
  find("chat-cards").querySelector(`[data-notice="${code}"]`)?.remove();
}

export function clearCards() {
  find("chat-cards").replaceChildren();
}
