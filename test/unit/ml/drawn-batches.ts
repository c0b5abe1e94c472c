import { Batches, type BatchPlan } from '#ml/batches.ts';
import { drawBatch } from '#ml/views.ts';

/** Batches with the images of the last one drawn. */
export class DrawnBatches {
  readonly #batches: Batches;
  readonly images: Float32Array;

  constructor(plan: BatchPlan, microBatches = 1) {
    this.#batches = new Batches(plan, microBatches);
    this.images = new Float32Array(this.#batches.length);
  }

  fill(step: number): void {
    drawBatch(this.#batches, step, this.images);
  }
}
