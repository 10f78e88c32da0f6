// The service worker of staff: shows a page on a locked phone, and opens it when it is tapped.
// A page is code, class, time and link. Nothing is kept: no cache, no answer to any fetch.

const WORDS = { code: "Peerline", class: "Open Peerline", time: "" };

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const page = read(event.data);
  event.waitUntil(Promise.allSettled([show(page), arrived(page)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(go(event.notification.data));
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

async function go(where) {
  const windows = await self.clients.matchAll({ type: "window" });
  const open = windows.find((one) => new URL(one.url).pathname.startsWith("/staff/"));
  if (!open) return self.clients.openWindow(where);
  await open.focus();
  return open.navigate(where);
}
