// Where the student's page begins: the way out, a person, and the way in. Only what the first screen
// needs is loaded with it; talking (talk.js) follows while the card code is being typed.

import { setUpSignIn } from "./door.js";
import { fillWords, find, setText, speak } from "./dom.js";
import { Help } from "./help.js";
import { readyToLeave } from "./leave.js";
import { Memory } from "./memory.js";
import { helpLines, setLines, show, showStopped, watchLoading } from "./screens.js";

fillWords(document);
const memory = new Memory(sessionStorage, Date.now);
memory.wake();

let talk = null;

const help = new Help({
  signedIn: () => memory.token !== null,
  online: () => talk?.online() ?? false,
  lines: helpLines,
  askForPerson: () => talking.then(() => talk?.intend({ t: "help" })),
});

const exit = readyToLeave({
  token: () => memory.token,
  farewell: () => talk?.farewell(),
  forget: () => memory.clear(),
  sleep: () => memory.sleep(),
});

/** Help lines must be there before anybody has signed in, and in a room that is come back to. */
async function fetchLines() {
  try {
    const answer = await fetch("/api/lines");
    if (!answer.ok || helpLines().length > 0) return;
    setLines((await answer.json()).lines);
    help.linesChanged();
  } catch {
    // Without a network the general words stand; the lines come with `topics` later.
  }
}

/** `unsent`: there are words of which nobody knows whether they arrived. */
function signedOut(unsent) {
  memory.clear();
  show("signin");
  setText(find("card-error"), speak(unsent ? "signin.again_unsent" : "signin.again"));
}

setLines([]);
if (memory.token) watchLoading();
else show("signin");
setUpSignIn((token) => {
  memory.token = token;
  show("loading");
  talking.then(() => talk?.start());
});

const acts = {
  help: () => help.ask(),
  leave: () => exit.leave(),
  reload: () => location.reload(),
};
for (const element of document.querySelectorAll("main [data-act]")) {
  element.addEventListener("click", () => (acts[element.dataset.act] ?? talk?.acts[element.dataset.act])?.());
}
addEventListener("beforeunload", (event) => {
  if (talk?.unsent() > 0 && !exit.left()) event.preventDefault();
});

const talking = import("./talk.js").then(
  ({ begin }) => {
    talk = begin({ memory, help, signedOut });
    if (memory.token) talk.start();
  },
  () => showStopped("broken"),
);
fetchLines();
