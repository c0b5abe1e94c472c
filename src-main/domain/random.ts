// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011). A stream is a pure function of its seed and key words, so
// resuming needs no saved state, and no draw depends on the order of other draws.

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

/** High 32 bits of the unsigned product a · b. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle1 = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle1 & 0xffff);
  return (aHigh * bHigh + Math.floor(middle1 / 0x10000) + (middle2 >>> 16)) >>> 0;
}

/** One Philox4x32-10 block: overwrites the four words of `counter`. */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let c0 = counter[0]!;
  let c1 = counter[1]!;
  let c2 = counter[2]!;
  let c3 = counter[3]!;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0) >>> 0;
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2) >>> 0;
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0;
    key0 = (key0 + WEYL_0) >>> 0;
    key1 = (key1 + WEYL_1) >>> 0;
  }
  counter[0] = c0;
  counter[1] = c1;
  counter[2] = c2;
  counter[3] = c3;
}

/** The purpose of a stream: the first key word, so that streams of different purposes are independent. */
export const purpose = {
  initialWeights: 1,
  order: 2,
  outlierOrder: 3,
  view: 4,
  shift: 5,
  scoreView: 6,
  split: 7,
  bootstrap: 8,
  partner: 9,
  sample: 10,
  drift: 11,
  coreset: 13,
  instance: 14,
} as const;

/** A stream of random numbers keyed by a seed and up to three words besides the purpose. */
export class RandomStream {
  readonly #block = new Uint32Array(4);
  readonly #key0: number;
  readonly #key1: number;
  readonly #word0: number;
  readonly #word1: number;
  readonly #word2: number;
  #index = 0;
  #used = 4;
  #spareNormal: number | undefined;

  /** seed: integer 0 … 2^53−1; purposeWord from `purpose`; words: integers 0 … 2^32−1. */
  constructor(seed: number, purposeWord: number, word0 = 0, word1 = 0, word2 = 0) {
    this.#key0 = seed >>> 0;
    this.#key1 = ((Math.floor(seed / 0x1_0000_0000) & 0x1fffff) << 8) ^ purposeWord;
    this.#word0 = word0;
    this.#word1 = word1;
    this.#word2 = word2;
  }

  /** Uniform integer in 0 … 2^32−1. */
  word(): number {
    if (this.#used === 4) {
      this.#block[0] = this.#index++;
      this.#block[1] = this.#word0;
      this.#block[2] = this.#word1;
      this.#block[3] = this.#word2;
      philox(this.#block, this.#key0, this.#key1);
      this.#used = 0;
    }
    return this.#block[this.#used++]!;
  }

  /** Uniform in [0, 1), 32 bits. */
  uniform(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform integer in 0 … below−1; below ≤ 2^32. The bias is under below/2^32. */
  integer(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** Standard normal (Box–Muller). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log((this.word() + 1) / 0x1_0000_0000));
    const angle = 2 * Math.PI * this.uniform();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** A permutation of 0 … length−1 (Fisher–Yates). */
  permutation(length: number): Uint32Array {
    const order = new Uint32Array(length);
    for (let i = 0; i < length; i++) order[i] = i;
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }
}
