// What a moderator can do about an item: keys, reasons and what to know beforehand. Pure.

const ACTS = [
  {
    name: "release",
    key: "R",
    brief: "The peer sees it",
    hint: "The peer sees it as written. Cannot be undone.",
    fits: (item) => item.held,
  },
  {
    name: "withhold",
    key: "W",
    brief: "The peer never sees it",
    hint: "The peer never sees it. The writer is told. Cannot be undone.",
    fits: (item) => item.held,
    reasons: [
      "Unkind to the peer",
      "Threat or violence",
      "Private details",
      "Asks to meet or to talk elsewhere",
      "Sexual",
      "Hate",
    ],
  },
  {
    name: "escalate",
    key: "E",
    brief: "Pages the adults on call",
    hint: "Pages the adults on call until one of them has it. Cannot be undone.",
    fits: (item) => !item.incident,
    reasons: [
      "Somebody may be in danger now",
      "Somebody may be harming a student",
      "I am not sure, and want an adult to look",
    ],
  },
  {
    name: "close_room",
    key: "X",
    brief: "Ends it for both",
    hint: "The chat ends for both students. Cannot be undone.",
    fits: (item) => item.kind !== "fault",
    reasons: ["Unkind to the peer", "Not safe for one of them", "Somebody is not who they say"],
  },
  {
    name: "done",
    key: "D",
    brief: "Nothing more to do",
    hint: "You looked, and nothing more is needed. Cannot be undone.",
    fits: (item) => !item.held,
  },
  {
    name: "put_back",
    key: "P",
    brief: "Somebody else decides",
    hint: "The item goes back to the queue, for somebody else.",
    undoes: true,
    fits: () => true,
  },
];

/** The acts that make sense for an item, in the order of their buttons. */
export const actsFor = (item) => ACTS.filter((act) => act.fits(item));

/** Every key of the console, for the help. */
export const KEYS = [
  ["J or ↓", "next item"],
  ["K or ↑", "item before"],
  ["C or Enter", "claim the item"],
  ["N", "show what is new"],
  ...ACTS.map(({ name, key, hint }) => [key, { name, hint }]),
  ["1 to 9", "choose that reason and send"],
  ["Esc", "leave the reasons, or put the card away"],
  ["T", "try again what failed"],
  ["S", "sound on or off"],
  ["?", "these keys"],
];
