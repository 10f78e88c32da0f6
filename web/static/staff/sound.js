// A short sound for what cannot wait. Browsers allow it only after a key or a click, and it can be
// switched off. Made here from two tones; nothing is loaded.

const KEPT = "staff-sound";

export class Sound {
  #context = null;
  #on = localStorage.getItem(KEPT) !== "off";

  /** Whether it is switched on. */
  get on() {
    return this.#on;
  }

  /** Whether a sound could be heard now. */
  get ready() {
    return this.#on && this.#context?.state === "running";
  }

  /** To be called from a key press or a click. */
  wake() {
    if (!this.#on) return;
    this.#context ??= new AudioContext();
    this.#context.resume();
  }

  toggle() {
    this.#on = !this.#on;
    localStorage.setItem(KEPT, this.#on ? "on" : "off");
    this.wake();
  }

  /** Two rising tones. */
  ring() {
    if (!this.ready) return;
    for (const [pitch, after] of [[660, 0], [880, 0.18]]) this.#tone(pitch, after);
  }

  #tone(pitch, after) {
    const at = this.#context.currentTime + after;
    const tone = this.#context.createOscillator();
    const level = this.#context.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
    tone.connect(level).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + 0.32);
  }
}
