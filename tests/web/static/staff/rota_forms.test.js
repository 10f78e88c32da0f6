import assert from "node:assert/strict";
import test from "node:test";

import { shiftTimes } from "../../../../web/static/staff/rota_forms.js";

test("a shift is said as somebody would say it", () => {
  const given = [
    [[0, 1, 2, 3, 4, 5, 6], "00:00", "00:00"], [[0, 1, 2, 3, 4], "08:00", "16:00"], [[1, 3], "18:00", "06:00"], [[5, 6], "07:00", "07:00"],
  ];
  assert.deepEqual(given.map(([days, start, end]) => shiftTimes({ days, start, end })), [
    "Every day, all day", "Mon to Fri, 08:00 to 16:00", "Tue, Thu, 18:00 to 06:00", "Sat, Sun, all day from 07:00",
  ]);
});
