// What a student can say is wrong with a peer: a choice of one.

import { make, speakList } from "./dom.js";

/** A group of choices; `labelled` is the id of the words above it. */
export function makeReasons(labelled) {
  const reasons = Object.entries(speakList("menu.reasons")).map(([value, text]) => {
    const radio = make("input", { type: "radio", name: "reason", value });
    return make("label", { className: "choice" }, radio, make("span", { textContent: text }));
  });
  return make("fieldset", { className: "choices stack tight", "aria-labelledby": labelled }, ...reasons);
}

/** What is picked in such a group, or undefined. */
export const pickedReason = (group) => group.querySelector("input:checked")?.value;
