// A room as the student sees it: what each frame of the server, and each way out of it, changes.

import { announce, find, lineList, setText, speak } from "./dom.js";
import { COMES, clearCards, showCard, standsCalled, startsCard, wayOut } from "./cards.js";
import { showOver } from "./head.js";
import { Menu } from "./menu.js";
import { OwnMessages } from "./own.js";
import { Timeline } from "./timeline.js";
import { View } from "./view.js";
import { Wishes } from "./wishes.js";

/** Whose words show that somebody of the staff is reading. */
const STAFF = new Set(["moderator", "adult"]);

export class Chat {
  #app;
  #view;
  #own;
  #menu;
  #wishes;
  #history = false;
  #called = null;

  /** app: {send, newId, lostPlace, keepPlace(place|null), goneSince(room, seq), askForPerson, intend(frame, room), left(parting), lines()} */
  constructor(app) {
    this.#app = app;
    const acts = {
      person: () => app.askForPerson(),
      takeBack: (cid) => this.#own.takeBack(cid),
      fix: (entry) => this.#own.fix(entry),
      without: (entry) => this.#own.without(entry),
    };
    this.#view = new View(acts, (cid) => this.#own.waits(cid));
    this.#own = new OwnMessages(app, this.#view);
    this.#wishes = new Wishes((frame) => app.intend(frame, this.#room));
    this.#menu = new Menu({
      leave: () => this.#go({ t: "leave" }),
      block: () => this.#go({ t: "block", room: this.#room }),
      report: (reason) => app.intend({ t: "report", room: this.#room, reason }),
    });
  }

  /** In a room that is not over. */
  get active() {
    return this.#view.active;
  }

  /** The messages of the student. */
  get own() {
    return this.#own;
  }

  /** How the student would like to be met. */
  get wishes() {
    return this.#wishes;
  }

  /** Where this page is, for `hello`; null outside a room. */
  get place() {
    if (!this.active) return null;
    const { room, epoch, last } = this.#timeline;
    return { room, epoch, seq: last };
  }

  get #timeline() {
    return this.#view.timeline;
  }

  get #room() {
    return this.#timeline.room;
  }

  /** What is to be said once the room is left behind: whether anybody was met in it, and who stands called. */
  get parting() {
    return { met: !this.#view.alone, called: this.#called ? speak(`over.called.${this.#called}`) : "" };
  }

  // --- the connection ---

  lost() {
    this.#own.lost();
  }

  net(trouble) {
    this.#view.set({ net: trouble });
  }

  matched(frame) {
    const same = this.#timeline?.room === frame.room && this.active;
    if (!same) this.#begin(frame);
    this.#pause(false); // what still holds is said again
    this.#history = !same && frame.seq > 0;
    this.#head(frame);
    if (this.#timeline.last >= frame.seq) this.#caughtUp();
    this.#view.draw();
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
    if (frame.cid) this.#own.arrived(frame.cid);
    if (STAFF.has(frame.who)) this.#view.staff = true;
    if (outcome === "placed" && frame.who !== "me") {
      this.#view.typed();
      if (!this.#history) this.#view.speakOf(frame);
    }
    this.#view.draw();
    this.#own.goOn();
  }

  /** Words of staff to this student alone; they have no place among the messages of the room. */
  told(frame) {
    if (!this.#timeline?.told(frame)) return;
    this.#view.staff = true;
    if (!this.#history) this.#view.speakOf(frame);
    this.#view.draw();
  }

  settled(frame) {
    if (this.#timeline) this.#own.settled(frame);
  }

  reset(frame) {
    this.#timeline?.reset(frame);
    this.#keep();
    this.#view.draw();
  }

  /** The server says that this page is ahead of it: ask for everything again. */
  startOver() {
    if (!this.active) return;
    const { room, epoch } = this.#timeline;
    this.#view.timeline = new Timeline(room, epoch);
    this.#own.sayAgain();
    this.#view.clear();
  }

  peerTyping() {
    this.#view.typing();
  }

  notice(code) {
    this.#called = standsCalled(code, this.#called);
    this.#menu.ends = this.#called ? "one" : "both";
    if (code === "peer_gone") this.#peerGone();
    if (COMES.has(code)) this.#view.set({ staff: true });
    if (code === "paused" || code === "unpaused") this.#pause(code === "paused");
    if (!startsCard(code)) return;
    if (code === "help_asked" && this.#view.peer === "") return;
    const more = {
      adult_coming: () => this.#wishes.draw(),
      adult_answered: () => this.#wishes.draw(),
      reported: () => wayOut(() => this.#go({ t: "leave" })),
      paused: () => lineList(this.#app.lines()),
      peer_no_adult: () => lineList(this.#app.lines()),
      no_adult: () => lineList(this.#app.lines()),
    };
    showCard(code, { peer: this.#view.peer }, more[code]);
  }

  /** The room is over: nothing is taken from the screen, nothing more can be said. */
  over(why) {
    if (!this.active) return;
    this.#view.over = true;
    this.#menu.close();
    this.#view.typed();
    this.#own.end();
    this.#keep();
    clearCards();
    setText(find("over-title"), speak(`over.${why}`, { peer: this.#view.peer }) || speak("ended.title"));
    const { called } = this.parting;
    setText(find("over-called"), called);
    find("over-person").hidden = !called;
    announce(`${find("over-title").textContent} ${called}`);
    showOver(true);
    this.#view.draw();
  }

  /** Everything is gone from the page. */
  forget() {
    this.#view.timeline = null;
    this.#own.forget();
    this.#view.clear();
    this.#wishes.forget();
    this.#called = null;
    clearCards();
    this.#keep();
  }

  // --- the room ---

  #begin(frame) {
    this.forget();
    const timeline = new Timeline(frame.room, frame.epoch);
    Object.assign(this.#view, { timeline, over: false, staff: false, paused: false, gone: Infinity });
    this.#menu.ends = "both";
  }

  #head(frame) {
    Object.assign(this.#view, { peer: frame.peer, handle: frame.handle });
    this.#menu.peer = frame.peer;
    showOver(this.#view.over);
  }

  /** All there was to show is shown: what is said goes out from now on. */
  #caughtUp() {
    this.#keep();
    this.#own.start();
  }

  #peerGone() {
    this.#view.typed();
    if (this.#timeline && !this.#view.left) this.#view.set({ gone: this.#app.goneSince(this.#room, this.#timeline.last) });
  }

  #pause(on) {
    if (!on) startsCard("unpaused");
    this.#view.set({ paused: on });
  }

  #keep() {
    this.#app.keepPlace(this.place);
  }

  #go(frame) {
    const { parting } = this;
    this.#app.intend(frame, this.#room);
    this.forget();
    this.#app.left(parting);
  }
}
