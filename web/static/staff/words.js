// What staff read for the names on the wire, and times in words. Pure.

const CATEGORIES = {
  suicide: "Possible suicide risk",
  self_harm: "Possible self-harm",
  harm_to_others: "Possible harm to others",
  abuse: "Possible abuse",
  exploitation: "Possible exploitation",
  bullying: "Bullying",
  hate: "Hate",
  eating_disorder: "Possible eating disorder",
  substance: "Drugs, alcohol or medicine",
  concern_for_other: "Worry about somebody else",
  identity: "Personal details",
  profanity: "Strong language",
  language: "In a language the rules do not read",
  fault: "The checks failed",
  unattended: "Nobody has looked at this",
  help: "Asked for a person",
  report: "Reported by the other student",
  report_unkind: "Reported: being unkind",
  report_unsafe: "Reported: somebody may not be safe",
  report_who_are_you: "Reported: asks who they are, or to meet",
  second_look: "Second look",
  drill: "A drill: nobody is in danger",
};

const STATES = {
  released: "",
  masked: "words starred out",
  redacted: "part hidden",
  held: "held, not delivered",
  withheld: "not delivered",
  taken_back: "taken back by the writer",
  told: "to one student alone",
};

const ACTS = {
  release: "Release",
  withhold: "Withhold",
  escalate: "Escalate",
  close_room: "Close room",
  put_back: "Put back",
  done: "Done",
  hide: "Hide part",
  note: "Write",
  warn: "Warn",
  mute: "Mute",
  unmute: "Unmute",
  bar: "Bar",
  ask: "Ask a colleague",
  know: "Not for me",
  false_alarm: "False alarm",
  fine: "It may stand",
  stop: "It should not stand",
  on_shift: "Going on shift",
  off_shift: "Going off shift",
  undo: "Undo",
  noted: "Note",
};

const OUTCOMES = {
  release: "released",
  withhold: "withheld",
  escalate: "escalated",
  close_room: "room closed",
  done: "done",
  taken_back: "taken back",
  hide: "part hidden",
  delivered: "delivered, nobody looked",
  warn: "warned",
  fine: "may stand",
  stop: "should not stand",
  bar: "student barred",
  false_alarm: "false alarm",
  know: "for somebody else",
  ended: "chat ended",
};

/** A category in plain words; one without its own is "A concern". */
export const category = (name) => CATEGORIES[name] ?? "A concern";

/** What became of a message, or nothing when it simply went on. */
export const messageState = (name) => STATES[name] ?? name.replaceAll("_", " ");

/** The word on an item for what it is (`chipOf` in order.js). */
export const chip = (name) => ({ page: "Page", held: "Held", waiting: "Waits", look: "Look" })[name];

/** What an act is called on its button. */
export const act = (name) => ACTS[name] ?? name;

/** How an item ended. */
export const outcome = (name) => OUTCOMES[name] ?? name.replaceAll("_", " ");

/** A length of time with its units: "8 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function age(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** The same without seconds from ten minutes on, when they only unsettle: "3 min 20 s", "36 min". */
export const coarse = (milliseconds) => (milliseconds < 600_000 ? age(milliseconds) : age(milliseconds).replace(/ \d+ s$/, ""));

/** How long ago, coarse enough to read half asleep: "just now", "3 min ago". */
export const ago = (milliseconds) => (milliseconds < 10_000 ? "just now" : `${coarse(milliseconds)} ago`);

/** The time of day of a Unix time in milliseconds, as this device writes it. */
export function clock(at, seconds = false) {
  const shape = { hour: "2-digit", minute: "2-digit" };
  if (seconds) shape.second = "2-digit";
  return new Date(at).toLocaleTimeString([], shape);
}

/** The time of day of what followed something at `since`; of another day with its date: "2 Dec, 07:37". */
export function moment(at, since, seconds = false) {
  const [then, first] = [new Date(at), new Date(since)];
  if (then.toDateString() === first.toDateString()) return clock(at, seconds);
  const year = then.getFullYear() === first.getFullYear() ? "" : ` ${then.getFullYear()}`;
  return `${date(at)}${year}, ${clock(at, seconds)}`;
}

/** The day of a Unix time in milliseconds: "29 Nov". */
export const date = (at) => new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short" });

/** "one new", "3 new": a count before its word. */
export const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** Codes as they are said: each of a few, the first two of many. */
export function named(codes) {
  return codes.length > 3 ? `${codes.slice(0, 2).join(", ")} and ${codes.length - 2} more` : codes.join(", ");
}

/** The same words with a capital first letter. */
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** The day of a Date by the clocks here, as `2026-03-04`. Pure. */
export const calendarDay = (at) =>
  [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
