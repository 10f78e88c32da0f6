// What stands around the messages: who the chat is with, whether it is over, who is writing.

import { find, setText, speak } from "./dom.js";

const TYPING_SHOWN_MS = 6000;

/** The head of a room, from its `matched` frame; without a peer it waits for an adult. */
export function showHead({ peer, handle }) {
  const alone = peer === "";
  setText(find("chat-title"), speak(alone ? "chat.alone" : "chat.with", { peer }));
  setText(find("chat-handle"), speak(alone ? "chat.alone_hint" : "chat.you_are", { handle }));
  setText(find("start"), speak(alone ? "chat.alone_start" : "chat.start"));
  setText(find("menu-open"), speak(alone ? "chat.options_alone" : "chat.options"));
}

/** The box to write in, or what there is to do once the chat is over. */
export function showOver(over) {
  find("over").hidden = !over;
  find("composer").hidden = over;
  find("menu-open").hidden = over;
}

/** Says that the peer is writing, until it is taken back or too old. */
export class PeerTyping {
  #timer = 0;

  show(peer) {
    setText(find("typing"), speak("chat.typing", { peer }));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.hide(), TYPING_SHOWN_MS);
  }

  hide() {
    clearTimeout(this.#timer);
    find("typing")?.replaceChildren();
  }
}
