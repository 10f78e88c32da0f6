// The audit log: who did what, newest first, a hundred entries at a time.

import { ask, signInAgain, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { capital, count } from "./words.js";

let oldest = null;

const when = (at) => new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });

/** What was done, in words: `incident_acknowledge` is "Incident acknowledge". */
export const what = (act) => capital(act.replaceAll("_", " "));

function row({ n, at, who, act, about }) {
  const time = el("time", { datetime: new Date(at).toISOString() }, when(at));
  // The roles are said, for on a phone the style makes no table of them.
  return el("tr", { role: "row" }, [String(n), time, who, what(act), about].map((inside) => el("td", { role: "cell" }, inside)));
}

async function load() {
  const answer = await ask("GET", oldest === null ? "/api/log" : `/api/log?before=${oldest}`);
  if (answer.status === 401) return signInAgain();
  $("empty").hidden = answer.ok;
  if (!answer.ok) return setText($("empty"), answer.words);
  const { entries, more, last, end } = answer.value;
  $("entries").append(...entries.map(row));
  oldest = entries.at(-1)?.n ?? oldest;
  $("log").hidden = false;
  $("older").hidden = !more;
  $("end").hidden = false;
  setText($("end"), `The log has ${count(last, "entry", "entries")}. It ends with ${end}. Write that down in another place now and then: it shows whether anything was cut off later.`);
  setText($("said"), `${count(entries.length, "entry", "entries")} read.`);
}

if (globalThis.document) {
  $("older").addEventListener("click", load);
  wireSignOut();
  load();
}
