// What the pages say about a reveal. Pure.

const STATES = {
  asked: "Waiting for a senior leader",
  approved: "Agreed to, not opened yet",
  refused: "Refused",
  timed_out: "Nobody did it in time",
  opened: "Opened",
};

/** How a reveal stands, in words. */
export function standing(one) {
  if (one.alone && one.state === "approved") return "To be opened by one person alone";
  if (one.alone && one.state === "opened") return one.reviewed_at ? "Opened alone, reviewed" : "Opened alone, not reviewed yet";
  return STATES[one.state] ?? one.state;
}

/** What whoever looks is asked to do, or nothing. */
export function wanted(one, now) {
  if (one.steps.includes("approve")) return `Your answer is needed within ${minutes(one.expires_at - now)}`;
  if (one.state === "approved" && one.steps.includes("open")) return `Ready: open it within ${minutes(one.expires_at - now)}`;
  if (one.steps.includes("review")) return one.review_due_at > now ? `Review it before ${moment(one.review_due_at)}` : "The review is overdue";
  if (one.mine && one.state === "asked") return `Waiting for a senior leader, ${minutes(one.expires_at - now)} left`;
  return "";
}

/** Time left, never rounded up: "14 min", "50 s". */
export function minutes(left) {
  const seconds = Math.max(0, Math.floor(left / 1000));
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`;
}

/** A day and a time, as this device writes them. */
export const moment = (at) => new Date(at).toLocaleString([], { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });
