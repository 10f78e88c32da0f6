import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, readFrame } from "../../../../web/static/student/socket.js";
import { Clock } from "./clock.js";

/** A world in which time passes when told to, and sockets do what the test says. */
class World extends Clock {
  sockets = [];
  up = true;
  log = [];
  probes = [];

  constructor() {
    super();
    const world = this;
    this.connection = new Connection(
      {
        makeSocket: () => world.#socket(),
        setTimeout: (act, ms) => world.setTimeout(act, ms),
        clearTimeout: (timer) => world.clearTimeout(timer),
        random: () => 0.5,
        online: () => world.up,
        probe: () => new Promise((good, bad) => world.probes.push({ good, bad })),
      },
      {
        hello: () => ({ t: "hello" }),
        frame: (frame) => world.log.push(frame.t),
        lost: () => world.log.push("lost"),
        trouble: (kind) => world.log.push(`trouble:${kind}`),
        stopped: (code) => world.log.push(`stopped:${code}`),
      },
    );
  }

  #socket() {
    const on = {};
    const socket = {
      sent: [],
      closed: false,
      addEventListener: (name, act) => (on[name] = act),
      send: (text) => socket.sent.push(JSON.parse(text).t),
      close: () => (socket.closed = true),
      opens: () => on.open({}),
      says: (frame) => on.message({ data: JSON.stringify(frame) }),
      ends: (code) => on.close({ code }),
    };
    this.sockets.push(socket);
    return socket;
  }

  get socket() {
    return this.sockets.at(-1);
  }
}

function connected() {
  const world = new World();
  world.connection.start();
  world.socket.opens();
  world.socket.says({ t: "topics" });
  return world;
}

test("hello is the first frame of every connection", () => {
  const world = connected();
  assert.deepEqual(world.socket.sent, ["hello"]);
  world.socket.ends(1006);
  world.pass(1000);
  world.socket.opens();
  assert.deepEqual(world.socket.sent, ["hello"]);
});

test("a lost connection is tried again, and a short loss is not worth a word", () => {
  const world = connected();
  world.socket.ends(1001);
  world.pass(600);
  world.socket.opens();
  world.socket.says({ t: "topics" });
  world.pass(5000);
  assert.equal(world.sockets.length, 2);
  assert.equal(world.log.some((line) => line.startsWith("trouble")), false);
});

test("S8: a loss that lasts is told within three seconds", () => {
  const world = connected();
  world.socket.ends(1006);
  for (let time = 0; time < 3000; time += 100) {
    world.pass(100);
    if (world.connection.open === false && world.sockets.length > 1) world.socket.ends(1006);
  }
  assert.ok(world.log.includes("trouble:lost"));
});

test("S8: a device that says it is offline is believed at once, and back online is tried at once", () => {
  const world = connected();
  world.up = false;
  world.connection.nowOffline();
  assert.ok(world.log.includes("trouble:offline"));
  assert.equal(world.socket.closed, true);
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  world.up = true;
  world.connection.nowOnline();
  assert.equal(world.sockets.length, 2);
});

test("S8: an answer that does not come is told within three seconds, then the connection changes", () => {
  const world = connected();
  world.connection.send({ t: "say" }, { answered: true });
  world.pass(2999);
  assert.ok(world.log.includes("trouble:slow"));
  world.pass(6000);
  assert.ok(world.log.includes("lost"));
  assert.ok(world.sockets.length > 1);
});

test("an answer in time ends the trouble", () => {
  const world = connected();
  world.connection.send({ t: "say" }, { answered: true });
  world.pass(2500);
  world.socket.says({ t: "ack" });
  world.pass(20_000);
  assert.equal(world.log.at(-1), "ack");
  assert.equal(world.sockets.length, 1);
});

test("close codes that say so end the connection for good, with the code", () => {
  const world = connected();
  world.socket.ends(4501);
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  assert.equal(world.log.at(-1), "stopped:4501");
  assert.equal(world.connection.running, false);
  world.connection.again();
  assert.equal(world.connection.running, true);
});

test("what an old socket still says is not heard", () => {
  const world = connected();
  const old = world.socket;
  world.connection.again();
  old.says({ t: "message" });
  old.ends(4501);
  assert.equal(world.log.includes("message"), false);
  assert.equal(world.log.includes("stopped:4501"), false);
});

test("a page that has lost its place connects again, and not in a tight loop", () => {
  const world = connected();
  world.connection.lostPlace();
  assert.equal(world.sockets.length, 1);
  world.pass(600);
  assert.equal(world.sockets.length, 2);
});

test("a server that answers hello with refusals is asked ever more rarely", () => {
  const world = new World();
  world.connection.start();
  for (let round = 0; round < 8; round += 1) {
    world.socket.opens();
    world.socket.says({ t: "error", code: "internal" });
    assert.equal(world.connection.welcome, false);
    world.connection.lostPlace();
    world.pass(16_000);
  }
  const before = world.sockets.length;
  world.socket.opens();
  world.connection.lostPlace();
  world.pass(10_000);
  assert.equal(world.sockets.length, before);
  assert.ok(world.log.includes("trouble:lost"));
});

test("after a long silence the page asks the server, and no answer means lost", () => {
  const world = connected();
  world.pass(25_000);
  assert.equal(world.probes.length, 1);
  world.pass(3_500);
  assert.equal(world.sockets.length, 2);
});

test("after a long silence an answer keeps the connection", async () => {
  const world = connected();
  world.pass(25_000);
  world.probes[0].good();
  await Promise.resolve();
  world.pass(10_000);
  assert.equal(world.sockets.length, 1);
});

test("a connection that never opens is given up and tried again", () => {
  const world = new World();
  world.connection.start();
  world.pass(10_600);
  assert.equal(world.sockets.length, 2);
});

test("frames are only sent while the connection is open", () => {
  const world = new World();
  world.connection.start();
  assert.equal(world.connection.send({ t: "typing" }), false);
  world.socket.opens();
  assert.equal(world.connection.send({ t: "typing" }), true);
  world.connection.stop();
  assert.equal(world.connection.send({ t: "typing" }), false);
});

test("what is no frame is read as none", () => {
  for (const data of ["", "{", "null", "7", "{}", new ArrayBuffer(2)]) assert.equal(readFrame(data), null);
  assert.deepEqual(readFrame('{"t":"typing"}'), { t: "typing" });
});
