// One change of the rules: what it is, where it stands, what it would alter, and the next steps.

import { el } from "./dom.js";
import { brought, follows } from "./rule_why.js";
import { category } from "./words.js";

const STATES = {
  proposed: "waits for a second person",
  shadow: "only recorded as yet",
  live: "in force",
  ended: "ended",
};
const STEPS = { second: "Agree: record it", live: "Put it in force" };
const day = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
const number = (count) => count.toLocaleString("en-GB");

/** hooks: {step(change, name, button), end(change)}. */
export function changeCard(one, hooks) {
  const risk = one.state === "live" ? "page" : one.state === "shadow" ? "held" : null;
  return el("li", { class: "card person", "data-closed": one.state === "ended", "data-change": one.change.id },
    el("div", { class: "change-head" },
      el("h3", {}, one.change.id),
      el("span", { class: "chip", "data-risk": risk === "held" ? "held" : null }, STATES[one.state])),
    el("p", { class: "about" }, who(one)),
    el("p", {}, what(one.change)),
    one.why && el("p", { class: "about" }, `Ended because: ${one.why}`),
    one.state !== "ended" && facts(one),
    buttons(one, hooks));
}

function who(one) {
  const said = [`proposed by ${one.proposer} on ${day(one.proposed_at)}`];
  if (one.seconder) said.push(`agreed by ${one.seconder} on ${day(one.seconded_at)}`);
  if (one.live_at) said.push(`in force since ${day(one.live_at)}`);
  if (one.ender) said.push(`ended by ${one.ender} on ${day(one.ended_at)}`);
  return said.join(" · ");
}

function what(change) {
  if (change.kind === "lower") return `This shipped rule does one step less here, because: ${change.reason}`;
  const words = change.say.map((say) => `“${say}”`).join(", ");
  return `When somebody writes ${words} (${category(change.category)}): ${follows(change)}.`;
}

function facts(one) {
  const hits = one.change.kind === "lower" ? "messages the rule was found in since it was agreed" : "messages it was found in since it was agreed";
  return el("ul", { class: "facts" },
    ...trialFacts(one.trial),
    one.state !== "proposed" && el("li", {}, `${number(one.hits)} ${hits}`));
}

/** What a trial counted, as list items. */
export function trialFacts(trial) {
  const moved = (counts) => counts.reduce((sum, { count }) => sum + count, 0);
  const ways = (counts) => counts.map(({ before, after, count }) => `${number(count)} from ${brought(before)} to ${brought(after)}`).join(", ");
  const said = (counts) => (moved(counts) ? `: ${ways(counts)}` : "");
  const apart = trial.judged < trial.touched; // never where nobody counted what it can touch
  const looked = apart ? `${number(trial.judged)} tried of the ${number(trial.touched)} sample messages that it can touch,` : `${number(trial.written)} sample messages`;
  return [
    el("li", {}, `${number(moved(trial.moved_written))} of ${looked} decided differently${said(trial.moved_written)}`),
    el("li", {}, `${number(moved(trial.moved_stored))} of ${number(trial.stored)} messages kept here decided differently${said(trial.moved_stored)}`),
    el("li", {}, `Danger missed among ${trial.touched == null ? "the samples" : "the samples that it can touch"}: ${number(trial.missed[0])} before, ${number(trial.missed[1])} after; false pages: ${number(trial.false_pages[0])} before, ${number(trial.false_pages[1])} after`),
  ];
}

function buttons(one, hooks) {
  if (one.steps.length === 0) return null;
  return el("p", { class: "change" }, one.steps.map((name) => {
    if (name === "end") {
      const words = one.state === "live" ? "Roll back" : "End it";
      return el("button", { class: "button small", type: "button", "data-kind": "quiet", "data-step": "end", onClick: () => hooks.end(one) }, `${words}…`);
    }
    const button = el("button", {
      class: "button small", type: "button", "data-kind": "main", "data-step": name,
      onClick: () => hooks.step(one, name, button),
    }, STEPS[name]);
    return button;
  }));
}
