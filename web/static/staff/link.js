// How the connection of the console fares, in words below its head.

import { $, setText } from "./dom.js";

const WORDS = {
  offline: "No network. Nothing you decide goes through until it is back.",
  lost: "Connection lost. Trying again…",
  slow: "The server is slow to answer…",
  replaced: "This console was opened in another place. Reload to use it here.",
  broken: "This console stopped working as it should. Reload to go on.",
};

/** `trouble` is a key of `WORDS`, or null while all is well. */
export function showLink(trouble) {
  $("link").dataset.state = trouble ?? "live";
  setText($("link"), trouble ? WORDS[trouble] : "Live");
  document.body.dataset.link = trouble ?? "live";
}
