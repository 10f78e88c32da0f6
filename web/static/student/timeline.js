// The conversation as it stands on the screen. Pure: frames in, entries out.
//
// Exactly once and in order: only the message after the last one is shown, a smaller number is
// dropped, and a larger one means that something is missing, so the page connects again and asks
// from where it was. Own messages that have no number yet stand where they were written (being
// checked, not sent) or at the end (still on their way). Nothing ever disappears.

/** What an entry may be: a state of moderation/terms.py, or one the page adds. */
const SENDING = "sending";
export const REFUSED = "refused";
export const MARKED = "marked";
const SHOWN = new Set(["released", "masked", "redacted"]);

const END = Number.MAX_SAFE_INTEGER;

export class Timeline {
  #entries = [];
  #era = 0;
  #made = 0;

  constructor(room, epoch, last = 0) {
    this.room = room;
    this.epoch = epoch;
    this.last = last;
  }

  /** Entries in the order of the screen. */
  entries() {
    return [...this.#entries].sort(
      (a, b) => a.era - b.era || a.place - b.place || a.rank - b.rank || a.made - b.made,
    );
  }

  own(cid) {
    return this.#entries.find((entry) => entry.cid === cid && entry.who === "me");
  }

  /** Whether a held message only waits its turn: one before it is being checked as well. */
  behind(entry) {
    return entry.state === "held" && this.#entries.some(
      (each) => each.state === "held" && each.who === "me" && each.made < entry.made,
    );
  }

  /** An own message on its way. */
  say(cid, text) {
    return this.#add({ who: "me", cid, text, state: SENDING, place: END, rank: 1 });
  }

  /** A `message` frame: "placed", "old" (already shown) or "ahead" (one is missing). */
  message(frame) {
    const where = this.#where(frame.seq);
    if (where !== "next") return where;
    const known = frame.cid ? this.own(frame.cid) : undefined;
    const entry = known ?? this.#add({ who: frame.who, cid: frame.cid ?? null, text: frame.text });
    entry.text = frame.text;
    entry.mid = frame.mid;
    entry.state = frame.state ?? "released";
    this.#put(entry, frame.seq);
    return "placed";
  }

  /** A `told` frame, words of staff to this student alone: true unless they are shown already. */
  told(frame) {
    if (this.#entries.some((entry) => entry.mid === frame.mid)) return false;
    this.#add({ who: frame.who, cid: null, mid: frame.mid, text: frame.text, state: "told" });
    return true;
  }

  /** An `ack` or `status` frame: "placed", "changed", "old" or "ahead". */
  settle(frame, now = 0) {
    const entry = this.own(frame.cid) ?? this.#returned(frame);
    if (SHOWN.has(frame.state) && entry.seq === undefined) {
      const where = this.#where(frame.seq);
      if (where === "ahead") return where;
      this.#apply(entry, frame);
      this.#put(entry, frame.seq);
      return where === "next" ? "placed" : "changed";
    }
    if (entry.state === frame.state) return "old";
    this.#apply(entry, frame);
    if (entry.seq === undefined) this.#stay(entry);
    if (frame.state === "held") entry.heldAt = now - 1000 * (frame.waited ?? 0);
    return "changed";
  }

  /** A `marked` frame: it stays where it was written, until the student says how it goes on. */
  mark(cid, parts) {
    const entry = this.own(cid);
    if (entry?.state !== SENDING) return false;
    Object.assign(entry, { state: MARKED, parts });
    this.#stay(entry);
    return true;
  }

  /** What was marked is said without those parts. */
  sayMarked(entry) {
    Object.assign(entry, { state: SENDING, place: END, parts: undefined });
  }

  /** The server would not take it: it stays, with the reason. */
  refuse(cid, why) {
    const entry = this.own(cid);
    if (!entry) return;
    entry.state = REFUSED;
    entry.why = why;
    this.#stay(entry);
  }

  /** A `reset` frame: history may be missing here, and the next number is `head + 1`. */
  reset(frame) {
    const moved = this.#entries.filter((entry) => entry.state === SENDING);
    this.#era += 1;
    this.room = frame.room;
    this.epoch = frame.epoch;
    this.last = frame.head;
    for (const entry of moved) entry.era = this.#era;
    this.#add({ who: "gap", cid: null, text: "", state: "gap", place: frame.head, rank: 0 });
  }

  /** The room is over: what was on its way or being checked will not go on. */
  close(why) {
    for (const entry of this.#entries) {
      if (![SENDING, MARKED, "held"].includes(entry.state)) continue;
      Object.assign(entry, { state: REFUSED, why, closed: true, taking: false });
      this.#stay(entry);
    }
  }

  #where(seq) {
    if (seq <= this.last) return "old";
    return seq === this.last + 1 ? "next" : "ahead";
  }

  #put(entry, seq) {
    entry.seq = seq;
    entry.place = seq;
    entry.rank = 0;
    entry.era = this.#era;
    this.last = Math.max(this.last, seq);
  }

  #stay(entry) {
    if (entry.place !== END) return;
    entry.place = this.last;
    entry.rank = 1;
  }

  #apply(entry, frame) {
    entry.state = frame.state;
    entry.mid = frame.mid;
    if (typeof frame.text === "string") entry.text = frame.text;
  }

  /** An own message this page has not seen written: the page was loaded again since. */
  #returned(frame) {
    const text = frame.text ?? "";
    return this.#add({ who: "me", cid: frame.cid, text, state: "", place: END, rank: 1 });
  }

  #add(entry) {
    this.#made += 1;
    const full = { era: this.#era, made: this.#made, place: this.last, rank: 1, ...entry };
    this.#entries.push(full);
    return full;
  }
}
