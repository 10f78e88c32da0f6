// The chat: what each frame and each act of the student changes in its timeline.

import { announce, button, find, lineItems, make, setText, speak } from "./dom.js";
import { COMES, clearCards, showCard, startsCard } from "./cards.js";
import { stateWords } from "./bubbles.js";
import { Composer } from "./composer.js";
import { PeerTyping, showHead, showOver } from "./head.js";
import { Log } from "./log.js";
import { Menu } from "./menu.js";
import { Sending } from "./sending.js";
import { MARKED, Timeline } from "./timeline.js";
import { Wishes } from "./wishes.js";

const LOOK_EVERY_MS = 5000;

export class Chat {
  #app;
  #sending;
  #timeline = null;
  #log;
  #composer;
  #menu;
  #peer = "";
  #history = false;
  #net = false;
  #typing = new PeerTyping();
  #over = false;
  #staff = false;
  #paused = false;
  #wishes;

  /** app: {send, newId, lostPlace, keepPlace(place|null), askForPerson, intend(frame, room), left, lines()} */
  constructor(app) {
    this.#app = app;
    this.#sending = new Sending((frame) => app.send(frame, { answered: true }));
    this.#composer = new Composer({
      say: (text) => this.#say(text),
      typing: () => this.#sending.ready && app.send({ t: "typing" }),
    });
    this.#log = new Log({
      person: () => app.askForPerson(),
      takeBack: (cid) => this.#takeBack(cid),
      fix: (entry) => this.#fix(entry),
      without: (entry) => this.#without(entry),
    });
    this.#wishes = new Wishes((frame) => app.intend(frame, this.#room));
    this.#menu = new Menu({
      leave: () => this.#go({ t: "leave" }),
      block: () => this.#go({ t: "block", room: this.#room }),
      report: (reason) => app.intend({ t: "report", room: this.#room, reason }),
    });
    setInterval(() => this.#timeline && this.#draw(), LOOK_EVERY_MS);
  }

  /** In a room that is not over. */
  get active() {
    return this.#timeline !== null && !this.#over;
  }

  get unsent() {
    return this.#sending.size;
  }

  /** Where this page is, for `hello`; null outside a room. */
  get place() {
    if (!this.active) return null;
    const { room, epoch, last } = this.#timeline;
    return { room, epoch, seq: last };
  }

  // --- the connection ---

  lost() {
    this.#sending.lost();
  }

  net(trouble) {
    this.#net = trouble;
    if (this.#timeline) this.#draw();
  }

  matched(frame) {
    const same = this.#timeline?.room === frame.room && !this.#over;
    if (!same) this.#begin(frame);
    this.#pause(false); // what still holds is said again
    this.#history = !same && frame.seq > 0;
    this.#head(frame);
    if (this.#timeline.last >= frame.seq) this.#caughtUp();
    this.#draw();
    return !same;
  }

  resumed(frame) {
    if (!this.#timeline) return;
    if (frame.seq > this.#timeline.last) return this.#app.lostPlace();
    this.#history = false;
    this.#caughtUp();
  }

  message(frame) {
    if (!this.#timeline) return;
    const outcome = this.#timeline.message(frame);
    if (outcome === "ahead") return this.#app.lostPlace();
    if (frame.cid) this.#sending.settle(frame.cid);
    if (outcome === "placed" && frame.who !== "me") {
      this.#typing.hide();
      if (!this.#history) this.#speakOf(frame);
    }
    this.#draw();
    this.#sending.flush();
  }

  /** Words of staff to this student alone; they have no place among the messages of the room. */
  told(frame) {
    if (!this.#timeline?.told(frame)) return;
    if (!this.#history) this.#speakOf(frame);
    this.#draw();
  }

  settled(frame) {
    if (!this.#timeline) return;
    const before = this.#timeline.own(frame.cid)?.state;
    const taking = this.#timeline.own(frame.cid)?.taking;
    const outcome = this.#timeline.settle(frame, Date.now());
    this.#sending.settle(frame.cid);
    if (outcome === "ahead") return this.#app.lostPlace();
    const entry = this.#timeline.own(frame.cid);
    // After a reconnection `held` is said again, before the wish to take it back has arrived.
    if (frame.state !== "held") entry.taking = false;
    if (taking && frame.state === "taken_back") this.#composer.put(entry.text);
    if (outcome !== "old" && before !== undefined) this.#speakState(entry, before);
    this.#draw();
    this.#sending.flush();
  }

  /** Part of an own message would be hidden: it waits for its writer, who sees which. */
  marked(frame) {
    this.#sending.settle(frame.cid);
    if (this.#timeline?.mark(frame.cid, frame.parts)) {
      this.#draw();
      this.#log.toEnd();
      const entry = this.#timeline.own(frame.cid);
      if (this.#composer.text || !this.#log.focusOn(entry)) this.#speakState(entry);
    }
    this.#sending.flush();
  }

  reset(frame) {
    this.#timeline?.reset(frame);
    this.#keep();
    this.#draw();
  }

  /** A refusal that names an own message, or is about how it was said. True if it was one. */
  refused(frame) {
    if (frame.code === "bad_field" && !frame.cid && this.#sending.plainly()) {
      this.#sending.flush();
      return true;
    }
    const entry = frame.cid ? this.#timeline?.own(frame.cid) : null;
    if (!entry) return false;
    const wait = frame.retry_after === undefined ? undefined : frame.retry_after * 1000;
    if (entry.state !== "sending") entry.taking = false;
    else if (!this.#sending.refuse(frame.cid, frame.code, wait)) {
      this.#timeline.refuse(frame.cid, frame.words);
      this.#speakState(entry);
    }
    this.#draw();
    this.#sending.flush();
    return true;
  }

  /** The server says that this page is ahead of it: ask for everything again. */
  startOver() {
    if (!this.active) return;
    const { room, epoch } = this.#timeline;
    this.#timeline = new Timeline(room, epoch);
    for (const { cid, text } of this.#sending.drain()) {
      this.#timeline.say(cid, text);
      this.#sending.add(cid, text);
    }
    this.#log.clear();
  }

  peerTyping() {
    this.#typing.show(this.#peer);
  }

  notice(code) {
    if (COMES.has(code)) {
      this.#staff = true;
      this.#draw();
    }
    if (code === "paused" || code === "unpaused") this.#pause(code === "paused");
    if (!startsCard(code)) return;
    if (code === "help_asked" && this.#peer === "") return;
    const more = { adult_coming: () => this.#wishes.draw(), adult_answered: () => this.#wishes.draw(), reported: () => this.#wayOut(), paused: () => this.#lines() };
    showCard(code, { peer: this.#peer }, more[code]);
  }

  /** How the student would like to be met, as it is kept. */
  wishes(frame) {
    this.#wishes.kept(frame);
  }

  /** A refusal of such an answer. True if there was one to refuse. */
  wishesRefused() {
    return this.#wishes.refused();
  }

  /** A message could not be taken back: it is still being checked, as far as anybody knows. */
  notTakenBack(cid) {
    const entry = this.#timeline?.own(cid);
    if (entry) entry.taking = false;
    this.#draw();
  }

  /** The room is over: nothing is taken from the screen, nothing more can be said. */
  over(why) {
    if (!this.active) return;
    this.#over = true;
    this.#sending.stop();
    this.#menu.close();
    this.#typing.hide();
    const draft = this.#composer.text.trim();
    if (draft) this.#timeline.say("draft", draft);
    this.#sending.drain();
    this.#timeline.close(speak("state.ended"));
    this.#composer.clear();
    this.#keep();
    clearCards();
    setText(find("over-title"), speak(`over.${why}`, { peer: this.#peer }));
    announce(find("over-title").textContent);
    showOver(true);
    this.#draw();
  }

  /** Everything is gone from the page. */
  forget() {
    this.#timeline = null;
    this.#sending.drain();
    this.#composer.clear();
    this.#log.clear();
    this.#wishes.forget();
    clearCards();
    this.#keep();
  }

  // --- saying ---

  #say(text) {
    if (!this.active) return speak("state.ended");
    if (this.#sending.full) return speak("chat.full");
    const cid = this.#app.newId();
    this.#timeline.say(cid, text);
    this.#sending.add(cid, text);
    this.#draw();
    this.#log.toEnd();
    this.#sending.flush();
    return "";
  }

  /** All there was to show is shown: what is said goes out from now on. */
  #caughtUp() {
    this.#keep();
    this.#sending.start();
  }

  #takeBack(cid) {
    this.#timeline.own(cid).taking = true;
    this.#app.intend({ t: "take_back", cid }, this.#room);
    this.#draw();
  }

  #without(entry) {
    this.#timeline.sayMarked(entry);
    this.#sending.add(entry.cid, entry.text, false);
    this.#composer.focus();
    this.#draw();
    this.#log.toEnd();
    this.#sending.flush();
  }

  #fix(entry) {
    if (entry.state === MARKED) this.#timeline.refuse(entry.cid, speak("state.changed"));
    entry.fixed = true;
    this.#composer.put(entry.text);
    this.#draw();
  }

  /** Whoever was hurt here need not look for the way out. */
  #wayOut() {
    return make("div", { className: "care-act" }, button(speak("menu.leave"), () => this.#go({ t: "leave" })));
  }

  #pause(on) {
    this.#paused = on;
    if (!on) startsCard("unpaused");
    this.#draw();
  }

  #lines() {
    return make("ul", { className: "lines" }, ...lineItems(this.#app.lines()));
  }

  #go(frame) {
    this.#app.intend(frame, this.#room);
    this.forget();
    this.#app.left();
  }

  // --- drawing ---

  get #room() {
    return this.#timeline.room;
  }

  /** Nobody who could read it has been in this room yet. */
  get #alone() {
    return this.#peer === "" && !this.#staff;
  }

  #begin(frame) {
    this.forget();
    this.#over = false;
    this.#staff = this.#paused = false;
    this.#timeline = new Timeline(frame.room, frame.epoch);
  }

  #head(frame) {
    this.#peer = frame.peer;
    this.#menu.peer = frame.peer;
    showHead(frame);
    showOver(this.#over);
  }

  #keep() {
    this.#app.keepPlace(this.place);
  }

  #author(who) {
    return who === "peer" ? this.#peer : speak(`chat.${who}`);
  }

  #draw() {
    if (!this.#timeline) return;
    this.#log.draw(this.#timeline.entries(), {
      peer: this.#peer,
      author: (who) => this.#author(who),
      retrying: (cid) => this.#sending.waits(cid),
      behind: (entry) => this.#timeline.behind(entry),
      alone: this.#alone,
      paused: this.#paused,
      net: this.#net,
      now: Date.now(),
    });
  }

  #speakOf(frame) {
    announce(speak("chat.says", { who: this.#author(frame.who), text: frame.text }));
  }

  #speakState(entry, before) {
    const passed = before === "held" && entry.state === "released";
    const behind = this.#timeline.behind(entry);
    const about = { behind, alone: this.#alone, paused: this.#paused };
    announce(passed ? speak("state.later_released") : stateWords(entry, this.#peer, about));
  }
}
