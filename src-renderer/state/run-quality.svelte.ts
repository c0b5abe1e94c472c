// How well the models of runs do on their own datasets, as far as that has been scored.

import { SvelteMap } from 'svelte/reactivity';
import type { RunSummary, ScoreMetrics } from '#contract/core.ts';
import type { CoreClient } from '../client/clients.ts';

export class RunQuality {
  readonly #core: CoreClient;
  /** By model; null while it is asked for and when it cannot be said. */
  readonly #metrics = new SvelteMap<number, ScoreMetrics | null>();

  constructor(core: CoreClient) {
    this.#core = core;
  }

  /** Of the score that ranks; undefined when nothing can be said. */
  of({ modelId }: RunSummary): ScoreMetrics | undefined {
    return (modelId === null ? undefined : this.#metrics.get(modelId)) ?? undefined;
  }

  /** Asks for those that are not known yet. */
  async load(runs: readonly RunSummary[]): Promise<void> {
    for (const { modelId, dataset } of runs) {
      if (modelId === null || this.#metrics.has(modelId)) continue;
      this.#metrics.set(modelId, null);
      try {
        const { scores, rankBy } = await this.#core.call('scores.evaluate', { modelId, dataset });
        this.#metrics.set(modelId, scores[rankBy] ?? null);
      } catch {
        // Not scored yet, or nothing to measure against: Results says so, with the remedy.
      }
    }
  }
}
