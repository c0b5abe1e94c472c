// Measures of the runs' models on their own datasets, as far as these have been scored.

import { SvelteMap } from 'svelte/reactivity';
import type { RunSummary, ScoreMetrics } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';

export class RunQuality {
  readonly #core: CoreClient;
  /** By model. */
  readonly #metrics = new SvelteMap<number, ScoreMetrics>();
  #asking: Promise<void> = Promise.resolve();

  constructor(core: CoreClient) {
    this.#core = core;
  }

  /** Of the run's default score; undefined when not known. */
  of({ modelId }: RunSummary): ScoreMetrics | undefined {
    return modelId === null ? undefined : this.#metrics.get(modelId);
  }

  /** Loads the missing measures, one after the other. */
  async load(runs: readonly RunSummary[]): Promise<void> {
    this.#asking = this.#asking.then(() => this.#ask(runs));
    await this.#asking;
  }

  async #ask(runs: readonly RunSummary[]): Promise<void> {
    for (const { modelId, dataset } of runs) {
      if (modelId === null || this.#metrics.has(modelId)) continue;
      try {
        const { scores, rankBy } = await this.#core.call('scores.evaluate', { modelId, dataset });
        const metrics = scores[rankBy];
        if (metrics) this.#metrics.set(modelId, metrics);
      } catch {
        // Not scored yet, or nothing to measure against: the Results view shows the remedy.
      }
    }
  }
}
