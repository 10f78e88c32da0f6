// A page can stand far down a long queue, behind what somebody should have looked at before it came
// (order.js). It is never out of sight: a red button above the list goes to it. Pure.

import { classOf } from "./order.js";

/** The id of the first page that nobody has; undefined without one, and where it stands first. */
export function pageBelow(ids, items) {
  const free = (item) => item && classOf(item) === "page" && !item.claimed_by;
  const at = ids.findIndex((id) => free(items.get(id)));
  return at > 0 ? ids[at] : undefined;
}
