// Opening and sealing halves of an identity, as moderation/identities/sealed.py does: HPKE (RFC 9180, base mode,
// one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM) over WebCrypto, nothing else.

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const KEM = join(text("KEM"), [0x00, 0x10]);
const SUITE = join(text("HPKE"), [0x00, 0x10, 0x00, 0x01, 0x00, 0x02]);
const POINT = 65;
const NONCE = 12;
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function text(words) {
  return new TextEncoder().encode(words);
}

export function join(...parts) {
  const made = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));
export const fromBase64 = (words) => Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));

/** What people compare: eight groups of four letters. */
export async function fingerprint(point) {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", point)).subarray(0, 20);
  let number = found.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let letters = "";
  for (let left = 32; left > 0; left -= 1, number >>= 5n) letters = ALPHABET[Number(number & 31n)] + letters;
  return letters.match(/.{4}/g).join("-");
}

/** A new pair: {privateKey, publicKey} for the wrapping of `keyfile.js`, and the point. */
export async function newPair() {
  const pair = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  return { ...pair, point: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** Bytes sealed to the key of that point, for what `about` says and nothing else. */
export async function seal(point, about, plain) {
  const once = await newPair();
  const [key, nonce] = await schedule(once.privateKey, point, join(once.point, point), about);
  return join(once.point, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plain)));
}

/** What was sealed to a key {privateKey, point}; throws when it does not open. */
export async function open(own, about, sealed) {
  const once = sealed.subarray(0, POINT);
  const [key, nonce] = await schedule(own.privateKey, once, join(once, own.point), about);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed.subarray(POINT)));
}

/** What a half is sealed for; `kind` is a, b, safe, or the code of the reveal it is passed on for. */
export const halfOf = (kind, pseudonym) => text(`peerline half ${kind}\0${pseudonym}`);

/** {name, group, number} by both halves; throws when they are not those of this student. */
export async function openIdentity(sealed, pseudonym, first, second) {
  const both = first.map((byte, at) => byte ^ second[at]);
  const key = await crypto.subtle.importKey("raw", both, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: sealed.subarray(0, NONCE), additionalData: text(`peerline identity\0${pseudonym}`) };
  const plain = new TextDecoder().decode(await crypto.subtle.decrypt(how, key, sealed.subarray(NONCE)));
  const [name, group, number] = JSON.parse(plain.replace(/\0+$/, ""));
  return { name, group, number };
}

/** The key and the nonce of RFC 9180 section 5.1, from a private key and the other side's point. */
async function schedule(privateKey, point, both, about) {
  const other = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const shared = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: other }, privateKey, 256));
  const early = await extract([], KEM, "eae_prk", shared);
  const secret = await expand(early, KEM, "shared_secret", both, 32);
  const nobody = await extract([], SUITE, "psk_id_hash", []);
  const context = join([0], nobody, await extract([], SUITE, "info_hash", about));
  const later = await extract(secret, SUITE, "secret", []);
  const key = await expand(later, SUITE, "key", context, 32);
  const nonce = await expand(later, SUITE, "base_nonce", context, NONCE);
  return [await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]), nonce];
}

const VERSION = text("HPKE-v1");

/** LabeledExtract: HKDF's first step is HMAC under the salt (RFC 5869). */
function extract(salt, suite, label, input) {
  return hmac(salt.length > 0 ? salt : new Uint8Array(32), join(VERSION, suite, text(label), input));
}

/** LabeledExpand, of which one block is enough: no more than 32 bytes are asked for. */
async function expand(secret, suite, label, about, length) {
  const info = join([0, length], VERSION, suite, text(label), about, [1]);
  return (await hmac(secret, info)).subarray(0, length);
}

async function hmac(secret, message) {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
