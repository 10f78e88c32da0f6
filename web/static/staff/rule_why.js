// Why a message was judged as it was, for whoever leads: what follows, what brought it, and, folded
// away, how it was read.

import { el } from "./dom.js";
import { category } from "./words.js";

const ATTENTION = { none: "nobody is disturbed", queue: "a moderator looks", page: "an adult is paged" };
const DELIVERY = {
  deliver: "the other student sees it as written",
  mask: "words are starred out",
  redact: "words are hidden",
  hold: "the other student does not see it before a moderator agrees",
};

/** What follows, in words: {attention, delivery}. */
export const follows = ({ attention, delivery }) => `${ATTENTION[attention]}; ${DELIVERY[delivery]}`;

/** What a decision brings, in a word or two. */
export const brought = (attention) => ({ none: "nobody", queue: "a moderator", page: "a page" })[attention] ?? attention;

const CHIPS = { queue: "Look", page: "Page" };

/** The trained score in words, from the highest limit down. */
const HEARD = [
  ["strong", "It hears danger clearly. That alone brings a moderator."],
  ["queue", "It hears danger. That alone brings a moderator."],
  ["weak", "It hears a faint sign, which counts only beside another one."],
  ["agrees", "It hears no danger of its own, but does not call this harmless: what rules find counts in full."],
];
const HARMLESS = "It calls this plainly harmless: what a rule finds counts one step less, unless its words alone are enough.";

/** What a trained score means beside its limits. Pure. */
export function heard(score, limits) {
  return HEARD.find(([name]) => score >= limits[name])?.[1] ?? HARMLESS;
}

/** The explanation the server gave, as an element: what follows and why, and folded away how it was read. */
export function told(one) {
  const risk = one.attention === "page" ? "page" : "held";
  return el("div", {},
    el("p", { class: "verdict", "data-risk": risk },
      CHIPS[one.attention] && el("span", { class: "chip", "data-risk": risk }, CHIPS[one.attention]), " ",
      sentence(follows(one))),
    el("dl", { class: "stages" },
      stage("Found", one.found.length ? list(once(one.found).map(seen)) : "Nothing."),
      one.turned.length > 0 && stage("Fitted, but does not count", list(one.turned.map(turned))),
      one.score !== null && stage("Trained score", score(one)),
      one.shown && one.delivery !== "deliver" && stage("The other student reads", spoken(one.shown))),
    el("details", {}, el("summary", {}, "How it was read"), el("dl", { class: "stages" },
      stage("Length", `${one.characters} characters${one.whole ? "" : ", too long to be read whole"}`),
      stage("Words", spoken(one.views[0])),
      one.views[1] && stage("Without the disguise", spoken(one.views[1])),
      stage("Taken for", spoken(one.understood.join(" / "))),
      stage("Disguise", one.disguised ? "suspected" : "not suspected"),
      stage("Rules version", el("code", {}, one.version)))));
}

/** Findings without those that say the same again: one rule, the same words. Pure. */
export function once(found) {
  const same = (one, other) => one.rule === other.rule && one.words === other.words;
  return found.filter((one, at) => found.findIndex((other) => same(one, other)) === at);
}

const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;
const spoken = (words) => el("span", { class: "spoken" }, words);
const list = (children) => el("ul", {}, children.map((child) => el("li", {}, child)));
const stage = (name, value) => [el("dt", {}, name), el("dd", {}, value)];

function seen(one) {
  const signal = one.signal ? ` It also counts as a sign of “${one.signal.replaceAll("_", " ")}” beside others.` : "";
  return [el("strong", {}, category(one.category)), one.words && [": ", el("mark", {}, one.words)], ". ", sentence(follows(one)), signal,
    el("span", { class: "hint" }, " Rule ", el("code", {}, one.rule), one.where && `, ${one.where}`)].flat(2);
}

const turned = (one) => [el("code", {}, one.rule), " fitted ", el("mark", {}, one.words), ` but: ${one.because.join(", ")}`];

function score(one) {
  const { queue } = one.limits;
  return [heard(one.score, one.limits), el("span", { class: "hint" }, ` ${one.score.toFixed(1)}; a moderator looks from ${queue.toFixed(1)}.`)];
}
