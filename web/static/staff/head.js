// The head of the console: what waits and for how long, how quickly somebody looks, what fails.

import { $, setText } from "./dom.js";
import { gauges, heat } from "./order.js";
import { coarse } from "./words.js";

/** What it means when a part does not work: what is being held, and what to do. */
const FAILING = {
  judge: "The checks fail: every message they cannot judge is held for you.",
  on_call: "Nobody on call can be reached: no new chat opens, and a page reaches nobody. Follow the emergency plan.",
  lobby: "Matching stands still: students who wait are not paired.",
  paging: "Paging stands still: nobody is being rung. Call the adults on call yourself.",
};

export class Head {
  /** Counts, names and the red bar; answers the title of the tab. */
  draw(desk) {
    const found = gauges(desk.items.values());
    const names = desk.onCall.join(", ");
    if (desk.me) setText($("on-call"), names ? `On call: ${names}` : "Nobody on call can be reached");
    $("on-call").title = names;
    $("on-call").dataset.state = names ? "" : "nobody";
    this.#failing(desk);
    this.#figures(desk.gauges);
    return found.page.count > 0 ? `(${found.page.count}) Queue · Peerline` : "Queue · Peerline";
  }

  /** Once a second: of each class how many wait, and the longest wait. */
  tick(desk, now) {
    if (!desk.me) return;
    const found = gauges(desk.items.values());
    for (const name of ["page", "waiting", "look"]) {
      const { count, since } = found[name];
      const waited = count ? now - since : 0;
      const state = count && name === "waiting" ? heat({ held: true }, waited) : "";
      gauge(name, String(count), { since: count ? coarse(waited) : "", state, some: count > 0 });
    }
  }

  #figures(figures) {
    if (!figures) return;
    gauge("first", figures.first_look == null ? "–" : coarse(figures.first_look));
    const full = figures.places != null && figures.rooms >= figures.places;
    gauge("rooms", figures.places == null ? String(figures.rooms) : `${figures.rooms} of ${figures.places}`, { state: full ? "amber" : "" });
  }

  #failing(desk) {
    const failing = new Set(desk.gauges?.failing ?? []);
    for (const item of desk.items.values()) if (item.kind === "fault") failing.add("judge");
    const words = [...failing].map((name) => FAILING[name] ?? `Not working: ${name}.`).join(" ");
    $("failing").hidden = words === "";
    setText($("failing"), words);
  }
}

function gauge(name, text, { since = "", state = "", some = false } = {}) {
  const box = document.querySelector(`[data-gauge="${name}"]`);
  const [figure, waited] = box.querySelector("dd").children;
  setText(figure, text);
  setText(waited, since);
  box.dataset.state = state;
  box.toggleAttribute("data-some", some);
}
