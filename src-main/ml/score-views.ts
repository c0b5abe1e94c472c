// The views that scoring uses, and their source.

import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { turnPlanes } from './augment/turn.ts';
import { drawView, plainView, toNetworkRange } from './augment/view.ts';
import { instancesOf, instanceStream } from './instances.ts';
import type { PixelSet } from './pixels.ts';
import type { BatchSource, Views } from './views.ts';
import { drawnOnDemand } from './views.ts';

/** The plain view alone, or also turned by 90°, 180° and 270°. */
export type Turns = 1 | 4;

/**
 * Views to score: of each image the plain one, its turned copies, then random ones, then the shifted copies
 * of the plain and the random ones, kind by kind; row after row over all batches.
 */
export interface ScoreViewsRequest {
  readonly set: PixelSet;
  readonly settings: RunSettings;
  readonly seed: number;
  readonly turns: Turns;
  /** Random views of an image. */
  readonly views: number;
  /** Kinds of shifted copies of each view, see instances.ts; none when left out. */
  readonly copies?: number;
  /** Of each image: its place in the set and the two words of its key. */
  readonly images: Uint32Array;
  /** Rows of a batch. */
  readonly rows: number;
}

export class ScoreViews implements Views {
  readonly #request: ScoreViewsRequest;
  readonly #rowsPerImage: number;
  readonly #instances: ReturnType<typeof instancesOf>;
  readonly #viewLength: number;
  readonly length: number;
  readonly phases: readonly number[];

  constructor(request: ScoreViewsRequest) {
    const { set, settings, turns, views, copies = 0, rows } = request;
    this.#request = request;
    this.#instances = instancesOf(settings).slice(0, copies);
    this.#rowsPerImage = turns + views + copies * (1 + views);
    this.#viewLength = set.channels * settings.inputSize ** 2;
    this.length = rows * this.#viewLength;
    this.phases = [rows];
  }

  draw(batch: number, _phase: number, item: number, into: Float32Array): void {
    const { set, settings, turns, views, images, rows } = this.#request;
    const row = batch * rows + item;
    const [at, view] = [3 * Math.floor(row / this.#rowsPerImage), row % this.#rowsPerImage];
    const offset = item * this.#viewLength;
    const own = into.subarray(offset, offset + this.#viewLength);
    if (at >= images.length) {
      own.fill(0);
      return;
    }
    if (view < turns) {
      plainView(set, images[at]!, settings.inputSize, into, offset);
      turnPlanes(own, settings.inputSize, view);
    } else if (view < turns + views) {
      this.#drawNumbered(at, view - turns + 1, into, offset);
    } else {
      const copy = view - turns - views;
      this.#drawInstance(at, copy % (1 + views), Math.floor(copy / (1 + views)), into, offset);
    }
    toNetworkRange(own);
  }

  /** Random view `view`, from 1; the plain one as 0. */
  #drawNumbered(at: number, view: number, into: Float32Array, offset: number): void {
    const { set, settings, seed, images } = this.#request;
    const [index, first, second] = [images[at]!, images[at + 1]!, images[at + 2]!];
    if (view === 0) {
      plainView(set, index, settings.inputSize, into, offset);
      return;
    }
    const stream = new RandomStream(seed, purpose.scoreView, first, second, view);
    drawView(set, index, settings, stream, settings.inputSize, into, offset);
  }

  #drawInstance(
    at: number,
    view: number,
    instance: number,
    into: Float32Array,
    offset: number,
  ): void {
    const { set, settings, seed, images } = this.#request;
    this.#drawNumbered(at, view, into, offset);
    const own = into.subarray(offset, offset + this.#viewLength);
    const stream = instanceStream(seed, [images[at + 1]!, images[at + 2]!], view, instance);
    this.#instances[instance]!(own, { channels: set.channels, size: settings.inputSize }, stream);
  }
}

/** The source of the views to score, and how many are scored at once. */
export interface ScoreSource {
  readonly open: (request: ScoreViewsRequest) => BatchSource;
  /** Views per batch of the network, at most; the fastest number when left out. */
  readonly mostRows?: number | undefined;
  /** Called with a sentence when memory ran out and batches get smaller. */
  readonly warn?: (text: string) => void;
}

export const scoredOnDemand: ScoreSource = {
  open: (request) => drawnOnDemand(new ScoreViews(request)),
};
