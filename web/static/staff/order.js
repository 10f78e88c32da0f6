// What comes first in the queue. Pure; the server sends the whole queue in its order, and a single
// new item is put where that order would have it: pages, then whoever waits for a word (a held
// message, a call for help), then the longest wait.

const waits = (item) => item.held || item.kind === "help";

/** Whether `one` is more pressing than `other`; the same order as `pressing` in chat/desk.py. */
export function before(one, other) {
  if (one.attention !== other.attention) return one.attention === "page";
  if (waits(one) !== waits(other)) return waits(one);
  return one.since < other.since;
}

/** `ids` with the new `item` in its place among `items` (a Map by id). */
export function placed(ids, items, item) {
  const rest = ids.filter((id) => id !== item.id);
  const found = rest.findIndex((id) => items.has(id) && before(item, items.get(id)));
  rest.splice(found < 0 ? rest.length : found, 0, item.id);
  return rest;
}

/** The figures of the header: counts, and the item that has waited longest (or null). */
export function gauges(items) {
  const waiting = [...items].filter((item) => !item.claimed_by);
  const oldest = waiting.reduce((old, item) => (old && old.since <= item.since ? old : item), null);
  const page = waiting.filter((item) => item.attention === "page");
  const held = waiting.filter((item) => item.attention !== "page" && item.held);
  return {
    page: page.length,
    held: held.length,
    queue: waiting.length - page.length - held.length,
    oldest,
  };
}

/** How worrying a wait is: "", "amber" or "red"; held messages keep a student waiting. */
export function heat(item, waited) {
  if (!item.held) return "";
  if (waited >= 60_000) return "red";
  return waited >= 30_000 ? "amber" : "";
}
