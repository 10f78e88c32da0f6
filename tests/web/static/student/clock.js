// A clock that a test moves: timers run when their time has come, in its order.

export class Clock {
  now = 0;
  #timers = new Map();
  #made = 0;

  setTimeout(act, ms) {
    this.#made += 1;
    this.#timers.set(this.#made, { act, at: this.now + ms });
    return this.#made;
  }

  clearTimeout(timer) {
    this.#timers.delete(timer);
  }

  /** Lets time pass. */
  pass(ms) {
    const until = this.now + ms;
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.at <= until);
      if (due.length === 0) break;
      const [id, timer] = due.sort((a, b) => a[1].at - b[1].at)[0];
      this.#timers.delete(id);
      this.now = timer.at;
      timer.act();
    }
    this.now = until;
  }
}
