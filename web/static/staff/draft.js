// A note that is being written on a case, and was not sent: kept in this tab alone, for whoever writes
// it, so that neither a reload nor signing in again loses it. Gone once it is sent, or on signing out.

const DRAFT = "draft ";

export class Draft {
  #store;
  #name;

  /** `code` of the case; `who` is the login of whoever is signed in: those of anybody else go. */
  constructor(store, code, who) {
    forgetDrafts(store, (name) => !name.endsWith(` ${who}`));
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

/** Whoever sits down here next finds none, or none of `which`. */
export function forgetDrafts(store, which = () => true) {
  const names = Array.from({ length: store.length }, (_, place) => store.key(place));
  for (const name of names) if (name.startsWith(DRAFT) && which(name)) store.removeItem(name);
}
