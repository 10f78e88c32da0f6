// How long to wait before trying to connect again. Pure: chance is an argument.
// Exponential back-off with jitter, so that a school's four hundred Chromebooks do not all knock in
// the same instant after the access point comes back.

const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/** Milliseconds before attempt number `failures + 1`; `chance` is in [0, 1). */
export function backoff(failures, chance) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(ceiling * (0.5 + chance / 2));
}

/** Whether a close code means "come back" (RFC 6455 7.4; 4500-4999 are ours for "do not"). */
export function mayReturn(code) {
  return !(code >= 4500 && code <= 4999);
}
