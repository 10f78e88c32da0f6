// Talking: the connection, and what each frame of the server does to the page.

import { Afterwards } from "./afterwards.js";
import { Chat } from "./chat.js";
import { setUpUnderstanding, showTopics } from "./choosing.js";
import { announce, find, setText, speak } from "./dom.js";
import { idFrom } from "./ids.js";
import { current, helpLines, onChange, setLines, show, showBarred, showClosed, showStopped } from "./screens.js";
import { Connection } from "./socket.js";
import { Waiting } from "./waiting.js";
import { Wrong } from "./wrong.js";

/** `topics` comes first even when a ticket or a room follows: wait a blink before showing them. */
const BLINK_MS = 200;
/** Close codes of chat/errors.py. */
const REPLACED = 4501;
const SIGN_IN_AGAIN = new Set([4502, 4503]);
/** Refusals of `hello` after which the page tries again by itself. */
const AGAIN = new Set(["internal", "unavailable", "rate_limited"]);
const SOCKET = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

const newId = () => idFrom(crypto.getRandomValues(new Uint8Array(16)));

/** page: {memory, help, signedOut()}. Called once. */
export function begin({ memory, help, signedOut }) {
  let topics = null;
  let intents = [];
  let trouble = null;
  let blink = 0;
  let room = memory.place?.room ?? null;
  let alone = false;
  let reported = null;

  const connection = new Connection(
    {
      makeSocket: () => new WebSocket(SOCKET),
      setTimeout: (act, ms) => setTimeout(act, ms),
      clearTimeout: (timer) => clearTimeout(timer),
      random: Math.random,
      online: () => navigator.onLine,
      probe: () => fetch("/static/favicon.svg", { cache: "no-store" }),
    },
    {
      hello: () => ({ t: "hello", token: memory.token, ...resume() }),
      frame: (frame) => handlers[frame.t]?.(frame),
      lost: () => chat.lost(),
      trouble: showTrouble,
      stopped,
    },
  );
  const waiting = new Waiting();
  const chat = new Chat({
    send: (frame, options) => connection.send(frame, options),
    newId,
    lostPlace: () => connection.lostPlace(),
    keepPlace: (place) => (memory.place = place && { room: place.room, epoch: place.epoch }),
    askForPerson: () => help.ask(),
    intend,
    left: showEnded,
    lines: helpLines,
  });
  const afterwards = new Afterwards({ intend, askForPerson: () => help.ask() });
  const wrong = new Wrong(intend);

  const handlers = {
    topics: (frame) => {
      topics = frame;
      setLines(frame.lines);
      help.lately = frame.help_minutes ?? null;
      keepIntents();
      clearTimeout(blink);
      blink = setTimeout(toTheLobby, BLINK_MS);
    },
    waiting: (frame) => {
      clearTimeout(blink);
      const label = topics?.topics.find((topic) => topic.id === frame.topic)?.label;
      waiting.update(frame, label, topics?.longest_wait ?? Infinity);
      show("waiting");
    },
    matched: (frame) => {
      clearTimeout(blink);
      room = frame.room;
      alone = frame.peer === "";
      if (keepIntents()) return;
      if (current() === "waiting") announce(speak("waiting.found"));
      chat.matched(frame);
      show("chat");
    },
    message: (frame) => chat.message(frame),
    told: (frame) => chat.told(frame),
    ack: (frame) => chat.settled(frame),
    status: (frame) => chat.settled(frame),
    marked: (frame) => chat.marked(frame),
    resumed: (frame) => chat.resumed(frame),
    reset: (frame) => chat.reset(frame),
    typing: () => chat.peerTyping(),
    peer_left: () => over("peer_left"),
    ended: (frame) => over(frame.why),
    receipt: (frame) => afterwards.receipt(frame),
    wishes: (frame) => chat.wishes(frame),
    notice: (frame) => notice(frame.code),
    error: (frame) => refused(frame),
  };

  /** Where the page was: its place in the chat, or, after a reload, the start of the same room. */
  function resume() {
    const place = chat.place ?? (memory.place && { ...memory.place, seq: 0 });
    return place ? { resume: place } : {};
  }

  /** Sends a frame now, or as soon as there is a connection that knows who this is. */
  function intend(frame) {
    if (!connection.send(frame, { answered: true })) intents.push(frame);
  }

  /** Sends what had to wait. True if the room was to be left. */
  function keepIntents() {
    const due = intents;
    intents = [];
    for (const frame of due) intend(frame);
    return due.some((frame) => frame.t === "leave" || frame.t === "block");
  }

  function toTheLobby() {
    if (chat.active) return chat.over("expired");
    if (current() === "chat" || current() === "ended") return;
    if (!topics.understood) return show("understand");
    if (!topics.open) return showClosed(topics.hours);
    showTopics(topics.topics, (topic) => intend({ t: "join", topic }));
    show("topics");
  }

  function over(why) {
    help.over();
    if (chat.active) chat.over(why);
    else if (current() !== "chat") showEnded();
  }

  function showEnded() {
    help.over();
    if (afterwards.begin(room)) wrong.begin(alone || reported === room ? null : room);
    show("ended");
  }

  function notice(code) {
    if (wrong.answered(code)) return;
    if (code === "reported") reported = room;
    if (code === "help_asked" || code === "no_adult") help.answered(code);
    if (code !== "no_adult") chat.notice(code);
  }

  function refused(frame) {
    if (chat.refused(frame)) return;
    if (frame.code === "not_found" && (afterwards.refused() || wrong.refused())) return;
    if (connection.welcome && chat.wishesRefused()) return;
    if (!connection.welcome && AGAIN.has(frame.code)) return connection.lostPlace();
    if (help.waitsForAnswer) help.answered("failed");
    if (frame.code === "not_understood") understanding.again(current() === "understand");
    else if (frame.code === "barred") showBarred();
    else if (frame.code === "closed_now") showClosed(topics?.hours);
    else if (frame.code === "seq_ahead") chat.startOver();
    else if (current() === "topics") {
      toTheLobby();
      setText(find("topics-problem"), frame.words);
    } else if (current() === "understand") setText(find("understand-problem"), frame.words);
  }

  function stopped(code) {
    if (SIGN_IN_AGAIN.has(code)) {
      chat.forget();
      intents = [];
      signedOut();
    } else showStopped(code === REPLACED ? "replaced" : "broken");
  }

  function showTrouble(kind) {
    const was = trouble;
    trouble = kind;
    chat.net(kind === "offline" || kind === "lost");
    drawTrouble();
    if (was && !kind) announce(speak("net.back"));
  }

  function drawTrouble() {
    const plain = current() === "chat" ? "" : "_plain";
    setText(find("banner"), trouble ? speak(`net.${trouble}${plain}`) : "");
  }

  function lookAgain() {
    show("loading");
    connection.again();
  }

  const understanding = setUpUnderstanding((answer) => intend({ t: "understood", answer }));
  onChange((now, before) => {
    drawTrouble();
    if (before === "waiting") waiting.end();
  });
  addEventListener("online", () => connection.nowOnline());
  addEventListener("offline", () => connection.nowOffline());

  return {
    start: () => connection.start(),
    online: () => connection.open,
    unsent: () => chat.unsent,
    intend,
    farewell: () => {
      connection.send({ t: "bye" });
      connection.stop();
    },
    acts: {
      stop: () => {
        intend({ t: "leave" });
        show("loading");
      },
      topics: lookAgain,
      again: lookAgain,
      over: () => {
        chat.forget();
        showEnded();
      },
    },
  };
}
