// Small helpers for the page. Text goes in as text: there is no way here to make markup of a string
// (the page runs under `trusted-types 'none'`).

import { words } from "./words.js";

export const find = (id) => document.getElementById(id);

/**
 * The words at a path such as "signin.title", with {braces} filled from `values`. Empty where there are
 * none: a server may be newer than this page, and say what it has no words for.
 */
export function speak(path, values = {}) {
  const text = speakList(path);
  return typeof text === "string" ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") : "";
}

/** The list of words at a path. */
export function speakList(path) {
  return path.split(".").reduce((found, step) => found?.[step], words);
}

/** An element: `props` are properties, `data-*` and `aria-*` attributes, or `on` handlers. */
export function make(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "click") element.addEventListener("click", value);
    else if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

export function button(text, click, kind = "") {
  const element = make("button", { type: "button", className: "button", textContent: text, click });
  if (kind) element.dataset.kind = kind;
  return element;
}

/** Sets text only where it differs, so that live regions stay quiet about what did not change. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Fills every `data-w` with its words, and every `data-hint` with the hint of its field. */
export function fillWords(root) {
  for (const field of root.querySelectorAll("[data-hint]")) field.placeholder = speak(field.dataset.hint);
  for (const element of root.querySelectorAll("[data-w]")) setText(element, speak(element.dataset.w));
}

/** Digits that fit beside a name on a small phone. */
const SHORT_NUMBER = 12;

/** Help lines as list items a phone can call. */
export function lineItems(lines) {
  if (lines.length === 0) return [make("li", { textContent: speak("help.no_lines") })];
  return lines.map((line) => {
    const call = make("a", { href: `tel:${line.number.replace(/[^\d+]/g, "")}`, textContent: line.number });
    call.setAttribute("aria-label", speak("lines.call", line));
    const name = make("span", { className: "line-name", textContent: line.name });
    const hours = line.hours ? [make("span", { className: "line-hours", textContent: line.hours })] : [];
    const item = make("li", {}, name, call, ...hours);
    item.toggleAttribute("data-long", line.number.length > SHORT_NUMBER);
    return item;
  });
}

/** The same as a list. */
export function lineList(lines) {
  return make("ul", { className: "lines" }, ...lineItems(lines));
}

const SPOKEN_MS = 8000;

/** Says something to a screen reader, once and politely. */
export function announce(text) {
  const line = make("p", { textContent: text });
  find("announce").append(line);
  setTimeout(() => line.remove(), SPOKEN_MS);
}
