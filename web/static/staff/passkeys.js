// Passkeys: the browser's part, between JSON and bytes (WebAuthn level 3, section 5).

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** Whether this browser can make and use passkeys. */
export const able = () => "PublicKeyCredential" in globalThis;

/** Has one of the known passkeys sign; null when the person did not want to, or had none here. */
export async function sign(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const found = await quietly(navigator.credentials.get({ publicKey }));
  return found && shown(found, {
    authenticatorData: text(found.response.authenticatorData),
    signature: text(found.response.signature),
  });
}

/** Makes a passkey; null when the person did not want to, or this device has one already. */
export async function make(options) {
  const publicKey = {
    ...options, challenge: bytes(options.challenge), excludeCredentials: known(options.excludeCredentials),
    user: { ...options.user, id: bytes(options.user.id) },
  };
  const made = await quietly(navigator.credentials.create({ publicKey }));
  return made && shown(made, { attestationObject: text(made.response.attestationObject) });
}

const shown = (one, rest) => ({
  id: one.id, rawId: text(one.rawId), type: one.type,
  response: { clientDataJSON: text(one.response.clientDataJSON), ...rest },
});

async function quietly(asking) {
  try {
    return await asking;
  } catch {
    return null;
  }
}
