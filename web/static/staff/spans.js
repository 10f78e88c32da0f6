// A message cut into pieces, so that what the rules saw can be marked. Pure.
// Offsets on the wire count characters as Unicode does; JavaScript counts halves of some of them.

/**
 * Pieces of `text` in order: {text, marked}. A finding with an empty span is about the whole
 * message and marks nothing; spans may overlap, run past the end or come in any order.
 */
export function pieces(text, findings) {
  const letters = Array.from(text);
  const marked = new Uint8Array(letters.length);
  for (const { start, end } of findings) marked.fill(1, Math.max(0, start), Math.max(0, end));
  const found = [];
  letters.forEach((letter, place) => {
    const last = found.at(-1);
    if (last && last.marked === Boolean(marked[place])) last.text += letter;
    else found.push({ text: letter, marked: Boolean(marked[place]) });
  });
  return found;
}

/** The words of a message: {text, start, end, marked}; `marked` where a finding touches them. */
export function wordsOf(text, findings) {
  const letters = Array.from(text);
  const found = [];
  letters.forEach((letter, place) => {
    if (/\s/u.test(letter)) return;
    const last = found.at(-1);
    if (last?.end === place) Object.assign(last, { text: last.text + letter, end: place + 1 });
    else found.push({ text: letter, start: place, end: place + 1, marked: false });
  });
  for (const word of found) {
    word.marked = findings.some(({ start, end }) => start < word.end && end > word.start);
  }
  return found;
}
