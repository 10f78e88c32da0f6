// Puts the service worker in place, which shows pages on a locked phone.

const WORKER = "/static/staff/worker.js";
const SCOPE = "/staff/";

/** The registration, or null where the browser has no service workers or refuses this one. */
export async function installWorker() {
  if (!("serviceWorker" in navigator)) return null;
  try {
    return await navigator.serviceWorker.register(script(), { scope: SCOPE, updateViaCache: "none" });
  } catch {
    return null;
  }
}

/** Trusted Types are on: one policy, for one file. */
function script() {
  const types = globalThis.trustedTypes;
  return types ? types.createPolicy("worker", { createScriptURL: () => WORKER }).createScriptURL("") : WORKER;
}
