// Batches of views, each a pure function of (seed, step), so that resuming needs no saved state.
//
// Rows: the first views of the normals, their second views in the same order where the method takes two,
// then the outliers' first and second views. With normalRotation each normal view is followed, after all of its kind,
// by its copy turned by 90°, as a further normal.

import { Failure } from '#domain/failure.ts';
import { cardOf, type MethodName } from '#domain/methods/methods.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { drawView, toNetworkRange } from './augment/view.ts';
import type { PixelSet } from './pixels.ts';
import { instancesOf, instanceStream } from './instances.ts';
import { rotate, rotateQuarter } from './shifts/geometry.ts';
import type { Shift } from './shifts/shift.ts';
import type { Views } from './views.ts';

export interface OutlierSource {
  readonly set: PixelSet;
  readonly weight: number;
}

export interface ChosenShift {
  readonly shift: Shift;
  readonly weight: number;
  readonly strength: number;
}

export interface BatchPlan {
  readonly method: MethodName;
  readonly normals: PixelSet;
  readonly outliers: readonly OutlierSource[];
  readonly shifts: readonly ChosenShift[];
  readonly settings: RunSettings;
  readonly seed: number;
}

export interface BatchRows {
  /**
   * Normal rows: as many as views of B images, and as many again with normalRotation, or for each kind of
   * shifted copies.
   */
  readonly normals: number;
  readonly outliers: number;
}

/** Rows of a micro-batch; micro-batches follow each other, each laid out like a batch. */
export function rowsOf(
  { method, settings }: Pick<BatchPlan, 'method' | 'settings'>,
  microBatches = 1,
): BatchRows {
  const { views } = cardOf(method);
  const turned = settings.normalRotation === '90' ? 2 : 1;
  const copies = turned * (1 + instancesOf(settings).length);
  return {
    normals: (views * copies * settings.batch) / microBatches,
    outliers: (views * settings.outlierBatch) / microBatches,
  };
}

/** The conjugate of the golden ratio: its multiples spread evenly over 0 … 1. */
const goldenStep = 0.6180339887498949;

/** Phases drawn in this order, because outliers may be made from normal views of the batch. */
const phase = { normals: 0, outliers: 1, range: 2 } as const;

export class Batches implements Views {
  readonly #plan: BatchPlan;
  readonly #microBatches: number;
  /** Of each image. */
  readonly #views: 1 | 2;
  readonly #instances: ReturnType<typeof instancesOf>;
  readonly #orders = new Map<string, Uint32Array>();
  /** Of a micro-batch. */
  readonly #rows: BatchRows;
  readonly #viewLength: number;
  readonly length: number;
  readonly phases: readonly number[];
  /** The image in each normal slot of the step `#drawnStep`. */
  readonly #drawn: Uint32Array;
  #drawnStep = -1;
  /** The batch being drawn: [rows, channels, size, size]. */
  #images: Float32Array = new Float32Array(0);

  /**
   * `microBatches` divides both batch sizes; views do not depend on it, only their rows do. Throws
   * `bad-input` when 90° copies would be normals and outliers at once.
   */
  constructor(plan: BatchPlan, microBatches = 1) {
    assertOneSide(plan);
    this.#plan = plan;
    this.#microBatches = microBatches;
    this.#views = cardOf(plan.method).views;
    this.#instances = instancesOf(plan.settings);
    const { batch, outlierBatch, inputSize } = plan.settings;
    this.#drawn = new Uint32Array(batch);
    this.#rows = rowsOf(plan, microBatches);
    this.#viewLength = plan.normals.channels * inputSize ** 2;
    const rows = microBatches * (this.#rows.normals + this.#rows.outliers);
    this.length = rows * this.#viewLength;
    this.phases = [this.#views * batch, this.#views * outlierBatch, rows];
  }

  draw(step: number, phaseNow: number, item: number, into: Float32Array): void {
    this.#images = into;
    const [slot, view] = [Math.floor(item / this.#views), item % this.#views];
    if (phaseNow === phase.normals) this.#drawNormal(step, slot, view);
    else if (phaseNow === phase.outliers) this.#drawOutlier(step, slot, view);
    else toNetworkRange(this.#view(item));
  }

  #drawNormal(step: number, slot: number, view: number): void {
    const { normals, settings, seed } = this.#plan;
    const { epoch, index } = this.#normal(step, slot);
    const row = this.#normalRow(slot, view);
    const stream = new RandomStream(seed, purpose.view, epoch, index, view);
    drawView(normals, index, settings, stream, settings.inputSize, this.#images, this.#at(row));
    if (settings.normalRotation === '90') {
      const turned = this.#view(row + settings.batch / this.#microBatches);
      turned.set(this.#view(row));
      rotateQuarter(turned, { channels: normals.channels, size: settings.inputSize }, 1);
    }
    this.#drawInstances(row, epoch, index, view);
  }

  /** Shifted copies of a view lie in the rows after those of all views alike. */
  #drawInstances(row: number, epoch: number, index: number, view: number): void {
    const { normals, settings, seed } = this.#plan;
    const shape = { channels: normals.channels, size: settings.inputSize };
    this.#instances.forEach((change, instance) => {
      const copy = this.#view(row + ((1 + instance) * settings.batch) / this.#microBatches);
      copy.set(this.#view(row));
      change(copy, shape, instanceStream(seed, [epoch, index], view, instance));
    });
  }

  /** The image in a slot of a step: draws continue across epoch ends, so that no image is left out. */
  #normal(step: number, slot: number): { epoch: number; index: number } {
    const { normals, settings } = this.#plan;
    const draw = step * settings.batch + slot;
    const epoch = Math.floor(draw / normals.count);
    const order = this.#order(purpose.order, 0, epoch, normals.count);
    return { epoch, index: order[draw % normals.count]! };
  }

  #normalRow(slot: number, view: number): number {
    const slots = this.#plan.settings.batch / this.#microBatches;
    const { normals, outliers } = this.#rows;
    const start = Math.floor(slot / slots) * (normals + outliers);
    return start + (view * normals) / this.#views + (slot % slots);
  }

  #outlierRow(slot: number, view: number): number {
    const slots = this.#plan.settings.outlierBatch / this.#microBatches;
    const { normals, outliers } = this.#rows;
    const start = Math.floor(slot / slots) * (normals + outliers) + normals;
    return start + view * slots + (slot % slots);
  }

  #drawOutlier(step: number, slot: number, view: number): void {
    const { outliers, shifts, settings } = this.#plan;
    const draw = step * settings.outlierBatch + slot;
    const row = this.#outlierRow(slot, view);
    const choices = [...outliers, ...shifts];
    const chosen = choices[pick(choices, (draw * goldenStep) % 1)]!;
    if ('shift' in chosen) this.#drawShifted(chosen, step, slot, view, row);
    else this.#drawExternal(chosen.set, outliers.indexOf(chosen), draw, view, row);
  }

  #drawExternal(set: PixelSet, source: number, draw: number, view: number, row: number): void {
    const { settings, seed } = this.#plan;
    const pass = Math.floor(draw / set.count);
    const index = this.#order(purpose.outlierOrder, source, pass, set.count)[draw % set.count]!;
    const stream = new RandomStream(seed, purpose.view, draw, index, 2 + view);
    drawView(set, index, settings, stream, settings.inputSize, this.#images, this.#at(row));
  }

  /** A normal view of this batch, shifted; its partner is the same view of another image. */
  #drawShifted(
    { shift, strength }: ChosenShift,
    step: number,
    slot: number,
    view: number,
    row: number,
  ): void {
    const { settings, seed, normals } = this.#plan;
    const draw = step * settings.outlierBatch + slot;
    const stream = new RandomStream(seed, purpose.shift, draw, view);
    const base = slot % settings.batch;
    const partner = this.#view(this.#normalRow(this.#partnerOf(step, base, stream), view));
    const shifted = this.#view(row);
    shifted.set(this.#view(this.#normalRow(base, view)));
    const shape = { channels: normals.channels, size: settings.inputSize };
    shift.apply(shifted, partner, shape, strength, stream);
  }

  /**
   * A slot with another image: a batch that crosses the end of a pass may hold an image twice. Only
   * a batch of two that are the same image has none; then its other view is used.
   */
  #partnerOf(step: number, base: number, stream: RandomStream): number {
    if (this.#drawnStep !== step) {
      this.#drawn.forEach((_, slot) => (this.#drawn[slot] = this.#normal(step, slot).index));
      this.#drawnStep = step;
    }
    const slots = [...this.#drawn.keys()].filter((slot) => slot !== base);
    const others = slots.filter((slot) => this.#drawn[slot] !== this.#drawn[base]);
    const choices = others.length > 0 ? others : slots;
    return choices[stream.integer(choices.length)]!;
  }

  /** The order of a pass over `count` images: a new permutation each pass. */
  #order(kind: number, source: number, pass: number, count: number): Uint32Array {
    const key = `${kind}:${source}`;
    const known = this.#orders.get(`${key}:${pass}`);
    if (known) return known;
    const made = new RandomStream(this.#plan.seed, kind, source, pass).permutation(count);
    this.#orders.delete(`${key}:${pass - 2}`);
    this.#orders.set(`${key}:${pass}`, made);
    return made;
  }

  #at(row: number): number {
    return row * this.#viewLength;
  }

  #view(row: number): Float32Array {
    return this.#images.subarray(this.#at(row), this.#at(row + 1));
  }
}

function assertOneSide({ settings, shifts }: BatchPlan): void {
  const turned = shifts.some(({ shift, strength }) => shift === rotate && strength > 0.5);
  if (settings.normalRotation !== '90' || !turned) return;
  throw new Failure(
    'bad-input',
    'normalRotation=90 makes copies turned by 90° normal, but the shift rotate of a strength above ' +
      '0.5 makes them outliers. Lower its strength to 0.5, or set normalRotation to none.',
  );
}

/** Index of the item whose share of the summed weights `position` (0 … 1) falls into. */
function pick(items: readonly { readonly weight: number }[], position: number): number {
  const total = items.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  for (const [index, { weight }] of items.entries()) {
    passed += weight / total;
    if (position < passed) return index;
  }
  return items.length - 1;
}
