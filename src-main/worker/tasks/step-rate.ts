// How fast a run is: images a second over the last seconds.

const spanMs = 5000;

export class StepRate {
  readonly #imagesPerStep: number;
  /** When recent steps ended; the first is where the span begins. */
  readonly #ends: number[];

  constructor(imagesPerStep: number, startMs: number) {
    this.#imagesPerStep = imagesPerStep;
    this.#ends = [startMs];
  }

  /** Takes note of a step that has ended at `nowMs`; images per second. */
  add(nowMs: number): number {
    this.#ends.push(nowMs);
    while (this.#ends.length > 2 && this.#ends[0]! < nowMs - spanMs) this.#ends.shift();
    const seconds = Math.max(nowMs - this.#ends[0]!, 1e-3) / 1000;
    return ((this.#ends.length - 1) * this.#imagesPerStep) / seconds;
  }
}
