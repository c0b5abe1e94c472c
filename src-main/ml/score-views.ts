// The views that scoring looks at, and where they come from.

import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { drawView, plainView, toNetworkRange } from './augment/view.ts';
import type { PixelSet } from './pixels.ts';
import type { BatchSource, Views } from './views.ts';
import { drawnOnDemand } from './views.ts';

/** Views to score: of each image the plain one, then random ones, row after row over all batches. */
export interface ScoreViewsRequest {
  readonly set: PixelSet;
  readonly settings: RunSettings;
  readonly seed: number;
  /** Random views of an image. */
  readonly views: number;
  /** Of each image: its place in the set and the two words of its key. */
  readonly images: Uint32Array;
  /** Rows of a batch. */
  readonly rows: number;
}

export class ScoreViews implements Views {
  readonly #request: ScoreViewsRequest;
  readonly #rowsPerImage: number;
  readonly #viewLength: number;
  readonly length: number;
  readonly phases: readonly number[];

  constructor(request: ScoreViewsRequest) {
    const { set, settings, views, rows } = request;
    this.#request = request;
    this.#rowsPerImage = 1 + views;
    this.#viewLength = set.channels * settings.inputSize ** 2;
    this.length = rows * this.#viewLength;
    this.phases = [rows];
  }

  draw(batch: number, _phase: number, item: number, into: Float32Array): void {
    const { set, settings, seed, images, rows } = this.#request;
    const row = batch * rows + item;
    const [at, view] = [3 * Math.floor(row / this.#rowsPerImage), row % this.#rowsPerImage];
    const offset = item * this.#viewLength;
    const own = into.subarray(offset, offset + this.#viewLength);
    if (at >= images.length) {
      own.fill(0);
      return;
    }
    const index = images[at]!;
    if (view === 0) {
      plainView(set, index, settings.inputSize, into, offset);
    } else {
      const key = [images[at + 1]!, images[at + 2]!] as const;
      const stream = new RandomStream(seed, purpose.scoreView, ...key, view);
      drawView(set, index, settings, stream, settings.inputSize, into, offset);
    }
    toNetworkRange(own);
  }
}

/** Where the views to score come from, and how many at once. */
export interface ScoreSource {
  readonly open: (request: ScoreViewsRequest) => BatchSource;
  /** Views that go through the network at once, at most; as many as are quick when left out. */
  readonly mostRows?: number | undefined;
  /** Told, in a sentence, when memory ran out and fewer views have to do. */
  readonly warn?: (text: string) => void;
}

export const scoredOnDemand: ScoreSource = {
  open: (request) => drawnOnDemand(new ScoreViews(request)),
};
