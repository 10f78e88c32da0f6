// The file a custodian keeps: their private key under a passphrase. moderation/identities/keyfile.py reads and
// writes the same. Nothing of it is ever sent or stored by a page.

import { fingerprint, fromBase64, join, newPair, text, toBase64 } from "./sealed.js";

export const SHORTEST = 12;
const ROUNDS = 600_000;
const MOST_ROUNDS = 10_000_000;
const NONCE = 12;

/** A new key for that half: {file, point, print}. */
export async function makeKey(half, name, passphrase) {
  const { privateKey, point } = await newPair();
  const { d } = await crypto.subtle.exportKey("jwk", privateKey);
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const how = { name: "AES-GCM", iv, additionalData: about(half, point) };
  const wrapped = await crypto.subtle.encrypt(how, await wrapper(passphrase, salt, ROUNDS), fromBase64(plain(d)));
  const file = {
    peerline: "key", form: 1, half, name, public: toBase64(point), rounds: ROUNDS,
    salt: toBase64(salt), wrapped: toBase64(join(iv, new Uint8Array(wrapped))),
  };
  return { file: JSON.stringify(file, null, 2), point, print: await fingerprint(point) };
}

/** Opens a file: {half, privateKey, point, print}; throws an Error whose message is for a person. */
export async function openKey(words, passphrase) {
  const file = parse(words);
  const point = fromBase64(file.public);
  const wrapped = fromBase64(file.wrapped);
  const how = { name: "AES-GCM", iv: wrapped.subarray(0, NONCE), additionalData: about(file.half, point) };
  let scalar;
  try {
    const key = await wrapper(passphrase, fromBase64(file.salt), file.rounds);
    scalar = new Uint8Array(await crypto.subtle.decrypt(how, key, wrapped.subarray(NONCE)));
  } catch {
    throw new Error("That passphrase does not open this key file.");
  }
  const jwk = { kty: "EC", crv: "P-256", d: urlSafe(scalar), x: urlSafe(point.subarray(1, 33)), y: urlSafe(point.subarray(33)) };
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const privateKey = await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]);
  return { half: file.half, privateKey, point, print: await fingerprint(point) };
}

function parse(words) {
  try {
    const file = JSON.parse(words);
    const fits = file.peerline === "key" && file.form === 1 && file.rounds >= ROUNDS && file.rounds <= MOST_ROUNDS;
    if (fits && fromBase64(file.public).length === 65 && file.salt && file.wrapped) return file;
  } catch {
    // what cannot be read is told below
  }
  throw new Error("That is no key file of Peerline.");
}

async function wrapper(passphrase, salt, iterations) {
  const typed = await crypto.subtle.importKey("raw", text(passphrase), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, typed, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const about = (half, point) => join(text(`peerline key ${half}\0`), point);
const urlSafe = (bytes) => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const plain = (words) => words.replaceAll("-", "+").replaceAll("_", "/");
