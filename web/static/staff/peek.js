// The button that shows the password somebody is typing.

import { $ } from "./dom.js";

/** Makes the button `peek` show and hide the field `password`. */
export function wirePeek() {
  $("peek").addEventListener("click", () => {
    const shown = $("password").type === "password";
    $("password").type = shown ? "text" : "password";
    $("peek").setAttribute("aria-pressed", String(shown));
  });
}
