// The siren's button in the head of the pages of the adults on call, and what it rings for.

import { $, asSwitch, setText } from "./dom.js";
import { joinSiren } from "./pulse.js";
import { Siren } from "./siren.js";

const SILENCE = "no answer";
const PAGING = "paging is broken";

/** {stays(), ring(codes), silent(is)}: what `keepAsking` and the page tell the siren. */
export function setUpSiren() {
  const button = $("siren");
  const siren = new Siren(show);
  let codes = [];
  let isSilent = false;
  let isBroken = false;

  button.addEventListener("click", () => {
    if (siren.ringing) siren.hush();
    else if (siren.ready) siren.stop();
    else siren.start();
  });
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, (event) => { if (event.target !== button) siren.wake(); }, { capture: true });
  }

  function show() {
    const state = siren.ringing ? "ringing" : siren.ready ? "on" : siren.wanted ? "waiting" : "off";
    if (button.dataset.state === state) return;
    button.dataset.state = state;
    setText(button, { ringing: "Hush 1 min", waiting: "Tap for siren" }[state] ?? "Siren");
    asSwitch(button, state === "on" || state === "off", state === "on");
  }

  function tell() {
    siren.ring([...codes, ...(isSilent ? [SILENCE] : []), ...(isBroken ? [PAGING] : [])]);
  }

  show();
  joinSiren({
    stays: () => siren.ready,
    broken(is) {
      isBroken = is;
      tell();
    },
  });
  return {
    stays: () => siren.ready,
    ring(found) {
      codes = found;
      tell();
    },
    silent(is) {
      isSilent = is;
      tell();
    },
  };
}
