// Pages to this browser: asking for leave, and the subscription that the house then posts to.

import { installWorker } from "./install.js";

/** Whether this browser could be paged at all. */
export const canPush = () => "PushManager" in window && "Notification" in window && "serviceWorker" in navigator;

/**
 * {ok: true, address} or {ok: false, words}. To be called from a tap, because browsers ask for
 * leave only then.
 */
export async function subscribe(key) {
  if (!canPush()) return failed("This browser cannot show pages. On an iPhone or iPad, put Peerline on the home screen first, and open it from there.");
  if ((await Notification.requestPermission()) !== "granted") {
    return failed("This browser does not let Peerline show pages. Allow notifications for this site in its settings, then try again.");
  }
  if (!(await installWorker())) return failed("This browser did not let Peerline work in the background.");
  const worker = await navigator.serviceWorker.ready;
  try {
    const options = { userVisibleOnly: true, applicationServerKey: bytes(key) };
    const subscription = await worker.pushManager.subscribe(options);
    return { ok: true, address: JSON.stringify(subscription.toJSON()) };
  } catch {
    return failed("The push service of this browser did not answer. Try again, or use another way.");
  }
}

const failed = (words) => ({ ok: false, words });

function bytes(word) {
  const plain = atob(word.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
