// A sheet: a dialog that lies over the screen but never over *Leave now*. The browser's own modal
// dialogs cover and disable everything else, the way out included, so ours is not modal: the screen
// behind is made inert, the bar with the two buttons stays.

import { find } from "./dom.js";

export class Sheet {
  #dialog;
  #back = null;

  constructor(id) {
    this.#dialog = find(id);
    this.#dialog.querySelector("[data-act=close]").addEventListener("click", () => this.close());
    this.#dialog.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing) this.close();
    });
    find("shade").addEventListener("click", () => this.close());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    if (this.#dialog.open) return;
    this.#back = document.activeElement;
    for (const other of document.querySelectorAll("dialog[open]")) other.close();
    this.#dialog.show();
    find("main").inert = true;
    find("shade").hidden = false;
    this.focus();
  }

  /** Puts the reader at the heading: the sheet is new, or its words have changed. */
  focus() {
    this.#dialog.querySelector("h2").focus();
  }

  close() {
    if (!this.#dialog.open) return;
    this.#dialog.close();
    find("main").inert = false;
    find("shade").hidden = true;
    const back = this.#back?.checkVisibility?.() ? this.#back : find("help-open");
    back.focus();
  }
}
