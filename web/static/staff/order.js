// What comes first in the queue. Pure; the server sends the whole queue in its order, and a single
// new item is put where that order would have it (chat/urgency.py): by the moment at which somebody
// should have looked, which is sooner for what is riskier.

const CEILING = { page: 15_000, waiting: 60_000, look: 300_000 };

/** The class of an item: "page", "waiting" (somebody waits for a word about it) or "look". */
export function classOf(item) {
  if (item.attention === "page") return "page";
  return item.held || item.kind === "help" || item.asked_by ? "waiting" : "look";
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

/** The figures of the header: of each class how many wait, and since when the oldest does. */
export function gauges(items) {
  const found = { page: { count: 0 }, held: { count: 0 }, queue: { count: 0 } };
  let oldest = null;
  for (const item of items) {
    if (item.claimed_by) continue;
    const name = { page: "page", waiting: "held", look: "queue" }[classOf(item)];
    found[name].count += 1;
    found[name].since = Math.min(found[name].since ?? Infinity, item.since);
    if (!oldest || item.since < oldest.since) oldest = item;
  }
  return { ...found, oldest };
}

/** Items of that topic, or of every topic for "". */
export const ofTopic = (ids, items, topic) => ids.filter((id) => !topic || !items.has(id) || items.get(id).topic === topic);

/** How worrying a wait is: "", "amber" or "red"; held messages keep a student waiting. */
export function heat(item, waited) {
  if (!item.held) return "";
  if (waited >= 60_000) return "red";
  return waited >= 30_000 ? "amber" : "";
}
