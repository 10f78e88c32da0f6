// Talking: the connection, and what each frame of the server does to the page.

import { Afterwards } from "./afterwards.js";
import { ENDS_CALL } from "./cards.js";
import { Chat } from "./chat.js";
import { setUpUnderstanding, showTopics } from "./choosing.js";
import { announce, find, setText, speak } from "./dom.js";
import { idFrom } from "./ids.js";
import { AGAIN, Requests } from "./requests.js";
import { current, helpLines, onChange, setLines, show, showBarred, showClosed, showStopped } from "./screens.js";
import { Connection } from "./socket.js";
import { clearUndone, hideUndone, showUndone } from "./undone.js";
import { Waiting } from "./waiting.js";
import { Wrong } from "./wrong.js";

/** `topics` comes first even when a ticket or a room follows: wait a blink before showing them. */
const BLINK_MS = 200;
/** Close codes of chat/errors.py. */
const REPLACED = 4501;
const SIGN_IN_AGAIN = new Set([4502, 4503]);
const SOCKET = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`;

const newId = () => idFrom(crypto.getRandomValues(new Uint8Array(16)));

/** page: {memory, help, signedOut(unsent)}. Called once. */
export function begin({ memory, help, signedOut }) {
  let topics = null;
  let trouble = null;
  let blink = 0;
  let room = memory.place?.room ?? null;
  let alone = false;
  let reported = null;
  let gone = false;

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
      frame: heard,
      lost: () => gone || lost(),
      trouble: (kind) => gone || showTrouble(kind),
      stopped,
    },
  );
  const requests = new Requests({
    send: (frame, options) => connection.welcome && connection.send(frame, options),
    failed,
    setTimeout: (act, ms) => setTimeout(act, ms),
    clearTimeout: (timer) => clearTimeout(timer),
  });
  const waiting = new Waiting();
  const chat = new Chat({
    send: (frame, options) => connection.send(frame, options),
    newId,
    lostPlace: () => connection.lostPlace(),
    keepPlace: (place) => (memory.place = place && { room: place.room, epoch: place.epoch }),
    goneSince: (of, seq) => memory.goneSince(of, seq),
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
      welcome(null);
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
      help.over(); // a call that still stands is told again
      welcome(room);
      if (requests.leaving(room)) return;
      if (current() === "waiting") announce(speak("waiting.found"));
      chat.matched(frame);
      show("chat");
    },
    message: (frame) => chat.message(frame),
    told: (frame) => chat.told(frame),
    ack: (frame) => chat.settled(frame),
    status: (frame) => chat.settled(frame),
    marked: (frame) => chat.own.marked(frame),
    resumed: (frame) => chat.resumed(frame),
    reset: (frame) => chat.reset(frame),
    typing: () => chat.peerTyping(),
    peer_left: () => over("peer_left"),
    ended: (frame) => over(frame.why),
    receipt: (frame) => afterwards.receipt(frame),
    wishes: (frame) => chat.wishes.kept(frame),
    notice: (frame, settled) => notice(frame, settled),
    error: (frame, settled) => refused(frame, settled),
  };

  /** What becomes of a request that is refused for good. True where it was waited for. */
  const turnedDown = {
    ask_receipt: () => afterwards.refused(),
    report: () => wrong.refused(),
    block: () => wrong.refused(),
    wishes: () => chat.wishes.refused(),
  };

  /** Where the page was: its place in the chat, or, after a reload, the start of the same room. */
  function resume() {
    const place = chat.place ?? (memory.place && { ...memory.place, seq: 0 });
    return place ? { resume: place } : {};
  }

  /** Makes a request now or as soon as it can be, until it is answered; see requests.js. Whoever
   * asks on a page that was stopped wants to be here again: nothing waits for what never comes. */
  function intend(frame, of) {
    requests.ask(frame, of);
    if (!connection.running && !gone) lookAgain();
  }

  function heard(frame) {
    const settled = requests.heard(frame);
    if (settled) hideUndone(settled.frame);
    if (settled?.frame.t === "report") reported = settled.room;
    handlers[frame.t]?.(frame, settled);
  }

  /** The server knows who this is: what waited for that, or was not answered, is asked now. */
  function welcome(seated) {
    requests.welcome(seated);
    help.line(true);
  }

  function lost() {
    chat.lost();
    requests.lost();
    help.line(false);
  }

  /** Asked again and again in vain: said where it was asked, with a way to ask once more. */
  function failed(frame, of) {
    if (frame.t === "help") help.answered("failed");
    else if (frame.t === "take_back") chat.own.notTakenBack(frame.cid);
    else if (frame.t === "wishes") chat.wishes.refused();
    else if (frame.t === "ask_receipt") afterwards.failed();
    else if (frame.t === "join") pickAgain();
    else if (frame.t === "understood") understanding.again("failed");
    else if (!wrong.failed(frame)) showUndone(frame, () => intend(frame, of));
  }

  function pickAgain() {
    if (current() !== "topics") return;
    toTheLobby();
    setText(find("topics-problem"), speak("undone.topics"));
  }

  function toTheLobby() {
    if (chat.active) return over("expired");
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

  function showEnded({ met, called } = { met: true, called: "" }) {
    help.over();
    if (afterwards.begin(room, met)) {
      wrong.begin(alone || reported === room ? null : room);
      setText(find("ended-called"), called);
    }
    show("ended");
  }

  function notice({ code, standing }, about) {
    if (wrong.answered(code)) return;
    const past = code === "apart" || (about?.room && about.room !== chat.place?.room);
    if (past) return announce(speak(code === "apart" ? "wrong.kept_apart" : "wrong.reported"));
    if (code === "help_asked" || code === "no_adult") help.answered(code, standing);
    else if (ENDS_CALL.has(code)) help.over();
    else if (code === "adult_coming" || code === "adult_answered") help.found();
    chat.notice(code);
  }

  function refused(frame, about) {
    if (chat.own.refused(frame)) return;
    if (AGAIN.has(frame.code)) return connection.welcome || connection.lostPlace();
    if (about && turnedDown[about.frame.t]?.()) return;
    if (frame.code === "not_understood") understanding.again(current() === "understand" ? "wrong" : "");
    else if (frame.code === "barred") barred();
    else if (frame.code === "closed_now") showClosed(topics?.hours);
    else if (frame.code === "seq_ahead") chat.startOver();
    else if (current() === "topics") {
      toTheLobby();
      setText(find("topics-problem"), frame.words);
    } else if (current() === "understand") setText(find("understand-problem"), frame.words);
  }

  /** Nothing that was told before it is shown later. */
  function barred() {
    clearTimeout(blink);
    showBarred();
  }

  function stopped(code) {
    requests.stop();
    if (SIGN_IN_AGAIN.has(code)) {
      const unsent = chat.own.unsent > 0;
      help.over();
      chat.forget();
      clearUndone();
      room = reported = null;
      afterwards.begin(room);
      wrong.begin(room);
      signedOut(unsent);
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
    unsent: () => chat.own.unsent,
    intend,
    farewell: () => {
      gone = true; // there is nothing left to draw on
      requests.forget();
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
        const { parting } = chat;
        chat.forget();
        showEnded(parting);
      },
    },
  };
}
