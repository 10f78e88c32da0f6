// The moderators' console: wires the desk to the socket, the keys and the page.

import { idFrom } from "../student/ids.js";
import { Connection } from "../student/socket.js";
import { alone } from "./alone.js";
import { ask, leaveForSignIn, wireSignOut } from "./api.js";
import { Bars } from "./bars.js";
import { Card } from "./card.js";
import { failure } from "./card_parts.js";
import { Desk } from "./desk.js";
import { $, el, setText } from "./dom.js";
import { Help, cap, letter, meaning, typing } from "./keyboard.js";
import { usable } from "./keymap.js";
import { showLink } from "./link.js";
import { List } from "./list.js";
import { Head } from "./head.js";
import { Narrow } from "./narrow.js";
import { heat } from "./order.js";
import { Overview } from "./overview.js";
import { ShiftDialog } from "./shift.js";
import { Sound } from "./sound.js";
import { SoundSwitch } from "./sound_switch.js";
import { pageBelow } from "./to_page.js";
import { coarse, count } from "./words.js";

const LONGEST_MUTE = 60;
const LONGEST_BAR = Number($("work").dataset.longestBar);
const LATE_MS = 8_000;
const REPLACED = 4501;
const SIGNED_OUT = 4502;
const HERE_MS = 5_000;
const STILL_HERE_MS = 4 * 60_000;

const sound = new Sound();
const soundSwitch = new SoundSwitch($("sound"), sound);
const desk = new Desk({ send, changed, arrived });
const list = new List($("items"), { claim, used: (yes) => desk.inUse(yes) });
const hooks = {
  act: (name, given) => watched(desk.act(name, given)),
  undo: () => watched(desk.undo()),
  keepNote: (note, text) => desk.keepNote(note, text),
  newId: () => idFrom(crypto.getRandomValues(new Uint8Array(16))),
  now: () => Date.now() + desk.offset,
  longest: (name) => (name === "bar" ? LONGEST_BAR : LONGEST_MUTE),
  retry: () => watched(desk.retry()),
  dismiss: () => desk.dismiss(),
  close: () => putAway(),
  reach: async () => (await ask("GET", "/api/on-call")).value?.on_call,
};
const card = new Card($("work"), hooks);
const help = new Help($("help"));
const head = new Head();
const narrow = new Narrow(desk);
const overview = new Overview($("overview"), send);
const bars = new Bars($("bars"), send);
const shift = new ShiftDialog($("shift"), $("rest"), {
  shift: (on, note) => watched(desk.goOnShift(on, note)),
  now: hooks.now,
});
const connection = new Connection(
  {
    makeSocket: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws?as=staff`),
    setTimeout: (act, ms) => setTimeout(act, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    random: Math.random,
    online: () => navigator.onLine,
    probe: stillSignedIn,
  },
  {
    hello: () => ({ t: "watch", ...(desk.shift && { on: desk.shift.on }) }),
    frame: (frame) => {
      if (frame.t === "queue") {
        showLink(null);
        overview.again();
        bars.again();
      }
      overview.hear(frame);
      bars.hear(frame);
      desk.hear(frame, Date.now());
      if (Date.now() - lastSign >= HERE_MS) signOfLife();
    },
    lost: () => desk.disconnected(),
    trouble: (kind) => {
      showLink(kind);
      if (kind === "lost") stillSignedIn().catch(() => undefined);
    },
    stopped: (code) => {
      if (code === SIGNED_OUT) leaveForSignIn();
      else showLink(code === REPLACED ? "replaced" : "broken");
    },
  },
);

let due = false;
let lastInput = Date.now();
let lastSign = Date.now();
let hadCard = false;

function send(frame) {
  return connection.send(frame, { answered: true });
}

/** Every few seconds, and when a frame comes: the clock of a page in the background may sleep. */
function signOfLife() {
  lastSign = Date.now();
  send({ t: "here", quiet: Math.floor((lastSign - lastInput) / 1000) });
}

function changed() {
  if (due) return;
  due = true;
  queueMicrotask(draw);
}

function watched(wish) {
  if (wish) setTimeout(() => desk.late(wish), LATE_MS);
}

function claim(id) {
  const item = desk.items.get(id);
  if (!item || (item.claimed_by && item.claimed_by !== desk.me)) return;
  if (desk.card && !desk.lost && desk.card.item.id !== id) {
    say("Decide about the claimed item first, or put it back.");
    return;
  }
  watched(desk.claim(id));
}

function putAway() {
  desk.close();
  list.focus();
}

function arrived(item) {
  if (item.attention === "page") sound.ring();
  say(`${count(desk.fresh.length || 1, "new item", "new items")} in the queue`);
}

function say(words) {
  setText($("said"), words);
}

function draw() {
  due = false;
  const inCard = $("work").contains(document.activeElement);
  if (desk.shown.length === 0 && desk.fresh.length > 0) desk.settle(); // nothing there could move
  list.draw(desk);
  narrow.draw();
  card.draw(desk);
  drawHead();
  const empty = desk.shown.length === 0;
  $("empty").hidden = !empty;
  if (desk.me) setText($("empty"), "Nothing is waiting. New items appear here by themselves.");
  document.body.toggleAttribute("data-card", Boolean(desk.card));
  if (hadCard && !desk.card && (inCard || document.activeElement === document.body)) {
    if (!list.focus()) $("main").focus();
  }
  hadCard = Boolean(desk.card);
  if (!desk.card && desk.failed) $("work").prepend(failure(desk.failed, hooks));
  tick();
}

function drawHead() {
  document.title = head.draw(desk);
  shift.label($("shift-open"), desk);
  const { fresh } = desk;
  const urgent = fresh.some((item) => item.attention === "page");
  $("to-page").hidden = pageBelow(desk.shown, desk.items) === undefined;
  $("fresh").hidden = fresh.length === 0;
  $("fresh").dataset.kind = urgent ? "danger" : "main";
  const words = `${fresh.length} new${urgent ? ", page" : ""}`;
  if ($("fresh").dataset.words !== words) {
    $("fresh").dataset.words = words;
    $("fresh").replaceChildren(el("span", {}, words), cap("N"));
  }
}

/** Once a second: every age on the page, and how long the claimed item has been left alone. */
function tick() {
  const now = Date.now() + desk.offset;
  for (const wait of document.querySelectorAll("time[data-since]")) {
    const waited = now - Number(wait.dataset.since);
    setText(wait, coarse(waited));
    const item = desk.items.get(wait.dataset.item);
    wait.dataset.heat = item ? heat(item, waited) : "";
  }
  head.tick(desk, now);
  shift.tick(desk);
  leftAlone();
  undoLeft(now);
}

/** How long the last decision can still be taken back. */
function undoLeft(now) {
  if (!desk.undoable) return;
  const left = Math.ceil((desk.undoable.until - now) / 1000);
  if (left <= 0) desk.forgetUndo();
  for (const span of document.querySelectorAll("[data-until]")) setText(span, `${left} s.`);
}

function leftAlone() {
  const mine = Boolean(desk.card && !desk.lost && !desk.busy && !desk.failed);
  const { left, back, end } = alone(Date.now() - lastInput, mine);
  if (end) {
    connection.stop();
    leaveForSignIn();
  }
  if (back) watched(desk.leftAlone());
  $("alarm").hidden = left === 0;
  if (left > 0) setText($("alarm"), `Still reading? This goes back to the queue in ${left} s. Press any key to keep it.`);
}

async function stillSignedIn() {
  const answer = await ask("GET", "/api/me");
  if (answer.status === 401) leaveForSignIn();
  if (!answer.ok) throw new Error("the server does not answer");
}

const ON_KEY = {
  next: () => list.move(1),
  back: () => list.move(-1),
  claim: () => claim(list.selected),
  fresh: () => showFresh(),
  page: () => toPage(),
  sound: () => soundSwitch.toggle(),
  help: () => help.open(),
  retry: () => hooks.retry(),
  undo: () => hooks.undo(),
  note: () => card.toNote(),
  shift: () => shift.open(desk),
  rooms: () => overview.rooms(),
  leave: () => card.leave() || (desk.lost && putAway()),
};

function onKey(event) {
  if ($("menu").matches(":popover-open")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || help.isOpen || shift.isOpen || overview.isOpen || bars.isOpen) return;
  if (typing(event.target) && event.key !== "Escape") return;
  if (usable(event.key) && card.toWords()) return;
  const used = help.single || event.key === "Escape" || event.key.startsWith("Arrow");
  if (!used) return;
  const name = meaning(event.key, event.target);
  const done = name ? (ON_KEY[name](), true) : onAct(event.key);
  if (done) event.preventDefault();
}

function onAct(key) {
  if (/^[1-9]$/.test(key)) return card.choose(Number(key));
  return card.key(letter(key));
}

function showFresh() {
  if (desk.fresh.length === 0) return;
  desk.settle();
  queueMicrotask(() => list.focus());
}

function toPage() {
  list.focus(pageBelow(desk.shown, desk.items));
}

function noteInput() {
  lastInput = Date.now();
  soundSwitch.touched();
}

wireSignOut();
help.wire($("keys"));
$("fresh").addEventListener("click", showFresh);
$("to-page").addEventListener("click", toPage);
document.addEventListener("keydown", noteInput, true);
document.addEventListener("pointerdown", noteInput, true);
document.addEventListener("pointermove", () => { lastInput = Date.now(); }, { passive: true });
document.addEventListener("keydown", onKey);
window.addEventListener("online", () => connection.nowOnline());
window.addEventListener("offline", () => connection.nowOffline());
$("shift-open").addEventListener("click", () => shift.open(desk));
$("rooms-open").addEventListener("click", () => overview.rooms());
$("bars-open").addEventListener("click", () => bars.open());
$("team-open")?.addEventListener("click", () => overview.team());
setInterval(tick, 1000);
setInterval(signOfLife, HERE_MS);
// The socket is no request: a session in use is kept by asking now and then (idle after 15 minutes).
setInterval(() => Date.now() - lastInput < STILL_HERE_MS && stillSignedIn().catch(() => undefined), STILL_HERE_MS);
connection.start();
