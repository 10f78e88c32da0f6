// The picture an authenticator app reads, drawn from rows of 0 and 1.

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white that a reader needs around it (ISO/IEC 18004)

/** A square of modules as an SVG element; `words` are for those who cannot see it. */
export function picture(rows, words) {
  const size = rows.length + 2 * QUIET;
  const made = document.createElementNS(SVG, "svg");
  for (const [key, value] of [["viewBox", `0 0 ${size} ${size}`], ["role", "img"], ["aria-label", words], ["class", "picture"]]) {
    made.setAttribute(key, value);
  }
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", rows.flatMap((row, y) => [...row].map((bit, x) => (bit === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ""))).join(""));
  made.append(path);
  return made;
}
