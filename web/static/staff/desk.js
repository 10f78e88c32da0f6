// What the console knows: the queue (waiting.js), the claimed item, the one thing being asked of the server.
// No page in here and no clock: frames and wishes come in, `changed` is told, `send` carries out.
// Nothing is shown as done before the server says so.

import { RETURNS, STAYS, frameOf } from "./acts.js";
import { Waiting } from "./waiting.js";

/**
 * hooks: {send(frame): boolean, changed(), arrived(item)}.
 * `busy` is the one wish under way, `failed` the last that did not go through, `lost` why the
 * claimed item is no longer this moderator's, `told` the last thing the server confirmed,
 * `undoable` the decision that can still be taken back: {item, act, until} in server time.
 */
export class Desk extends Waiting {
  me = "";
  onCall = [];
  offset = 0;
  card = null;
  busy = null;
  failed = null;
  lost = null;
  told = null;
  #drafts = new Map();
  undoable = null;
  shift = null;
  incidents = new Map();
  gauges = null;
  noteKept = false;
  #hooks;
  #known = false;
  #read = new Set();

  constructor(hooks) {
    super(() => hooks.changed());
    this.#hooks = hooks;
  }

  /** The connection was lost: what was under way is not known to have happened. */
  disconnected() {
    if (!this.busy) return;
    this.#fail("offline", "The connection was lost before this was confirmed.");
  }

  /** No answer came in time. */
  late(wish) {
    if (this.busy === wish) this.#fail("late", "The server has not answered yet.");
  }

  /** Asks for an item; answers the wish, or null while another is under way. */
  claim(item) {
    return this.#wish({ kind: "claim", item }, { t: "claim", item });
  }

  /** Decides about the claimed item; `given` are the other fields of the frame. */
  act(name, given = {}) {
    if (!this.card || this.lost) return null;
    const item = this.card.item.id;
    return this.#wish({ kind: name, item, given }, frameOf(item, name, given));
  }

  /** Puts the claimed item back because nobody has touched the page. */
  leftAlone() {
    if (!this.card || this.lost) return null;
    const item = this.card.item.id;
    return this.#wish({ kind: "put_back", item, given: {}, quiet: true }, frameOf(item, "put_back", {}));
  }

  /** Takes back the last decision that can be. */
  undo() {
    const { item } = this.undoable ?? {};
    if (!item || this.card) return null;
    return this.#wish({ kind: "undo", item }, { t: "undo", item });
  }

  /** It is too late to take anything back. */
  forgetUndo() {
    this.undoable = null;
    this.#hooks.changed();
  }

  /** Goes on shift, or off with a note for the next. */
  goOnShift(on, note = "") {
    return this.#wish({ kind: on ? "on_shift" : "off_shift", item: "", note }, { t: "shift", on, ...(note && { note }) });
  }

  /** Keeps what is being noted about the claimed item; nothing waits for the answer. */
  keepNote(note, text) {
    if (!this.card || this.lost) return;
    this.noteKept = false;
    this.#hooks.send({ t: "keep_note", item: this.card.item.id, note, text });
  }

  /** What was begun to be written for an act about an item: words to a student are no reason for a bar. */
  draftOf(item, act) {
    return this.#drafts.get(item)?.[act] ?? "";
  }

  keepDraft(item, act, text) {
    this.#drafts.set(item, { ...this.#drafts.get(item), [act]: text });
  }

  /** Tries again what failed. */
  retry() {
    const { kind, item, given, note } = this.failed ?? {};
    if (kind === "claim") return this.claim(item);
    if (kind === "on_shift" || kind === "off_shift") return this.goOnShift(kind === "on_shift", note);
    if (kind === "undo") return this.undo();
    return kind ? this.act(kind, given) : null;
  }

  /** The failure was read. */
  dismiss() {
    this.failed = null;
    this.#hooks.changed();
  }

  /** Puts a card away that is no longer this moderator's. */
  close() {
    this.failed = null;
    this.#putAway();
    this.#hooks.changed();
  }

  hear(frame, now) {
    const heard = {
      queue: () => this.#queue(frame, now),
      item: () => this.#item(frame.item),
      gone: () => this.#gone(frame.item, frame.outcome),
      opened: () => this.#opened(frame),
      done: () => this.#done(frame),
      on_shift: () => this.#onShift(frame),
      incident: () => this.incidents.set(frame.code, { pages: [], ...frame }),
      gauges: () => ({ on_call: this.onCall } = this.gauges = { failing: [], on_call: [], on_shift: [], ...frame }),
      error: () => this.busy && this.#fail(frame.code, frame.words),
    }[frame.t];
    if (!heard) return;
    heard();
    this.#hooks.changed();
  }

  #onShift(frame) {
    this.shift = { left: [], ...frame };
    if (this.busy?.kind === "on_shift" || this.busy?.kind === "off_shift") this.busy = null;
  }

  #wish(wish, frame) {
    if (this.busy) return null;
    this.failed = null;
    this.told = null;
    this.busy = wish;
    if (!this.#hooks.send(frame)) this.#fail("offline", "There is no connection right now.");
    this.#hooks.changed();
    return wish;
  }

  #fail(code, words) {
    const { kind, item, given, note } = this.busy;
    this.busy = null;
    const holder = this.items.get(item)?.claimed_by ?? "";
    this.failed = { kind, item, given, note, code, words, holder };
    this.#hooks.changed();
  }

  #queue(frame, now) {
    const before = this.items;
    this.fill(frame.items);
    this.me = frame.me;
    this.onCall = frame.on_call;
    this.offset = frame.now - now;
    for (const item of frame.items) if (this.#known && !before.has(item.id)) this.#arrive(item);
    this.showQuietly();
    this.#resume();
  }

  /** After a reconnection: take the card up again, or say what became of it. */
  #resume() {
    if (!this.card) {
      this.#takeUp();
      return;
    }
    const item = this.items.get(this.card.item.id);
    if (!item) {
      this.#lose("This needs nobody any more.");
    } else if (item.claimed_by && item.claimed_by !== this.me) {
      this.#lose(`${item.claimed_by} has this now.`);
    } else {
      this.#hooks.send({ t: "claim", item: item.id });
    }
  }

  /** A page loaded anew opens what its moderator already had. */
  #takeUp() {
    const mine = this.order.find((id) => this.items.get(id).claimed_by === this.me);
    if (!this.#known && mine) this.#hooks.send({ t: "claim", item: mine });
    this.#known = true;
  }

  #item(item) {
    const isNew = this.put(item);
    this.gone.delete(item.id);
    if (isNew || this.choice.state) this.showQuietly();
    if (isNew) this.#arrive(item);
    if (this.failed?.item === item.id && item.claimed_by) this.failed.holder = item.claimed_by;
    if (this.card?.item.id === item.id) this.#cardChanged(item);
  }

  #cardChanged(item) {
    const letGo = this.card.item.held && !item.held;
    this.card = { ...this.card, item };
    // Nobody waits for it any more: the card says what became of the message.
    if (letGo && item.claimed_by === this.me) this.#hooks.send({ t: "claim", item: item.id });
    if (item.claimed_by === this.me) this.lost = null;
    else if (item.claimed_by) this.#lose(`${item.claimed_by} has this now.`);
    else this.#lose("This went back to the queue.");
  }

  #arrive(item) {
    if (!item.claimed_by) this.#hooks.arrived(item);
  }

  #gone(id, outcome) {
    this.takeAway(id, outcome);
    const mine = this.card?.item.id === id;
    if (mine && this.busy?.item !== id) this.#lose("This needs nobody any more.");
  }

  #opened(frame) {
    const { item } = frame;
    if (this.card?.item.id !== item.id) this.noteKept = false;
    if (this.busy?.kind === "claim" && this.busy.item === item.id) this.busy = null;
    if (this.shift && this.card?.item.id !== item.id && !this.#read.has(item.id)) {
      this.#read.add(item.id);
      this.shift.read[item.category] = (this.shift.read[item.category] ?? 0) + 1;
    }
    this.put(item); // again, where it was undone
    this.card = frame;
    this.lost = null;
    this.showAll();
  }

  #done(frame) {
    if (frame.act === "noted") {
      this.noteKept = true;
      return;
    }
    const quiet = this.busy?.item === frame.item && Boolean(this.busy.quiet);
    if (this.busy?.item === frame.item) this.busy = null;
    this.told = { item: frame.item, act: frame.act, quiet };
    this.undoable = frame.undo_until ? { item: frame.item, act: frame.act, until: frame.undo_until } : null;
    this.#drafts.delete(frame.item);
    this.failed = null;
    if (!RETURNS.has(frame.act) && !STAYS.has(frame.act)) this.remove(frame.item);
    if (this.card?.item.id === frame.item && !STAYS.has(frame.act)) this.#putAway();
  }

  #putAway() {
    this.card = null;
    this.lost = null;
    this.showAll();
  }

  #lose(why) {
    this.lost = why;
    this.busy = null;
  }
}
