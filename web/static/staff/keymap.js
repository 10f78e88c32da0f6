// Which key a moderator presses for what: every letter of the console can be another one (WCAG
// 2.1.4). Pure; `keyboard.js` keeps it with the account. A binding is named by the letter the
// handbook prints; arrows, Enter, Esc and the numbers of reasons stay as they are.

/** One spelling of a key that was pressed: "a" and "A" are the same. */
const spelt = (key) => (key.toUpperCase().length === 1 ? key.toUpperCase() : key);

/** Whether a pressed key can stand for something: one sign, not a number and not a space. */
export const usable = (key) => [...key].length === 1 && !/[\d\s]/.test(key);

export class KeyMap {
  #now = new Map();

  /** `names` are the letters of all bindings; `kept` is what `changes` said before, or nothing. */
  constructor(names, kept = {}) {
    for (const name of names) this.#now.set(name, name);
    for (const [name, key] of Object.entries(kept ?? {})) if (typeof key === "string") this.change(name, key);
  }

  /** The key to press for a binding. */
  of(name) {
    return this.#now.get(name) ?? name;
  }

  /** The binding a pressed key means, or undefined. */
  meant(key) {
    const pressed = spelt(key);
    for (const [name, one] of this.#now) if (one === pressed) return name;
    return undefined;
  }

  /**
   * From now on `key` is the one for `name`; whoever had it takes the one `name` had, so that no key
   * is lost or means two things. Answers the other's name, null without one; undefined when refused.
   */
  change(name, key) {
    const wanted = spelt(key);
    if (!this.#now.has(name) || !usable(wanted)) return undefined;
    const other = this.meant(wanted);
    if (other !== undefined && other !== name) this.#now.set(other, this.#now.get(name));
    this.#now.set(name, wanted);
    return other === name ? null : (other ?? null);
  }

  /** Only what differs from the printed letters, by name; `{}` when nothing does. */
  get changes() {
    return Object.fromEntries([...this.#now].filter(([name, key]) => name !== key));
  }

  /** Every key is the printed one again. */
  reset() {
    for (const name of this.#now.keys()) this.#now.set(name, name);
  }
}
