// The student's page: which screen is shown, and what each frame of the server does to it.

import { Chat } from "./chat.js";
import { notUnderstood, setUpSignIn, setUpUnderstanding, showTopics } from "./door.js";
import { announce, fillWords, find, lineItems, setText, speak } from "./dom.js";
import { Help } from "./help.js";
import { idFrom } from "./ids.js";
import { readyToLeave } from "./leave.js";
import { Memory } from "./memory.js";
import { Connection } from "./socket.js";
import { Waiting } from "./waiting.js";

/** `topics` comes first even when a ticket or a room follows: wait a blink before showing them. */
const BLINK_MS = 200;
const SLOW_LOAD_MS = 6000;
/** Close codes of chat/errors.py. */
const REPLACED = 4501;
const SIGN_IN_AGAIN = new Set([4502, 4503]);

fillWords(document);
const memory = new Memory(sessionStorage, Date.now);
memory.wake();

let topics = null;
let lines = [];
let intents = [];
let trouble = null;
let blink = 0;
let slowLoad = 0;

const newId = () => idFrom(crypto.getRandomValues(new Uint8Array(16)));

// --- the parts -------------------------------------------------------------------------------

const connection = new Connection(
  {
    makeSocket: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`),
    setTimeout: (act, ms) => setTimeout(act, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    random: Math.random,
    online: () => navigator.onLine,
    probe: () => fetch("/static/favicon.svg", { cache: "no-store" }),
  },
  {
    hello: () => ({ t: "hello", token: memory.token, ...resume() }),
    frame: (frame) => heard(frame),
    lost: () => chat.lost(),
    trouble: (kind) => showTrouble(kind),
    stopped: (code) => stopped(code),
  },
);

const help = new Help({
  signedIn: () => memory.token !== null,
  online: () => connection.open,
  lines: () => lines,
  askForPerson: () => intend({ t: "help" }),
});

const chat = new Chat({
  send: (frame, options) => connection.send(frame, options),
  newId,
  lostPlace: () => connection.lostPlace(),
  keepPlace: (place) => (memory.place = place && { room: place.room, epoch: place.epoch }),
  askForPerson: () => help.ask(),
  intend,
  left: () => show("ended"),
});

const waiting = new Waiting();

const exit = readyToLeave({
  token: () => memory.token,
  farewell: () => {
    connection.send({ t: "bye" });
    connection.stop();
  },
  forget: () => memory.clear(),
  sleep: () => memory.sleep(),
});

// --- the connection --------------------------------------------------------------------------

/** Where the page was: its place in the chat, or, after a reload, the start of the same room. */
function resume() {
  const place = chat.place ?? (memory.place && { ...memory.place, seq: 0 });
  return place ? { resume: place } : {};
}

/** Sends a frame now, or as soon as there is a connection that knows who this is. */
function intend(frame) {
  if (!connection.send(frame, { answered: true })) intents.push(frame);
}

function keepIntents() {
  const due = intents;
  intents = [];
  for (const frame of due) intend(frame);
  return due.some((frame) => frame.t === "leave" || frame.t === "block");
}

const handlers = {
  topics: (frame) => {
    topics = frame;
    setLines(frame.lines);
    keepIntents();
    clearTimeout(blink);
    blink = setTimeout(toTheLobby, BLINK_MS);
  },
  waiting: (frame) => {
    clearTimeout(blink);
    waiting.update(frame, topics?.topics.find((topic) => topic.id === frame.topic)?.label);
    show("waiting");
  },
  matched: (frame) => {
    clearTimeout(blink);
    if (keepIntents()) return;
    if (find("screen-waiting").hidden === false) announce(speak("waiting.found"));
    chat.matched(frame);
    show("chat");
  },
  message: (frame) => chat.message(frame),
  ack: (frame) => chat.settled(frame),
  status: (frame) => chat.settled(frame),
  resumed: (frame) => chat.resumed(frame),
  reset: (frame) => chat.reset(frame),
  typing: () => chat.peerTyping(),
  peer_left: () => over("peer_left"),
  ended: (frame) => over(frame.why),
  notice: (frame) => notice(frame.code),
  error: (frame) => refused(frame),
};

function heard(frame) {
  handlers[frame.t]?.(frame);
}

function toTheLobby() {
  if (chat.active) return chat.over("expired");
  if (shown === "chat" || shown === "ended") return;
  if (!topics.understood) return show("understand");
  if (!topics.open) return closed(topics.opens);
  showTopics(topics.topics, (topic) => intend({ t: "join", topic }));
  show("topics");
}

function over(why) {
  if (chat.active) chat.over(why);
  else if (shown !== "chat") show("ended");
}

function notice(code) {
  if (code === "help_asked" || code === "no_adult") help.answered(code);
  if (code !== "no_adult") chat.notice(code);
}

function refused(frame) {
  if (chat.refused(frame)) return;
  if (help.waitsForAnswer) help.answered("failed");
  if (frame.code === "not_understood") {
    if (shown === "understand") notUnderstood();
    else show("understand");
  } else if (frame.code === "barred") barred();
  else if (frame.code === "closed_now") closed("");
  else if (frame.code === "seq_ahead") chat.startOver();
  else if (shown === "topics") {
    toTheLobby();
    setText(find("topics-problem"), frame.words);
  } else if (shown === "understand") setText(find("understand-problem"), frame.words);
}

function stopped(code) {
  if (SIGN_IN_AGAIN.has(code)) {
    signOut();
    setText(find("card-error"), speak("signin.again"));
    return;
  }
  const replaced = code === REPLACED;
  setText(find("stopped-title"), speak(replaced ? "stopped.title" : "stopped.broken_title"));
  setText(find("stopped-body"), speak(replaced ? "stopped.replaced" : "stopped.broken"));
  setText(find("stopped-go"), speak(replaced ? "stopped.here" : "stopped.reload"));
  show("stopped");
}

function signOut() {
  chat.forget();
  memory.clear();
  intents = [];
  show("signin");
}

// --- screens ---------------------------------------------------------------------------------

let shown = "loading";

function show(name) {
  if (name === shown) return;
  find(`screen-${shown}`).hidden = true;
  find(`screen-${name}`).hidden = false;
  document.body.dataset.screen = name;
  const first = shown === "loading" && name === "signin";
  if (shown === "waiting") waiting.end();
  shown = name;
  clearTimeout(slowLoad);
  if (name === "loading") watchLoading();
  showTrouble(trouble);
  scrollTo(0, 0);
  if (!first && !document.querySelector("dialog[open]")) find(`screen-${name}`).querySelector("h1").focus();
}

function watchLoading() {
  setText(find("loading-body"), speak("loading.body"));
  slowLoad = setTimeout(() => setText(find("loading-body"), speak("loading.slow")), SLOW_LOAD_MS);
}

function closed(opens) {
  setText(find("closed-title"), speak("closed.title"));
  setText(find("closed-opens"), opens ? speak("closed.opens", { opens }) : speak("closed.opens_unknown"));
  setText(find("closed-body"), speak("closed.body"));
  show("closed");
}

function barred() {
  setText(find("closed-title"), speak("barred.title"));
  setText(find("closed-opens"), "");
  setText(find("closed-body"), speak("barred.body"));
  show("closed");
}

function showTrouble(kind) {
  const was = trouble;
  trouble = kind;
  chat.net(kind === "offline" || kind === "lost");
  const writing = shown === "chat";
  let text = "";
  if (kind) text = speak(`net.${kind}${writing ? "" : "_plain"}`);
  setText(find("banner"), text);
  if (was && !kind) announce(speak("net.back"));
}

function setLines(known) {
  lines = known;
  for (const list of document.querySelectorAll("[data-lines]")) list.replaceChildren(...lineItems(lines));
  help.linesChanged();
}

/** Help lines must be there before anybody has signed in, and in a room that is come back to. */
async function fetchLines() {
  try {
    const answer = await fetch("/api/lines");
    if (answer.ok && lines.length === 0) setLines((await answer.json()).lines);
  } catch {
    // Without a network the general words stand; the lines come with `topics` later.
  }
}

function lookAgain() {
  show("loading");
  connection.again();
}

const acts = {
  stop: () => {
    intend({ t: "leave" });
    show("loading");
  },
  help: () => help.ask(),
  topics: lookAgain,
  again: lookAgain,
  over: () => {
    chat.forget();
    show("ended");
  },
  leave: () => exit.leave(),
};

// --- begin -----------------------------------------------------------------------------------

for (const element of document.querySelectorAll("main [data-act]")) {
  element.addEventListener("click", () => acts[element.dataset.act]());
}
setUpSignIn((token) => {
  memory.token = token;
  show("loading");
  connection.start();
});
setUpUnderstanding((answer) => intend({ t: "understood", answer }));
addEventListener("online", () => connection.nowOnline());
addEventListener("offline", () => connection.nowOffline());
addEventListener("beforeunload", (event) => {
  if (chat.unsent > 0 && !exit.left()) event.preventDefault();
});
setLines([]);
fetchLines();
if (memory.token) {
  watchLoading();
  connection.start();
} else show("signin");
