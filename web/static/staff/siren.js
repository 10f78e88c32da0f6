// The siren of an open page: rings while somebody has to come and nobody does. A browser lets a page
// make a sound only after a touch, so somebody starts it once; it says truly whether it could ring.

const KEPT = "staff-siren";
const WAIL_MS = 1_000;
const HUSH_MS = 60_000;
const PITCHES = [740, 988];

export class Siren {
  #context = null;
  #timer = 0;
  #step = 0;
  #hushed = 0;
  #rings = new Set();
  #changed;

  /** `changed()` is called whenever what the siren would say of itself is different. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether its owner wants it on this device. */
  get wanted() {
    return localStorage.getItem(KEPT) === "on";
  }

  /** Whether a sound could be heard now. */
  get ready() {
    return this.wanted && this.#context?.state === "running";
  }

  get ringing() {
    return this.#timer !== 0;
  }

  /** To be called from a tap: from now on it may ring, and does so once to be heard. */
  async start() {
    localStorage.setItem(KEPT, "on");
    await this.wake();
    if (this.ready) this.#wail();
    this.#changed();
  }

  stop() {
    localStorage.setItem(KEPT, "off");
    this.#quiet();
    this.#changed();
  }

  /** To be called from any touch: a page that was opened anew needs one before it may ring. */
  async wake() {
    if (!this.wanted) return;
    this.#context ??= new AudioContext();
    this.#context.onstatechange = this.#changed;
    await this.#context.resume();
    this.#tell();
  }

  /** Rings while `codes` has any; one it did not have before ends a hush. */
  ring(codes) {
    if ([...codes].some((code) => !this.#rings.has(code))) this.#hushed = 0;
    this.#rings = new Set(codes);
    this.#tell();
  }

  /** A minute of quiet, to think or to speak. Nobody has it yet, so it rings again. */
  hush() {
    this.#hushed = Date.now() + HUSH_MS;
    this.#tell();
  }

  #tell() {
    const should = this.#rings.size > 0 && this.ready && Date.now() >= this.#hushed;
    if (should && !this.ringing) {
      this.#timer = setInterval(() => this.#beat(), WAIL_MS);
      this.#beat();
      this.#changed();
    } else if (!should && this.ringing) {
      this.#quiet();
      this.#changed();
    }
  }

  #beat() {
    if (Date.now() < this.#hushed) return;
    this.#wail();
    navigator.vibrate?.([400, 200, 400]);
  }

  #quiet() {
    clearInterval(this.#timer);
    this.#timer = 0;
    navigator.vibrate?.(0);
  }

  #wail() {
    const at = this.#context.currentTime;
    const tone = this.#context.createOscillator();
    const level = this.#context.createGain();
    tone.type = "triangle";
    tone.frequency.setValueAtTime(PITCHES[this.#step % 2], at);
    this.#step += 1;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.6, at + 0.05);
    level.gain.setValueAtTime(0.6, at + 0.7);
    level.gain.exponentialRampToValueAtTime(0.0001, at + 0.95);
    tone.connect(level).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + 1);
  }
}
