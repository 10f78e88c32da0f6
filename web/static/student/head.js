// What stands around the messages: who the chat is with, whether it is over, who is writing.

import { find, setText, speak } from "./dom.js";

const TYPING_SHOWN_MS = 6000;

/** The head of a room; without a peer, or once they have `gone`, it waits for an adult, until somebody of the staff
 * was `met` in it. */
export function showHead({ peer, handle, met, gone }) {
  const alone = peer === "" || gone;
  const [title, hint] = alone ? (met ? ["met", "met_hint"] : ["alone", "alone_hint"]) : ["with", "you_are"];
  setText(find("chat-title"), speak(`chat.${title}`, { peer }));
  setText(find("chat-handle"), speak(`chat.${hint}`, { handle }));
  setText(find("start"), speak(alone ? "chat.alone_start" : "chat.start"));
  setText(find("menu-open"), speak(peer === "" ? "chat.options_alone" : "chat.options"));
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
