// What this tab remembers: the session token and the place in the room, never a word that was
// written. It lives in sessionStorage, so another tab, another profile and the next person at the
// same Chromebook have nothing. Browsers can bring a closed tab back with its sessionStorage, so the
// page notes when it went away, and what is older than a slow reload is forgotten.

const TOKEN = "token";
const PLACE = "place";
const GONE = "gone";
const WENT = "went";
/** Longer than a reload on bad Wi-Fi, shorter than somebody else sitting down. */
const RELOAD_MS = 30_000;

export class Memory {
  #store;
  #now;

  constructor(store, now) {
    this.#store = store;
    this.#now = now;
  }

  /** To be called once when the page begins: forgets everything if this is no mere reload. */
  wake() {
    const went = Number(this.#store.getItem(WENT));
    if (went && Math.abs(this.#now() - went) > RELOAD_MS) this.#store.clear();
    this.#store.removeItem(WENT);
  }

  /** To be called when the page goes away. */
  sleep() {
    if (this.token) this.#store.setItem(WENT, String(this.#now()));
  }

  get token() {
    return this.#store.getItem(TOKEN);
  }

  set token(token) {
    this.#store.setItem(TOKEN, token);
  }

  /** The room this tab was in, as {room, epoch}; null if none. */
  get place() {
    try {
      const place = JSON.parse(this.#store.getItem(PLACE) ?? "null");
      return place?.room && place?.epoch ? place : null;
    } catch {
      return null;
    }
  }

  set place(place) {
    if (place) this.#store.setItem(PLACE, JSON.stringify(place));
    else this.#store.removeItem(PLACE);
  }

  /**
   * After which message of a room the other student read nothing more, for they had left: `seq`, unless
   * this tab knew it before it was loaded again.
   */
  goneSince(room, seq) {
    const [known, first] = JSON.parse(this.#store.getItem(GONE) ?? "[]");
    if (known === room) return first;
    this.#store.setItem(GONE, JSON.stringify([room, seq]));
    return seq;
  }

  clear() {
    this.#store.clear();
  }
}
