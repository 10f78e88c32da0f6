// How long nobody has touched the console, and what follows. Pure.

const WARN_MS = 60_000;
const BACK_MS = 90_000;
const END_MS = 15 * 60_000;

/**
 * {left, back, end}: `left` seconds until a claimed item goes back (0 while there is nothing to
 * warn of), whether it goes back now, and whether the session is over as the server sees it.
 */
export function alone(quiet, hasCard) {
  const warn = hasCard && quiet >= WARN_MS && quiet < BACK_MS;
  return {
    left: warn ? Math.ceil((BACK_MS - quiet) / 1000) : 0,
    back: hasCard && quiet >= BACK_MS,
    end: quiet >= END_MS,
  };
}
