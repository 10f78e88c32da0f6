// Asking the server once, and nothing more: what `api.js` and the second step are made of.

import { count } from "./words.js";

const WAIT_MS = 10_000;

/**
 * {ok: true, value} or {ok: false, code, words, retryAfter}. Never throws: no network, or no answer in time, is the code
 * "offline", and a session that has ended leads to the sign-in page and back here.
 */
export async function send(method, path, body, wait = WAIT_MS) {
  const signal = AbortSignal.timeout(wait);
  const options = { method, signal, cache: "no-store", headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
    const value = answer.status === 204 ? null : await answer.json();
    if (answer.ok) return { ok: true, value };
    return { ok: false, status: answer.status, ...value, words: wordsOf(value), retryAfter: value.retry_after };
  } catch (error) {
    const words = error.name === "TimeoutError" ? "The server took too long to answer." : "There is no connection right now.";
    return { ok: false, status: 0, code: "offline", words };
  }
}

/** What came too soon says when it does not. */
const wordsOf = ({ words, retry_after }) =>
  (retry_after ? `Too many tries. Wait ${count(retry_after, "second", "seconds")}, then try again.` : words);

/** A write. */
export const post = (path, body) => send("POST", path, body);
