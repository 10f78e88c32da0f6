// Leave now: the content goes first, then everything else is told. Nothing here waits for anything.

const AWAY = "/away";
const TIMES = 3;
const WITHIN_MS = 5000;

/**
 * A judge of key presses: answers true at the third Shift in a row within five seconds. Any other
 * key, or a click, begins again; a key held down counts once. So "I AM FINE" never leaves.
 */
export function tripleShift() {
  let presses = [];
  return {
    key(name, repeat, now) {
      if (name !== "Shift") {
        presses = [];
        return false;
      }
      if (repeat) return false;
      presses = [...presses.filter((at) => now - at <= WITHIN_MS), now];
      if (presses.length < TIMES) return false;
      presses = [];
      return true;
    },
    begin() {
      presses = [];
    },
  };
}

/**
 * page: {token(): string|null, farewell(), forget()}. Answers {leave, left()}: `farewell` says bye on
 * the socket, `forget` clears what the tab remembers.
 */
export function readyToLeave(page) {
  let gone = false;
  const leave = () => {
    if (gone) return;
    gone = true;
    document.body.replaceChildren();
    document.documentElement.classList.add("gone");
    const token = page.token();
    page.forget();
    if (token) endSession(token);
    location.replace(AWAY);
    page.farewell();
  };
  listen(leave);
  guardReturn(page, () => gone);
  return { leave, left: () => gone };
}

/** The token is revoked on the server even though this page is going away. */
function endSession(token) {
  const headers = { Authorization: `Bearer ${token}` };
  fetch("/api/bye", { method: "POST", keepalive: true, headers }).catch(() => {});
}

function listen(leave) {
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
  }
  const shifts = tripleShift();
  const pressed = (event) => {
    if (shifts.key(event.key, event.repeat, event.timeStamp)) leave();
  };
  addEventListener("keydown", pressed, true);
  addEventListener("pointerdown", () => shifts.begin(), true);
}

/** A page brought back by Back or Forward shows nothing until it has been loaded anew. */
function guardReturn(page, gone) {
  addEventListener("pagehide", () => {
    document.documentElement.classList.add("gone");
    if (!gone()) page.sleep();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (gone()) location.replace(AWAY);
    else location.reload();
  });
}
