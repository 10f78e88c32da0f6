// What a moderator can do about an item: keys, reasons and what to know beforehand. Pure.
//
// `form` says what is asked first: "reasons", "hide" (which words), "stop" (for how long, and why),
// "words" (what to say). `after` is "undo" when the act can be taken back for ten seconds, "free"
// when there is nothing to take back, and nothing when it is final.

const HARM = [
  "Unkind to the other student",
  "Threat or violence",
  "Private details",
  "Asks to meet or to talk elsewhere",
  "Sexual",
  "Hate",
];

const inRoom = (item) => item.kind !== "fault";

const ACTS = [
  {
    name: "release",
    key: "R",
    brief: "The other student sees it",
    hint: "The other student sees it as written.",
    fits: (item) => item.held,
  },
  {
    name: "withhold",
    key: "W",
    brief: "The other student never sees it",
    hint: "The other student never sees it. The writer is told.",
    after: "undo",
    fits: (item) => item.held,
    form: "reasons",
    reasons: HARM,
  },
  {
    name: "hide",
    key: "H",
    brief: "The other student sees the rest",
    hint: "The other student sees the message without these words. The writer is told.",
    fits: (item) => item.held,
    form: "hide",
    reasons: ["Private details", "Asks to meet or to talk elsewhere", "Unkind to the other student", "Hate"],
  },
  {
    name: "done",
    key: "D",
    brief: "Nothing more to do",
    hint: "You looked, and nothing more is needed.",
    after: "undo",
    fits: (item) => !item.held,
  },
  {
    name: "false_alarm",
    key: "F",
    brief: "The rule was wrong",
    hint: "Nothing should have been noticed here. The lead learns which rules cry wolf.",
    after: "undo",
    fits: (item) => !item.held && item.kind === "message",
  },
  {
    name: "escalate",
    key: "E",
    brief: "Pages the adults on call",
    hint: "Pages the adults on call until one of them has it.",
    fits: (item) => !item.incident,
    form: "reasons",
    reasons: [
      "Somebody may be in danger now",
      "Somebody may be harming a student",
      "I am not sure, and want an adult to look",
    ],
  },
  {
    name: "note",
    key: "M",
    brief: "As “Moderator”",
    hint: "Said in the chat under “Moderator”, never under a name.",
    fits: inRoom,
    form: "words",
    templates: [
      "Hi, I am a moderator here. How are you doing right now?",
      "Thank you for telling somebody. Would you like an adult at school to come?",
      "Please do not share names, places or accounts here. It keeps you both safe.",
    ],
  },
  {
    name: "warn",
    key: "V",
    brief: "A warning, kept on record",
    hint: "Said in the chat under “Moderator”, and kept as a warning.",
    fits: inRoom,
    form: "words",
    templates: [
      "Please stop. Words like these hurt, and they are not okay here.",
      "This is a warning. If it goes on, I will end this chat.",
      "Please do not ask for names, photos or other accounts. That is not okay here.",
    ],
  },
  {
    name: "mute",
    key: "U",
    brief: "For some minutes",
    hint: "Nothing of this student is passed on for a while, but for a cry for help.",
    after: "free",
    fits: inRoom,
    form: "stop",
    minutes: [[5, "5 minutes"], [15, "15 minutes"], [60, "1 hour"]],
    reasons: HARM.slice(0, 4),
  },
  {
    name: "unmute",
    key: "U",
    brief: "May write again",
    hint: "The student may write again.",
    after: "free",
    fits: inRoom,
  },
  {
    name: "close_room",
    key: "X",
    brief: "Ends the chat",
    hint: "The chat ends for everybody who is in it.",
    fits: inRoom,
    form: "reasons",
    reasons: ["Unkind to the other student", "Not safe for one of them", "Somebody is not who they say"],
  },
  {
    name: "bar",
    key: "B",
    brief: "Ends it, keeps one out",
    hint: "The chat ends, and this student cannot come in for so long.",
    fits: inRoom,
    form: "stop",
    minutes: [[60, "1 hour"], [1440, "1 day"], [10080, "7 days"], [129600, "90 days"]],
    reasons: HARM,
  },
  {
    name: "ask",
    key: "A",
    brief: "A colleague decides",
    hint: "The item goes back to the queue with your question on it.",
    after: "free",
    fits: () => true,
    form: "words",
    templates: [
      "I am not sure what this means. What do you think?",
      "Is this a song or a quote?",
      "Would you page somebody for this?",
    ],
  },
  {
    name: "know",
    key: "I",
    brief: "I may know this student",
    hint: "Somebody else takes this chat. You are shown nothing more of it.",
    after: "free",
    fits: inRoom,
  },
  {
    name: "fine",
    key: "F",
    brief: "You would let it stand",
    hint: "You would let this message stand as it was written. You are not told the first answer.",
    after: "free",
    fits: (item) => item.kind === "review",
  },
  {
    name: "stop",
    key: "W",
    brief: "You would have stopped it",
    hint: "You would not have let this message stand. You are not told the first answer.",
    after: "free",
    fits: (item) => item.kind === "review",
  },
  {
    name: "put_back",
    key: "P",
    brief: "Somebody else decides",
    hint: "The item goes back to the queue, for somebody else. No reason is asked.",
    after: "free",
    fits: () => true,
  },
];

/** On a second look, its two answers stand first. */
const ON_REVIEWS = ["fine", "stop", "escalate", "know", "put_back"].map((name) => ACTS.find((act) => act.name === name));

const ON_DRILLS = new Set(["done", "put_back"]);

const mutedNow = (card, now) => (card.muted ?? []).some((until) => until > now);

/**
 * The acts that make sense for a card at a time in Unix milliseconds, in the order of their
 * buttons; `bars` are the minutes for which this role may bar a student.
 */
export function actsFor(card, now = 0, bars = Infinity) {
  if (card.item.kind === "review") return ON_REVIEWS.filter((act) => act.fits(card.item));
  const muted = mutedNow(card, now);
  return ACTS.filter((act) => {
    if (card.item.kind === "drill") return ON_DRILLS.has(act.name);
    if (act.name === "unmute") return muted;
    if (act.name === "mute" && muted) return false;
    if (act.name === "bar" && bars <= 0) return false;
    return act.fits(card.item);
  });
}

/** What stands under the name of an act: what it does, and whether it can be taken back. */
export function brief(act) {
  return { undo: `${act.brief}. 10 s to undo.`, free: act.brief }[act.after] ?? `${act.brief}. Final.`;
}

/** The same in full, for the help and the forms. */
export function full(act) {
  return { undo: `${act.hint} Can be undone for ten seconds.`, free: act.hint }[act.after] ??
    `${act.hint} Cannot be undone.`;
}

/** Every act, for the help. */
export const ALL = ACTS;

/** Acts after which the item stays with its moderator, and those after which it is in the queue. */
export const STAYS = new Set(["escalate", "note", "warn", "mute", "unmute", "undo"]);
export const RETURNS = new Set(["put_back", "ask", "know"]);

/** The frame that asks the server for an act about an item; `given` are its other fields. */
export function frameOf(item, name, given) {
  if (name === "put_back") return { t: "put_back", item };
  if (name === "know") return { t: "put_back", item, know: true };
  return { t: "act", item, act: name, ...given };
}
