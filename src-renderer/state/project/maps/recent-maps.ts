// The heat maps of the images around the one in view. No reactive state: what reads a map here is notified by
// the resource that shows it.

import type { HeatMap } from '#contract/maps/heat-map.ts';

const most = 40;

export class RecentMaps {
  readonly #maps = new Map<string, HeatMap>();

  get(modelId: number, imageId: number): HeatMap | undefined {
    return this.#maps.get(keyOf(modelId, imageId));
  }

  /** Forgets the oldest where there are too many. */
  set(modelId: number, imageId: number, map: HeatMap): void {
    this.#maps.set(keyOf(modelId, imageId), map);
    for (const oldest of this.#maps.keys()) {
      if (this.#maps.size <= most) break;
      this.#maps.delete(oldest);
    }
  }
}

function keyOf(modelId: number, imageId: number): string {
  return `${modelId} ${imageId}`;
}
