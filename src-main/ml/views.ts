// Batches of views as they are drawn: item by item, each a pure function of its place, so that any
// thread may draw any of them and the result is the same.

export interface Views {
  /** Values of a batch. */
  readonly length: number;
  /** Items of each phase. A phase may read what the phases before it drew. */
  readonly phases: readonly number[];
  /** Draws an item of a phase of a batch, counted from 0, into the whole batch. */
  draw(batch: number, phase: number, item: number, into: Float32Array): void;
}

/** Where batches come from. */
export interface BatchSource {
  /** The batch, valid until the next call. Batches from `end` on will not be asked for. */
  take(batch: number, end: number): Promise<Float32Array>;
}

/** Draws a whole batch. */
export function drawBatch(views: Views, batch: number, into: Float32Array): void {
  views.phases.forEach((items, phase) => {
    for (let item = 0; item < items; item++) views.draw(batch, phase, item, into);
  });
}

/** Draws each batch when it is asked for. */
export function drawnOnDemand(views: Views): BatchSource {
  const images = new Float32Array(views.length);
  return {
    take: (batch) => {
      drawBatch(views, batch, images);
      return Promise.resolve(images);
    },
  };
}
