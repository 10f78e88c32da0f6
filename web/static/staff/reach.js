// What is known about a way to reach somebody, in words. Pure.

/** "good", "waiting" or "none": whether it counts; `proven_for` is for how long a proof does. */
export function standing(one, now, provenFor) {
  if (one.proven_at !== null && now - one.proven_at <= provenFor) return "good";
  return asks(one, now) ? "waiting" : "none";
}

const ASKED_MS = 15 * 60_000;

/** Whether its newest test page waits for an answer. */
export function asks(one, now) {
  return one.proof !== null && one.proof.answered_at === null && now - one.proof.asked_at < ASKED_MS;
}

const WAY = {
  pending: "is on its way",
  "failed-for-now": "did not go through yet; it is being tried again",
  "failed-for-good": "cannot go out this way. Take it out, and add it again",
  sent: "was handed to the provider; nobody knows yet whether it came",
  delivered: "came to your device",
};

/** What became of a test page. */
export const testWords = (proof) => WAY[proof.state] ?? "was answered";

/**
 * How many ways count, for the top of the page: {good, words}. `calls` are the channels over which a
 * telephone rings, if this school has one: a phone on silent stays silent for everything else.
 */
export function summary(contacts, now, provenFor, calls = []) {
  const works = contacts.filter((one) => standing(one, now, provenFor) === "good");
  const good = works.length;
  if (good === 0) {
    return { good, words: "You cannot be reached. Nobody counts on you until you have heard a test page." };
  }
  if (good === 1) return { good, words: "One way works. Add a second one over another provider: a phone on silent stays silent." };
  if (calls.length > 0 && !works.some(({ channel }) => calls.includes(channel))) {
    return { good, words: `${good} ways work, and none of them calls you. Add a telephone call: a phone on silent stays silent for the rest.` };
  }
  return { good, words: `${good} ways work. You can be reached.` };
}
