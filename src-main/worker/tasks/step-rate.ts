// The rate of a run: images a second over the last seconds.

const spanMs = 5000;

export class StepRate {
  readonly #imagesPerStep: number;
  /** End times of recent steps; the first is the start of the span. */
  readonly #ends: number[];

  constructor(imagesPerStep: number, startMs: number) {
    this.#imagesPerStep = imagesPerStep;
    this.#ends = [startMs];
  }

  /** Records a step that ended at `nowMs`; returns images per second. */
  add(nowMs: number): number {
    this.#ends.push(nowMs);
    while (this.#ends.length > 2 && this.#ends[0]! < nowMs - spanMs) this.#ends.shift();
    const seconds = Math.max(nowMs - this.#ends[0]!, 1e-3) / 1000;
    return ((this.#ends.length - 1) * this.#imagesPerStep) / seconds;
  }
}
