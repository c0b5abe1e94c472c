// How well the models of runs do on their own datasets, as far as that has been scored.

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

  /** Of the score that ranks; undefined when nothing can be said. */
  of({ modelId }: RunSummary): ScoreMetrics | undefined {
    return modelId === null ? undefined : this.#metrics.get(modelId);
  }

  /** Asks for those that are not known yet, one after the other. */
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
        // Not scored yet, or nothing to measure against: Results says so, with the remedy.
      }
    }
  }
}
