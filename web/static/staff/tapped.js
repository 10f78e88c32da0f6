// A notification was tapped while this page was open. What is being written here stays: the worker
// sends word of it, and a link leads there when whoever reads it is ready.

import { $, el } from "./dom.js";
import { capital } from "./words.js";

/** By address, so that the same one is not named twice. */
const links = new Map();

navigator.serviceWorker?.addEventListener("message", ({ data: { where, code, kind } }) => {
  links.set(where, el("a", { href: where }, `${capital(kind)} · ${code}`));
  $("tapped").replaceChildren("You tapped this. It takes the place of what you write here:", ...links.values());
  $("tapped").hidden = false;
});
