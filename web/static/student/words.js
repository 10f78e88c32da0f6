// Every word a student reads, in one place. After the equals sign stands plain JSON, so that a
// translator, and the test of reading age, can read it without running it. {braces} are filled in.

export const words = {
  "leave": {
    "button": "Leave now",
    "skip": "Leave now: goes to another page",
    "hint": "“Leave now” takes you away at once. Shift three times does too."
  },
  "loading": {
    "title": "One moment",
    "body": "We are getting your page ready.",
    "slow": "This is taking a while. The Wi-Fi may be slow. We keep trying."
  },
  "net": {
    "offline": "You are offline. You can keep writing. We will send it when you are back.",
    "lost": "We lost the link. We are trying again. You can keep writing.",
    "slow": "The Wi-Fi is slow. Your words are kept here until they go.",
    "offline_plain": "You are offline. This page will go on when you are back.",
    "lost_plain": "We lost the link. We are trying again.",
    "slow_plain": "The Wi-Fi is slow. We are still trying.",
    "back": "You are back online."
  },
  "signin": {
    "title": "Hello. Come in.",
    "lead": "Here you can talk with another student. You do not give your name.",
    "label": "The code on your card",
    "hint": "16 letters and numbers. Big or small letters both work. Leave out the lines if you like.",
    "button": "Come in",
    "busy": "Checking…",
    "empty": "Type the code from your card first.",
    "short": "That is {count} of 16. Check the card for the rest.",
    "long": "That is {count}, and a code has 16. Check for one too many.",
    "offline": "You are offline, so we cannot check the code. Try again when the Wi-Fi is back.",
    "failed": "That did not work. It is not your fault. Please try again.",
    "nocard": "No card? Ask any adult at school, or use “A person, now” at the top.",
    "again": "You have been signed out. To come back, type your card code. If you got a new card, use that one.",
    "again_unsent": "You have been signed out. What you wrote last may not have been sent. To come back, type your card code. If you got a new card, use that one.",
    "shared": "When you close this tab, none of your words stay on this computer."
  },
  "understand": {
    "title": "Who can see this?",
    "body": [
      "The other student sees your words and a made-up name. Not your real name.",
      "A program checks each message first. Trained people may read parts of your chat too.",
      "If someone may be in danger, a trained adult at school is told. To help, they may find out who you are and tell someone else who can help.",
      "Words are kept for a short time, then wiped, unless they are needed to keep someone from harm."
    ],
    "style": "A friend may still guess who you are from the way you write.",
    "emergency": "This is not an emergency service. If you are in danger now, call one of these:",
    "question": "One question, so we know this was clear: who may be told if you might be in danger?",
    "answers": [
      "Nobody at all",
      "A trained adult at school",
      "My whole class"
    ],
    "button": "That is my answer",
    "busy": "One moment…",
    "pick": "Pick one of the three answers first.",
    "failed": "That did not work. Please send it again.",
    "wrong": "Not quite. Have another look at line 3, then try again. You can try as often as you like."
  },
  "topics": {
    "title": "What would you like to talk about?",
    "lead": "Pick one. We look for another student who picked it too.",
    "busy": "Looking…",
    "empty": "There is nothing to pick right now. Please look again in a bit."
  },
  "waiting": {
    "title": "Looking for someone to talk with",
    "topic": "About: {topic}",
    "none": "We cannot say yet how long it will take.",
    "soon": "It should be less than a minute now.",
    "about_one": "It should be about 1 minute.",
    "about": "It should be about {minutes} minutes.",
    "longer": "It is taking longer than we thought. Now it should be about {minutes} more.",
    "longer_soon": "It is taking a bit longer than we thought.",
    "longer_unknown": "It is taking longer than we thought. We cannot say how long.",
    "paused": "Nobody is free to look after new chats right now, so we cannot match you yet. You keep your place, and this page tells you when it goes on.",
    "one_minute": "1 minute",
    "minutes": "{minutes} minutes",
    "waited_under": "You have been here less than a minute.",
    "waited_one": "You have been here 1 minute.",
    "waited": "You have been here {minutes} minutes.",
    "limit": "If nobody has come after {minutes} minutes, we will offer you something else.",
    "stop": "Stop looking",
    "found": "Someone is here.",
    "over_title": "Nobody has come yet. That is not about you.",
    "over_body": "You can keep looking. Or do one of these:",
    "over_other": "Pick something else",
    "over_person": "Ask for a person"
  },
  "calm": {
    "title": "While you wait",
    "breathe": "Breathe slowly",
    "senses": "5-4-3-2-1",
    "start": "Start",
    "stop": "Stop",
    "next": "Next",
    "again": "Once more",
    "breathe_idle": "Breathe in as the circle grows. Breathe out as it gets small.",
    "in": "Breathe in",
    "hold": "Hold",
    "out": "Breathe out",
    "steps": [
      "Look round. Name five things you can see.",
      "Name four things you can touch. Put a hand on one.",
      "Be still. Name three things you can hear.",
      "Name two things you can smell.",
      "Take one slow breath. That is all."
    ]
  },
  "chat": {
    "with": "{peer}",
    "you_are": "sees you as {handle}",
    "log": "Your chat",
    "start": "This is the start. A short “hi” is fine.",
    "alone": "Waiting for a person",
    "alone_hint": "You can write here. They read it when they come.",
    "met": "Your chat with a person",
    "met_hint": "They can read what you write here.",
    "alone_start": "You can start now. Say it any way you like. There is no wrong way.",
    "label": "Your message",
    "placeholder": "Write here…",
    "send": "Send",
    "options": "Leave or report",
    "options_alone": "Leave",
    "me": "You",
    "moderator": "Moderator",
    "adult": "School adult",
    "says": "{who} said: {text}",
    "typing": "{peer} is writing…",
    "gap": "Some messages may be missing here. Your place was lost for a moment.",
    "too_long": "That is {count} letters too many. Send it in two parts.",
    "full": "Many messages are waiting. Let these go first.",
    "unknown": "(A message you wrote before this page was opened again.)"
  },
  "state": {
    "sending": "Sending…",
    "waiting": "Kept here. It goes when the link is back.",
    "retry": "Kept here. We will try again in a moment.",
    "released": "Delivered",
    "alone": "Kept here. A person reads it when they come.",
    "masked": "Delivered. We hid part of this: some words show as stars.",
    "redacted": "Delivered. We hid part of this so that nobody can find out who you are. This is how it looks to others.",
    "marked": "Not sent yet. What is marked could tell who you are, so we would hide it.",
    "without": "Send it without this",
    "change": "Change it",
    "changed": "You wanted to change it.",
    "held": "A person is checking this before it goes on. That happens now and then.",
    "behind": "This waits for the one before it, which is being checked.",
    "paused": "Kept here. It is looked at, or goes on, when a moderator is back.",
    "withheld": "Not sent. A person read it and did not pass it on. You can say it another way, or ask for a person.",
    "taken_back": "Taken back. It was not passed on.",
    "told": "Only you can see this.",
    "refused": "Not sent. {why}",
    "ended": "This chat had ended.",
    "fix": "Put it back in the box",
    "later_released": "Your message was checked and passed on.",
    "note_soon": "Still being checked. You can keep writing, or take a slow breath.",
    "note_late": "This is taking a while. You can ask for a person, or take it back and say it another way.",
    "person": "Ask for a person",
    "take_back": "Take it back",
    "taking": "Taking it back…"
  },
  "notice": {
    "adult_coming": {
      "title": "We have called a trained adult",
      "body": "It was right to say it. They can read it here. {peer} got your message too. You can keep typing. If you cannot wait, press “A person, now” for numbers to call."
    },
    "peer_adult_coming": {
      "title": "We have called a trained adult",
      "body": "You did well to listen. You do not have to fix this by yourself. You can keep typing."
    },
    "adult_answered": {
      "title": "A trained adult has answered",
      "body": "They are looking at this now, and will find the best way to help you. You can keep typing."
    },
    "peer_adult_answered": {
      "title": "A trained adult has answered",
      "body": "They are looking at this now. You did your part. You can keep typing."
    },
    "help_asked": {
      "title": "We have asked a person to come",
      "body": "Stay on this page if you can. If you are in danger right now, go to an adult near you, or call a number: they are under “A person, now”."
    },
    "call_over": {
      "title": "Somebody has looked at this",
      "body": "If you want a person to come, press “A person, now” again. You can do that at any time."
    },
    "no_adult": {
      "title": "Nobody at school can answer right now",
      "body": "These people can talk with you:"
    },
    "peer_no_adult": {
      "title": "Nobody at school can answer right now",
      "body": "You did well to listen. You do not have to fix this by yourself. If somebody is in danger, go to an adult near you, or call one of these:"
    },
    "peer_gone": {
      "title": "The other student has left",
      "body": "This chat stays open for you. A person from school can read it and write to you here. You can keep typing, or leave when you like."
    },
    "adult_here": {
      "title": "An adult from your school is in this chat",
      "body": "They can read it and write here. You will see “School adult” above their words."
    },
    "adult_gone": {
      "title": "The adult has left this chat",
      "body": "You can ask for a person again at any time."
    },
    "moderator_here": {
      "title": "A moderator is in this chat",
      "body": "They can read it and write here. You will see “Moderator” above their words."
    },
    "muted": {
      "title": "Your messages are paused for a while",
      "body": "A moderator did this. You can still read, leave, or ask for a person. If you are in danger, say so here: that always gets through."
    },
    "reported": {
      "title": "Thank you for telling us",
      "body": "A moderator will look. {peer} is not told, and you two will not meet again. You can stay or go."
    },
    "paused": {
      "title": "Messages are on pause",
      "body": "No moderator is here just now. What you write waits here until one is back. If you are in danger, say so here, or call one of these:"
    },
    "close": "Okay"
  },
  "undone": {
    "title": "That has not worked yet",
    "report": "No moderator has been told yet. You can also ask for a person.",
    "block": "The chat may still be open, and you two may still meet. Nobody was told.",
    "leave": "The chat may still be open.",
    "again": "Try again",
    "receipt": "That did not work. Please try again.",
    "topics": "That did not work. Please pick again."
  },
  "wishes": {
    "hint": "You can tell the adult two things first. They cannot always do it that way. You can skip this.",
    "meet": "How would you like to meet the adult?",
    "meet_note": "To meet you in person, they may need to find out who you are.",
    "meets": { "chat": "Here in the chat", "person": "In person, at school", "any": "I don’t mind" },
    "barrier": "Is there something that would make it hard to talk to an adult?",
    "barriers": {
      "told": "I’m scared of who gets told",
      "trouble": "I might get in trouble",
      "overheard": "Someone could overhear",
      "none": "Nothing"
    },
    "saving": "Saving…",
    "kept": "The adult can see this. You can change it.",
    "failed": "We could not save that. You can write it in the chat."
  },
  "menu": {
    "title": "This chat",
    "back": "Back to the chat",
    "leave": "Leave this chat",
    "leave_hint": "The chat ends for both of you. You can find someone new.",
    "leave_hint_called": "The chat ends for you. You can find someone new.",
    "leave_hint_alone": "The chat ends here. You can ask for a person again at any time.",
    "block": "Leave, and never meet {peer} again",
    "block_hint": "{peer} is not told why.",
    "report": "Tell a moderator about {peer}",
    "report_hint": "{peer} is not told. You can stay or go.",
    "report_title": "What is wrong?",
    "reasons": {
      "unkind": "They are being unkind",
      "unsafe": "I do not feel safe, or they may not be",
      "who_are_you": "They want to know who I am, or to meet",
      "other": "Something else"
    },
    "report_send": "Tell a moderator",
    "report_pick": "Pick what fits best first."
  },
  "over": {
    "peer_left": "{peer} has left the chat.",
    "left": "You have left the chat.",
    "moderator": "A moderator has ended this chat.",
    "expired": "This chat has ended. It was quiet for a long time.",
    "still_here": "You can still read it. It goes from this page when you move on.",
    "go_on": "Go on",
    "called": {
      "adult": "We have called a trained adult about this. That does not stop now that the chat is over. If you want a person to talk with you, ask for one.",
      "asked": "You asked for a person. They cannot write to you in this chat any more. If you still want a person, ask again."
    }
  },
  "ended": {
    "title": "This chat is over",
    "body": "Thank you for being here. What would help now?",
    "new": "Talk with someone new",
    "person": "Ask for a person",
    "done": "I am done for now",
    "lines": "People you can call"
  },
  "after": {
    "title": "Two short questions",
    "hint": "You can skip them. Nobody can see that it was you.",
    "felt": "How do you feel now?",
    "felts": { "better": "A bit better", "same": "The same", "worse": "Worse" },
    "heard": "Did they listen to you?",
    "heards": { "yes": "Yes", "partly": "A bit", "no": "Not really" },
    "send": "Send",
    "skip": "Skip",
    "thanks": "Thank you. That helps us make this better.",
    "worse": "Thank you for saying so. You do not have to be alone with it. You can ask for a person here."
  },
  "wrong": {
    "title": "Was something wrong in this chat?",
    "body": "You can tell a moderator. The other student is not told, and you two will not meet again.",
    "apart": "Do not tell, only keep us apart",
    "reported": "Thank you for telling us. A moderator will look. You two will not meet again.",
    "kept_apart": "You two will not meet again. Nobody was told.",
    "failed": "We could not do that for this chat. You can ask for a person."
  },
  "receipt": {
    "title": "Want to show this chat to an adult later?",
    "body": "You can have a receipt. With it, an adult at school can find this chat and help you.",
    "shared": "Write it on paper. Other people may use this computer, and we show it only once.",
    "show": "Show my receipt",
    "busy": "One moment…",
    "good": "Give this to an adult you trust at school. It works for {days} days.",
    "good_today": "Give this to an adult you trust at school today.",
    "failed": "We could not make a receipt for this chat."
  },
  "closed": {
    "title": "The chat is closed right now",
    "opens": "We do not know yet when it opens again.",
    "usually": "It is usually open {hours}.",
    "body": "You do not have to wait for that. These people can talk with you:",
    "again": "Look again"
  },
  "barred": {
    "title": "You cannot use the chat right now",
    "body": "A person can tell you why. You can still ask for help:"
  },
  "stopped": {
    "title": "The chat is open in another place",
    "replaced": "You opened it in another tab or on another computer. It can only be in one place.",
    "here": "Use it here",
    "broken_title": "Something went wrong",
    "broken": "This page has stopped working as it should. It is not your fault.",
    "reload": "Start again"
  },
  "help": {
    "button": "A person, now",
    "title": "A person, now",
    "ready": "We can ask a trained adult at your school to come.",
    "lately_one": "Lately, someone nearly always looked within 1 minute.",
    "lately": "Lately, someone nearly always looked within {minutes} minutes.",
    "ask": "Yes, ask for a person",
    "ask_again": "Ask again",
    "asking": "Asking…",
    "asked": "Stay on this page if you can. If you are in danger right now, go to an adult near you, or call one of these numbers:",
    "offline_title": "You are offline",
    "offline": "We will ask for a person as soon as you are back online. If you can make a call, these people can help now:",
    "signed_out_title": "You can talk to someone now",
    "signed_out": "You have not come in yet, so we cannot tell who to send. You can call one of these people, or go to any adult at school:",
    "failed_title": "We could not ask just now",
    "failed": "Please call one of these people, or go to any adult you trust:",
    "or_call": "Or call one of these:",
    "no_lines": "Go to any adult you trust. If someone is in danger, call the emergency number.",
    "close": "Close"
  },
  "lines": {
    "call": "Call {name}, {number}"
  }
};
