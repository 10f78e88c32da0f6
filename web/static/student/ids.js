// Random ids in the shape the wire asks for: 128 bits, base64url, 22 characters. Pure: the random
// bytes are an argument.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The id of sixteen random bytes. Throws RangeError for any other number of bytes. */
export function idFrom(bytes) {
  if (bytes.length !== 16) throw new RangeError("an id is made of sixteen bytes");
  let id = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      id += LETTERS[(held >> bits) & 63];
    }
    held &= (1 << bits) - 1;
  }
  return id + LETTERS[(held << (6 - bits)) & 63];
}
