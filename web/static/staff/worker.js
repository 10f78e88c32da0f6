// The service worker of staff: shows a page on a locked phone, and opens it when it is tapped.
// A page is code, class, time and link. Nothing is kept: no cache, no answer to any fetch.

/** Pages on which there is nothing to lose. */
const IDLE = new Set(["/staff/incidents", "/staff/sign-in"]);
/** Pages that show nothing of what was tapped (`tapped.js` is not on them). */
const DEAF = new Set(["/staff/second-step", "/staff/welcome"]);
const WORDS = { code: "Peerline", class: "Open Peerline", time: "" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const page = read(event.data);
  event.waitUntil(Promise.allSettled([show(page), arrived(page)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(go(event.notification));
});

function read(data) {
  try {
    return { ...WORDS, ...data.json() };
  } catch {
    return WORDS;
  }
}

function show(page) {
  return self.registration.showNotification(page.class, {
    body: [page.code, page.time].filter(Boolean).join("\n"),
    tag: page.code,
    renotify: true,
    requireInteraction: true,
    silent: false,
    icon: "/static/staff/icon-192.png",
    data: path(page.link),
  });
}

/** Tells the house that this page arrived, which is not that anybody saw it. */
function arrived(page) {
  const word = /^\/staff\/page\/(.+)$/.exec(path(page.link))?.[1];
  if (!word) return null;
  return fetch("/api/arrived", {
    method: "POST",
    cache: "no-store",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ word }),
  });
}

/** Where a link leads on this site, whatever it says about another. */
function path(link) {
  try {
    const found = new URL(link, self.location.origin).pathname;
    return found.startsWith("/staff/") ? found : "/staff/incidents";
  } catch {
    return "/staff/incidents";
  }
}

/** To what was tapped, never in the place of a page on which somebody may be writing. */
async function go({ data: where, tag: code, title: kind }) {
  const windows = await self.clients.matchAll({ type: "window" });
  const open = (fits) => windows.find(({ url }) => fits(new URL(url).pathname));
  const there = open((place) => place.endsWith(`/${code}`));
  if (there) return there.focus();
  const idle = open((place) => IDLE.has(place));
  if (idle) return (await idle.focus()).navigate(where);
  const other = open((place) => place.startsWith("/staff/") && !DEAF.has(place));
  if (!other) return self.clients.openWindow(where);
  (await other.focus()).postMessage({ where, code, kind });
}
