import assert from "node:assert/strict";
import { test } from "node:test";

const heard = {};
let windows = [];
let done = [];

globalThis.self = {
  location: { origin: "https://school.example" },
  addEventListener: (name, listener) => { heard[name] = listener; },
  clients: {
    matchAll: async () => windows,
    openWindow: async (where) => done.push(["opened", where]),
  },
};
await import("../../../../web/static/staff/worker.js");

/** An open window at that path. */
function at(path) {
  const one = {
    url: `https://school.example${path}`,
    focus: async () => { done.push(["focused", path]); return one; },
    navigate: async (where) => done.push(["left", path, where]),
    postMessage: (words) => done.push(["told", path, words]),
  };
  return one;
}

/** What a tap on the notification of incident KXM-4921 does while these pages are open. */
async function tapped(...paths) {
  windows = paths.map(at);
  done = [];
  const notification = { data: "/staff/page/w", tag: "KXM-4921", title: "danger to life", close() {} };
  let going;
  heard.notificationclick({ notification, waitUntil: (promise) => { going = promise; } });
  await going;
  return done;
}

test("a window that shows that case is brought to the front, and stays as it is", async () => {
  assert.deepEqual(await tapped("/staff/incidents", "/staff/incidents/KXM-4921"), [["focused", "/staff/incidents/KXM-4921"]]);
});

test("what is being written on another page is not thrown away: a link is shown there", async () => {
  for (const place of ["/staff/incidents/BBB-2222", "/staff/queue", "/staff/identities/CCC-3333"]) {
    assert.deepEqual(await tapped(place), [
      ["focused", place],
      ["told", place, { where: "/staff/page/w", code: "KXM-4921", kind: "danger to life" }],
    ]);
  }
});

test("the list of incidents is left for it, beside a page on which somebody writes too", async () => {
  assert.deepEqual(await tapped("/staff/incidents/BBB-2222", "/staff/incidents"), [
    ["focused", "/staff/incidents"],
    ["left", "/staff/incidents", "/staff/page/w"],
  ]);
});

test("where no page could show it a new window opens", async () => {
  for (const places of [[], ["/"], ["/staff/second-step"], ["/staff/welcome"]]) {
    assert.deepEqual(await tapped(...places), [["opened", "/staff/page/w"]]);
  }
});
