// Line plots as SVG from rows of figures, each with a table that says the same.

import { el } from "./dom.js";

const SPACE = "http://www.w3.org/2000/svg";
/** What finds the drawing in what `plot` answers, and in which windows it is a wide one. */
export const DRAWING = "svg[role=img]";
export const ROOMY = "(min-width: 40rem)";
const WIDE = 640;
const NARROW = 320; // on a phone, so that its words are as large as those around
const HEIGHT = 200;
const LEFT = 58;
const BOTTOM = 24;
const TOP = 10;
const MOST_DOTS = 31;

function svg(name, given = {}, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A round number not below `most`, to which an axis is drawn; even, so that its half is round too. */
export function ceiling(most) {
  if (most <= 10) return Math.max(2, 2 * Math.ceil(most / 2));
  const size = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 4, 6, 8, 10].map((step) => step * size).find((step) => step >= most);
}

/** Runs of neighbours that have a value, as [place, value]; a day without one is a gap. */
export function runs(values) {
  const found = [];
  let open = null;
  values.forEach((value, place) => {
    if (value === null || value === undefined) open = null;
    else if (open) open.push([place, value]);
    else found.push((open = [[place, value]]));
  });
  return found;
}

const SECONDS = [1, 2, 4, 10, 20, 30, 60, 120, 240, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** The same for a length of time in milliseconds: round in seconds, minutes or hours, and so is its half. */
export const longest = (most) => 1000 * (SECONDS.find((step) => 1000 * step >= most) ?? 86_400 * Math.ceil(most / 86_400_000));

/**
 * given: {id, title, words, labels, each, series: [{name, values}], unit(value) → text, top(most)}.
 * `each` is what a label names, `top` where the axis ends.
 */
export function plot({ id, title, words, labels, each = "Day", series, unit = String, top: axis = ceiling }) {
  const width = matchMedia(ROOMY).matches ? WIDE : NARROW;
  const top = axis(Math.max(0, ...series.flatMap(({ values }) => values.filter((value) => value !== null))));
  const x = (place) => LEFT + ((width - LEFT - 12) * (labels.length > 1 ? place / (labels.length - 1) : 0.5));
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / top;
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-labelledby": `${id}-title` });
  for (const share of [0, 0.5, 1]) {
    const value = top * share;
    drawing.append(
      svg("line", { class: "grid", x1: LEFT, x2: width - 12, y1: y(value), y2: y(value) }),
      svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, unit(value)));
  }
  for (const [place, anchor] of [[0, "start"], [labels.length - 1, "end"]]) {
    drawing.append(svg("text", { x: x(place), y: HEIGHT - 6, "text-anchor": anchor }, labels[place]));
  }
  if (series.every(({ values }) => runs(values).length === 0)) {
    drawing.append(svg("text", { x: (LEFT + width - 12) / 2, y: y(top / 2) - 8, "text-anchor": "middle" }, "Nothing to show yet"));
  }
  series.forEach(({ values }, n) => {
    for (const run of runs(values)) {
      drawing.append(svg("polyline", { class: `line s${n}`, points: run.map(([place, value]) => `${x(place)},${y(value)}`).join(" ") }));
      if (labels.length > MOST_DOTS && run.length > 1) continue;
      drawing.append(...run.map(([place, value]) => svg("circle", { class: `dot s${n}`, cx: x(place), cy: y(value), r: 2.5 })));
    }
  });
  return el("figure", { class: "plot card", id },
    el("figcaption", {}, el("h2", { id: `${id}-title` }, title), words && el("p", { class: "hint" }, words), legend(series)),
    drawing,
    el("details", {}, el("summary", {}, `The same as a table`), table(title, [each, ...series.map(({ name }) => name)],
      labels.map((label, place) => [label, ...series.map(({ values }) => (values[place] === null ? "–" : unit(values[place])))]))));
}

function legend(series) {
  return el("ul", { class: "legend" }, series.map(({ name }, n) => el("li", {},
    svg("svg", { viewBox: "0 0 32 12", "aria-hidden": "true" }, svg("line", { class: `line s${n}`, x1: 0, x2: 32, y1: 6, y2: 6 })), ` ${name}`)));
}

/** A table with a caption for readers that do not see the page. */
export function table(caption, head, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", {}, el("caption", { class: "visually-hidden" }, caption),
      el("thead", {}, el("tr", {}, head.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), rest.map((value) => el("td", {}, String(value))))))));
}
