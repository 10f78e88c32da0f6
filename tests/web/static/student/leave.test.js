import assert from "node:assert/strict";
import { test } from "node:test";

import { tripleShift } from "../../../../web/static/student/leave.js";

const press = (shifts, keys, step = 100) =>
  keys.map((key, at) => shifts.key(key, false, at * step)).some(Boolean);

test("S4: three presses of Shift within five seconds leave", () => {
  assert.equal(press(tripleShift(), ["Shift", "Shift", "Shift"], 2500), true);
});

test("S4: three presses of Shift in more than five seconds do not leave", () => {
  assert.equal(press(tripleShift(), ["Shift", "Shift", "Shift"], 2501), false);
});

test("S4: any other key between the presses begins again", () => {
  assert.equal(press(tripleShift(), ["Shift", "Shift", "a", "Shift", "Shift"]), false);
  assert.equal(press(tripleShift(), ["Shift", "Shift", "a", "Shift", "Shift", "Shift"]), true);
});

test("S4: typing I AM FINE never leaves, with Shift held or pressed for each letter", () => {
  const held = ["Shift", ..."I AM FINE"];
  const each = [..."I AM FINE"].flatMap((letter) => (letter === " " ? [" "] : ["Shift", letter]));
  assert.equal(press(tripleShift(), held), false);
  assert.equal(press(tripleShift(), each), false);
});

test("S4: a key held down counts once", () => {
  const shifts = tripleShift();
  const presses = [0, 500, 530, 560].map((at, index) => shifts.key("Shift", index > 0, at));
  assert.deepEqual(presses, [false, false, false, false]);
});

test("S4: a click between the presses begins again", () => {
  const shifts = tripleShift();
  press(shifts, ["Shift", "Shift"]);
  shifts.begin();
  assert.equal(shifts.key("Shift", false, 300), false);
});
