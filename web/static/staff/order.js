// What comes first in the queue. Pure; the server sends the whole queue in its order, and a single
// new item is put where that order would have it (chat/desk/urgency.py): by the moment at which somebody
// should have looked, which is sooner for what is riskier.

const CEILING = { page: 15_000, waiting: 60_000, look: 300_000 };

/** Kinds of items with which a student asks for somebody. */
const ASKED = new Set(["help", "report"]);

/** The class of an item: "page", "waiting" (somebody waits for a word about it) or "look". */
export function classOf(item) {
  if (item.attention === "page") return "page";
  return item.held || ASKED.has(item.kind) || item.asked_by ? "waiting" : "look";
}

/** Whether `one` is more pressing than `other`. */
export function before(one, other) {
  const due = (item) => item.since + CEILING[classOf(item)];
  if (due(one) !== due(other)) return due(one) < due(other);
  return one.since === other.since ? one.id < other.id : one.since < other.since;
}

/** `ids` with the new `item` in its place among `items` (a Map by id). */
export function placed(ids, items, item) {
  const rest = ids.filter((id) => id !== item.id);
  const found = rest.findIndex((id) => items.has(id) && before(item, items.get(id)));
  rest.splice(found < 0 ? rest.length : found, 0, item.id);
  return rest;
}

/** What stands on an item: its class, and of what waits for a word whether a message is held by it. */
export const chipOf = (item) => (classOf(item) === "waiting" && item.held ? "held" : classOf(item));

/** The figures of the header: of each class how many nobody has yet, and since when the oldest waits. */
export function gauges(items) {
  const found = { page: { count: 0 }, waiting: { count: 0 }, look: { count: 0 } };
  for (const item of items) {
    if (item.claimed_by) continue;
    const one = found[classOf(item)];
    one.count += 1;
    one.since = Math.min(one.since ?? Infinity, item.since);
  }
  return found;
}

/**
 * Items of that topic, of that class, and that nobody has (`state` "free"); "" is all of them. What
 * is gone stays until it is put away.
 */
export function chosen(ids, items, { topic, kind, state }) {
  const fits = (item) => (!topic || item.topic === topic) && (!kind || classOf(item) === kind) && (!state || !item.claimed_by);
  return ids.filter((id) => !items.has(id) || fits(items.get(id)));
}

/** How worrying a wait is: "", "amber" or "red" when a student or a colleague waits for a word. */
export function heat(item, waited) {
  if (!item.held && classOf(item) !== "waiting") return "";
  if (waited >= 60_000) return "red";
  return waited >= 30_000 ? "amber" : "";
}
