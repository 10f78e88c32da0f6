// How long it may still take, in words. Pure. The number is the server's; without one the page says
// that it cannot tell. An estimate that has grown, or was too short, says so.

const GREW_S = 30;

/** Whole minutes, never zero. */
export const minutes = (seconds) => Math.max(1, Math.round(seconds / 60));

/**
 * Which words fit: {path, values, due}. `waited` and `estimate` in seconds (estimate: still to go,
 * or null), `dueBefore` is the `due` of the answer before, or null; `paused`: nobody is matched now.
 */
export function estimateWords(waited, estimate, dueBefore, paused = false) {
  if (paused) return { path: "waiting.paused", values: {}, due: null };
  if (estimate === null) return { path: dueBefore === null ? "waiting.none" : "waiting.longer_unknown", values: {}, due: dueBefore };
  const due = waited + estimate;
  const grew = dueBefore !== null && due > dueBefore + GREW_S;
  const count = minutes(estimate);
  if (grew && estimate >= 45) {
    const unit = count === 1 ? "waiting.one_minute" : "waiting.minutes";
    return { path: "waiting.longer", unit, values: { minutes: count }, due };
  }
  if (grew) return { path: "waiting.longer_soon", values: {}, due };
  if (estimate < 45) return { path: "waiting.soon", values: {}, due };
  if (count === 1) return { path: "waiting.about_one", values: {}, due };
  return { path: "waiting.about", values: { minutes: count }, due };
}

/** How long it has been, in words: {path, values}. */
export function waitedWords(waited) {
  const whole = Math.floor(waited / 60);
  if (whole === 0) return { path: "waiting.waited_under", values: {} };
  if (whole === 1) return { path: "waiting.waited_one", values: {} };
  return { path: "waiting.waited", values: { minutes: whole } };
}
