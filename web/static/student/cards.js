// Calm cards above the chat: somebody is looking after this. They block nothing and take no focus.

import { announce, button, find, make, speak } from "./dom.js";

/** Shows the card of a notice once; the same notice again brings the same card back.
 * The newest stands first and in full, older ones with their title. */
export function showCard(code, values) {
  hideCard(code);
  const title = speak(`notice.${code}.title`);
  const body = speak(`notice.${code}.body`, values);
  const card = make(
    "div",
    { className: "care-card" },
    make("p", { className: "care-title", textContent: title }),
    make("p", { textContent: body }),
  );
  card.dataset.notice = code;
  if (code !== "paused") card.append(button(speak("notice.close"), () => hideCard(code), "quiet"));
  find("chat-cards").prepend(card);
  announce(`${title}. ${body}`);
}

export function hideCard(code) {
  find("chat-cards").querySelector(`[data-notice="${code}"]`)?.remove();
}

export function clearCards() {
  find("chat-cards").replaceChildren();
}
