// Batches of views, each a pure function of (seed, step), so that resuming needs no saved state.
//
// Rows: the first views of the normals, their second views in the same order, then the outliers'
// first and second views. With normalRotation each normal view is followed, after all of its kind,
// by its copy turned by 90°, as a further normal.

import { Failure } from '#domain/failure.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { drawView, toNetworkRange } from './augment/view.ts';
import type { PixelSet } from './pixels.ts';
import { rotate, rotateQuarter } from './shifts/geometry.ts';
import type { Shift } from './shifts/shift.ts';

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
  readonly normals: PixelSet;
  readonly outliers: readonly OutlierSource[];
  readonly shifts: readonly ChosenShift[];
  readonly settings: RunSettings;
  readonly seed: number;
}

export interface BatchRows {
  /** Normal rows: 2B, or 4B with normalRotation. */
  readonly normals: number;
  readonly outliers: number;
}

export function rowsOf({ settings }: Pick<BatchPlan, 'settings'>): BatchRows {
  const copies = settings.normalRotation === '90' ? 2 : 1;
  return { normals: 2 * copies * settings.batch, outliers: 2 * settings.outlierBatch };
}

/** The conjugate of the golden ratio: its multiples spread evenly over 0 … 1. */
const goldenStep = 0.6180339887498949;

export class Batches {
  readonly #plan: BatchPlan;
  readonly #orders = new Map<string, Uint32Array>();
  readonly #rows: BatchRows;
  readonly #viewLength: number;
  /** The image in each normal slot of the batch. */
  readonly #drawn: Uint32Array;
  /** The batch: [rows, channels, size, size] in −1 … 1. Overwritten by the next `fill`. */
  readonly images: Float32Array;

  /** Throws `bad-input` when 90° copies would be normals and outliers at once. */
  constructor(plan: BatchPlan) {
    demandOneSide(plan);
    this.#plan = plan;
    this.#drawn = new Uint32Array(plan.settings.batch);
    this.#rows = rowsOf(plan);
    this.#viewLength = plan.normals.channels * plan.settings.inputSize ** 2;
    this.images = new Float32Array((this.#rows.normals + this.#rows.outliers) * this.#viewLength);
  }

  /** Draws the batch of a step, counted from 0, into `images`. */
  fill(step: number): void {
    const { settings } = this.#plan;
    const [first, second] = [0, this.#rows.normals / 2];
    for (let slot = 0; slot < settings.batch; slot++) {
      this.#drawNormal(step, slot, 0, first + slot);
      this.#drawNormal(step, slot, 1, second + slot);
    }
    for (let slot = 0; slot < settings.outlierBatch; slot++) this.#drawOutlier(step, slot);
    toNetworkRange(this.images);
  }

  #drawNormal(step: number, slot: number, view: number, row: number): void {
    const { normals, settings, seed } = this.#plan;
    // Draws run on over epoch ends, so that no image is left out.
    const draw = step * settings.batch + slot;
    const epoch = Math.floor(draw / normals.count);
    const index = this.#order(purpose.order, 0, epoch, normals.count)[draw % normals.count]!;
    this.#drawn[slot] = index;
    const stream = new RandomStream(seed, purpose.view, epoch, index, view);
    drawView(normals, index, settings, stream, settings.inputSize, this.images, this.#at(row));
    if (settings.normalRotation === '90') {
      const turned = this.#view(row + settings.batch);
      turned.set(this.#view(row));
      rotateQuarter(turned, { channels: normals.channels, size: settings.inputSize }, 1);
    }
  }

  #drawOutlier(step: number, slot: number): void {
    const { outliers, shifts, settings } = this.#plan;
    const draw = step * settings.outlierBatch + slot;
    const rows = [this.#rows.normals + slot, this.#rows.normals + settings.outlierBatch + slot];
    const choices = [...outliers, ...shifts];
    const chosen = choices[pick(choices, (draw * goldenStep) % 1)]!;
    rows.forEach((row, view) => {
      if ('shift' in chosen) this.#drawShifted(chosen, draw, slot, view, row);
      else this.#drawExternal(chosen.set, outliers.indexOf(chosen), draw, view, row);
    });
  }

  #drawExternal(set: PixelSet, source: number, draw: number, view: number, row: number): void {
    const { settings, seed } = this.#plan;
    const pass = Math.floor(draw / set.count);
    const index = this.#order(purpose.outlierOrder, source, pass, set.count)[draw % set.count]!;
    const stream = new RandomStream(seed, purpose.view, draw, index, 2 + view);
    drawView(set, index, settings, stream, settings.inputSize, this.images, this.#at(row));
  }

  /** A normal view of this batch, shifted; its partner is the same view of another image. */
  #drawShifted(
    { shift, strength }: ChosenShift,
    draw: number,
    slot: number,
    view: number,
    row: number,
  ): void {
    const { settings, seed, normals } = this.#plan;
    const stream = new RandomStream(seed, purpose.shift, draw, view);
    const first = (view * this.#rows.normals) / 2;
    const base = slot % settings.batch;
    const partner = this.#partnerOf(base, stream);
    const shifted = this.#view(row);
    shifted.set(this.#view(first + base));
    const shape = { channels: normals.channels, size: settings.inputSize };
    shift.apply(shifted, this.#view(first + partner), shape, strength, stream);
  }

  /**
   * A slot with another image: a batch that crosses the end of a pass may hold an image twice. Only
   * a batch of two that are the same image has none; then its other view must do.
   */
  #partnerOf(base: number, stream: RandomStream): number {
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
    return this.images.subarray(this.#at(row), this.#at(row + 1));
  }
}

function demandOneSide({ settings, shifts }: BatchPlan): void {
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
