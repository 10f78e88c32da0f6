// A note that is being written on a case, and was not sent: kept in this tab alone, for whoever writes
// it, so that neither a reload nor signing in again loses it. Gone once it is sent, or on signing out.

const DRAFT = "draft ";

export class Draft {
  #store;
  #name;

  /** `code` of the case; `who` is signed in. */
  constructor(store, code, who) {
    this.#store = store;
    this.#name = `${DRAFT}${code} ${who}`;
  }

  get text() {
    return this.#store.getItem(this.#name) ?? "";
  }

  set text(text) {
    if (text) this.#store.setItem(this.#name, text);
    else this.#store.removeItem(this.#name);
  }
}

/** Whoever sits down here next finds none. */
export function forgetDrafts(store) {
  const names = Array.from({ length: store.length }, (_, place) => store.key(place));
  for (const name of names) if (name.startsWith(DRAFT)) store.removeItem(name);
}
