// One reveal: what was asked and why, and the one thing whoever looks may do now. Halves are opened
// in this browser; what opens an identity is never sent, and a page shows it once.

import { ask, wireSignOut } from "./api.js";
import { $, el, setText } from "./dom.js";
import { picker } from "./key_picker.js";
import { moment, standing, wanted } from "./reveal_words.js";
import { fromBase64, fingerprint, halfOf, open, openIdentity, seal, toBase64 } from "./sealed.js";
import { shownOnce } from "./shown_once.js";
import { keepAsking } from "./watch.js";
import { capital } from "./words.js";

const code = location.pathname.split("/").at(-1);
const home = `/api/identities/${code}`;
const STEPS = { approve: approving, open: opening, review: reviewing };

/** What this page is doing once it has shown an identity: nothing any more. */
const SHOWN = "shown";

let drawn = "";
let doing = "";

function heard(value) {
  const one = value.reveals.find((each) => each.code === code);
  if (!one) return $("reveal").replaceChildren(el("h1", {}, "There is nothing here"), el("p", {}, "No identity was asked for under this code."));
  document.title = `${one.code} · Peerline`;
  const todo = wanted(one, value.now);
  const next = JSON.stringify({ ...one, todo });
  if (next !== drawn) $("reveal").replaceChildren(about(one, todo));
  drawn = next;
  const step = one.steps.find((each) => STEPS[each]) ?? one.state;
  if (step !== doing && doing !== SHOWN) $("do").replaceChildren(...(STEPS[step]?.(one, value) ?? waiting(one, value)));
  if (doing !== SHOWN) doing = step;
  return undefined;
}

function about(one, todo) {
  const line = (title, words) => words && el("div", {}, el("dt", {}, title), el("dd", {}, words));
  return el("section", { class: "asked", "aria-labelledby": "asked-title" },
    el("p", { class: "standing" }, todo || standing(one)),
    el("h1", { id: "asked-title" }, one.practice ? "Practice: a made-up identity" : `Who is it? ${capital(one.reason)}`),
    el("dl", { class: "record" },
      line("Code", one.code),
      line("Asked by", `${one.requester}, ${moment(one.requested_at)}`),
      line("Incident", one.incident),
      line("The threat", one.why?.threat),
      line("Who will be told", one.why?.recipients),
      line(one.state === "refused" ? "Refused by" : "Agreed to by", one.answerer && `${one.answerer}, ${moment(one.answered_at)}`),
      line("Why not", one.answer),
      line("Opened", one.opened_at && moment(one.opened_at)),
      line("Reviewed by", one.reviewer && `${one.reviewer}, ${moment(one.reviewed_at)}`),
      line("The review", one.review)));
}

function waiting(one, { custodians }) {
  if (!one.mine || one.state !== "asked") return [];
  const able = custodians.filter((each) => each.half === "b" && each.print).map((each) => each.name);
  return [el("section", { class: "card" }, el("h2", {}, "They have been paged"),
    el("p", {}, `Any one of these can answer: ${able.join(", ") || "nobody has a key"}. Phone one if nothing happens. Keep your key file at hand; this page tells you when it is agreed.`))];
}

function approving(one, { custodians }) {
  const key = picker("half", "b");
  const to = custodians.find((each) => each.print === one.key);
  return [form("Do you agree?", "Open my half and agree", key, async () => {
    const own = await key.unlock();
    const answer = await ask("POST", `${home}/half`, {});
    if (!answer.ok) throw new Error(answer.words);
    const { pseudonym, halves, point } = answer.value;
    const target = fromBase64(point);
    if ((await fingerprint(target)) !== one.key) throw new Error("The key it would be passed on to is not the one shown here. Stop, and tell somebody.");
    const part = await open(own, halfOf("b", pseudonym), fromBase64(halves.b)).catch(() => { throw new Error("Your key does not open this half."); });
    const passed = toBase64(await seal(target, halfOf(code, pseudonym), part));
    part.fill(0);
    return ask("POST", `${home}/approve`, { passed });
  }, [
    el("p", {}, `Your half alone opens nothing. It is opened here and passed on to ${one.requester} only. You do not see who it is.`),
    el("p", { class: "about" }, `It goes to the key of ${to?.name ?? one.requester}. Compare it with the list in the safe:`),
    el("p", { class: "print" }, one.key),
  ]), words("refuse", "I do not agree", "Why not? Whoever asked reads it, and it is recorded.", "Refuse")];
}

function opening(one, { me }) {
  const first = picker("half", "a");
  const safe = one.alone ? picker("safe", "safe") : null;
  const inside = el("div", {}, first.element, safe?.element ?? "");
  const title = one.alone ? "Open it alone" : "It is agreed";
  const again = one.state === "opened";
  return [form(again ? "Was it lost?" : title, again ? "Open it again" : "Open it", { element: inside }, async () => {
    const own = await first.unlock();
    const other = safe ? await safe.unlock() : own;
    const answer = await ask("POST", `${home}/open`, {});
    if (!answer.ok) throw new Error(answer.words);
    const { pseudonym, halves, identity } = answer.value;
    const kind = Object.keys(halves).find((each) => each !== "a");
    try {
      const parts = [await open(own, halfOf("a", pseudonym), fromBase64(halves.a)), await open(other, halfOf(kind, pseudonym), fromBase64(halves[kind]))];
      put(shownOnce(await openIdentity(fromBase64(identity), pseudonym, ...parts), one, me));
    } catch {
      put(el("p", { class: "trouble", role: "alert" }, "It was handed out, but the two halves did not open it. Ask again, and tell whoever enrolled the pupils."));
    }
    return answer;
  }, [el("p", {}, again ? `You have opened it. If you have not seen who it is, you can open it again until ${moment(one.expires_at)}. Each time is recorded.` : one.alone
    ? "Every custodian has just been told. Somebody else must review this within a day."
    : "It is for you alone, and recorded. Have your key file and passphrase ready, and nobody looking over your shoulder.")])];
}

/** In the place of the form, and left there whatever the server says next. */
function put(element) {
  doing = SHOWN;
  $("do").replaceChildren(element);
}

function reviewing() {
  return [words("review", "Was it right to open it alone?", "What you found. It is kept with the record.", "Close the review", true)];
}

function form(title, label, { element }, act, more) {
  const trouble = el("p", { class: "trouble", role: "alert", id: "act-trouble" });
  const button = el("button", { class: "button", "data-kind": "main", id: "act" }, label);
  return el("section", { class: "card", "aria-labelledby": "act-title" }, el("h2", { id: "act-title" }, title), more,
    el("form", { class: "fields one", onSubmit: async (event) => {
      event.preventDefault();
      if (button.disabled) return;
      button.disabled = true;
      trouble.textContent = "";
      try {
        const answer = await act();
        if (!answer.ok) throw new Error(answer.words);
        setText($("said"), "Done.");
      } catch (error) {
        trouble.textContent = error.message;
      }
      button.disabled = false;
      look();
    } }, element, trouble, button));
}

function words(name, title, hint, label, main = false) {
  const trouble = el("p", { class: "trouble", role: "alert" });
  const area = el("textarea", { class: "field", id: `${name}-words`, rows: "3", maxlength: "2000", required: true });
  const inside = el("form", { class: "fields one", onSubmit: async (event) => {
    event.preventDefault();
    const answer = await ask("POST", `${home}/${name}`, { words: area.value.trim() });
    trouble.textContent = answer.ok ? "" : answer.path ? "Please write a few words." : answer.words;
    look();
  } }, el("label", { for: `${name}-words` }, hint, area), trouble,
  el("button", { class: "button", "data-kind": main ? "main" : "quiet", id: name }, label));
  if (main) return el("section", { class: "card", "aria-labelledby": `${name}-title` }, el("h2", { id: `${name}-title` }, title), inside);
  return el("details", { class: "card" }, el("summary", {}, title), inside);
}

wireSignOut();
const look = keepAsking("/api/identities", heard);
