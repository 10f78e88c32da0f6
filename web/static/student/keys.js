// Keys with a meaning. Pure: the time of a key is an argument.

const TIMES = 3;
const WITHIN_MS = 5000;

/**
 * A judge of key presses: answers true at the third Shift in a row within five seconds. Any other
 * key, or a click, begins again; a key held down counts once. So "I AM FINE" never leaves.
 */
export function tripleShift() {
  let presses = [];
  return {
    key(name, repeat, now) {
      if (name !== "Shift") {
        presses = [];
        return false;
      }
      if (repeat) return false;
      presses = [...presses.filter((at) => now - at <= WITHIN_MS), now];
      if (presses.length < TIMES) return false;
      presses = [];
      return true;
    },
    begin() {
      presses = [];
    },
  };
}

/** Whether a key press in the message box means "send": Enter, but not while composing letters. */
export function sends(event) {
  if (event.key !== "Enter" || event.shiftKey) return false;
  return !(event.isComposing || event.keyCode === 229);
}
