// An explanation as a list of stages, in the order in which judging passes them.

import { el } from "./dom.js";

const ATTENTION = { none: "nobody is disturbed", queue: "a moderator looks", page: "an adult is paged" };
const DELIVERY = {
  deliver: "the other student sees it as written",
  mask: "words are starred out",
  redact: "words are hidden",
  hold: "the other student does not see it before a moderator agrees",
};

/** What follows, in words: {attention, delivery}. */
export const follows = ({ attention, delivery }) => `${ATTENTION[attention]}; ${DELIVERY[delivery]}`;

/** The explanation the server gave, as an element. */
export function told(one) {
  return el("div", {},
    el("p", { class: "verdict", "data-risk": one.attention === "page" ? "page" : "held" },
      one.attention !== "none" && el("span", { class: "chip", "data-risk": one.attention === "page" ? "page" : "held" }, one.attention), " ",
      sentence(follows(one))),
    el("dl", { class: "stages" },
      stage("Read", `${one.characters} characters${one.whole ? "" : ", too long to be read whole"}`),
      stage("Words", spoken(one.views[0])),
      one.views[1] && stage("Undone", spoken(one.views[1])),
      stage("Understood", spoken(one.understood.join(" / "))),
      stage("Disguise", one.disguised ? "suspected" : "not suspected"),
      stage("Found", one.found.length ? list(one.found.map(seen)) : "nothing"),
      one.turned.length > 0 && stage("Turned away", list(one.turned.map(turned))),
      one.score !== null && stage("Trained score", score(one)),
      one.shown && one.delivery !== "deliver" && stage("Shown", spoken(one.shown)),
      stage("Version", el("code", {}, one.version))));
}

const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;
const spoken = (words) => el("span", { class: "spoken" }, words);
const list = (children) => el("ul", {}, children.map((child) => el("li", {}, child)));
const stage = (name, value) => [el("dt", {}, name), el("dd", {}, value)];

function seen(one) {
  const signal = one.signal ? `, a sign of “${one.signal}”` : "";
  return [`${one.category}: ${one.attention}, ${one.delivery}${signal} — `, el("code", {}, one.rule),
    one.words && [" at ", el("mark", {}, one.words)], one.where && el("span", { class: "hint" }, ` ${one.where}`)].flat();
}

const turned = (one) => [el("code", {}, one.rule), " fitted ", el("mark", {}, one.words), ` but: ${one.because.join(", ")}`];

function score(one) {
  const limits = Object.entries(one.limits).map(([name, limit]) => `${name} from ${limit.toFixed(2)}`);
  return [`${one.score.toFixed(2)} `, el("span", { class: "hint" }, `(${limits.join(", ")})`)];
}
