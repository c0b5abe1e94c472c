// Batches of views, drawn item by item. Each item is a pure function of its place, so that the result
// does not depend on which thread draws it.

export interface Views {
  /** Values of a batch. */
  readonly length: number;
  /** Items of each phase. A phase may read what the phases before it drew. */
  readonly phases: readonly number[];
  /** Draws an item of a phase of a batch, counted from 0, into the whole batch. */
  draw(batch: number, phase: number, item: number, into: Float32Array): void;
}

/** A source of batches. */
export interface BatchSource {
  /** The batch, valid until the next call. The caller takes no batch from `end` on. */
  take(batch: number, end: number): Promise<Float32Array>;
}

/** Draws a whole batch. */
export function drawBatch(views: Views, batch: number, into: Float32Array): void {
  views.phases.forEach((items, phase) => {
    for (let item = 0; item < items; item++) views.draw(batch, phase, item, into);
  });
}

/** Draws each batch when the caller takes it. */
export function drawnOnDemand(views: Views): BatchSource {
  const images = new Float32Array(views.length);
  return {
    take: (batch) => {
      drawBatch(views, batch, images);
      return Promise.resolve(images);
    },
  };
}
