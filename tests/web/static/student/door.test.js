import assert from "node:assert/strict";
import { test } from "node:test";

import { CARD_LENGTH, tidyCard } from "../../../../web/static/student/door.js";

test("a card code may be typed with spaces, lines and small letters", () => {
  assert.equal(tidyCard(" abcd-efgh jkmn–pq12 "), "ABCDEFGHJKMNPQ12");
  assert.equal(tidyCard(" abcd-efgh jkmn–pq12 ").length, CARD_LENGTH);
});
