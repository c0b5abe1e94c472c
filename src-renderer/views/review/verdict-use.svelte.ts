// The verdicts of a review as a refit would use them, and the refit that was started here.

import type { Job } from '#contract/core.ts';
import type { RefitOffer } from '#contract/refit.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

export class VerdictUse {
  readonly #core: CoreClient;
  readonly #asked: ModelAndDataset;
  readonly offer: Resource<RefitOffer>;
  /** Started here and not over. */
  #runId = $state<number>();
  #isStarting = $state(false);

  constructor(core: CoreClient, asked: ModelAndDataset) {
    this.#core = core;
    this.#asked = asked;
    this.offer = new Resource((signal) => core.call('refits.offer', asked, signal));
  }

  /** Images whose verdicts would be used. */
  get count(): number {
    const { normal, anomalous } = this.offer.value?.verdicts ?? { normal: 0, anomalous: 0 };
    return normal + anomalous;
  }

  get isBusy(): boolean {
    return this.#isStarting || this.#runId !== undefined;
  }

  /** Why the verdicts cannot be used now; null when they can, undefined before that is known. */
  get obstacle(): string | null | undefined {
    if (this.isBusy) return 'These verdicts are being used.';
    return this.offer.value?.obstacle;
  }

  /** Of the refit that runs, among the jobs. */
  jobIn(jobs: readonly Job[]): Job | undefined {
    return this.#runId === undefined ? undefined : jobs.find(({ runId }) => runId === this.#runId);
  }

  async start(): Promise<void> {
    if (this.isBusy) return;
    this.#isStarting = true;
    try {
      this.#runId = (await this.#core.call('refits.start', this.#asked)).runId;
    } finally {
      this.#isStarting = false;
    }
  }

  /**
   * When the refit that was started here is over: its sentence and model; undefined for other jobs and one that
   * failed or was stopped.
   */
  async ended({ runId, state }: Job): Promise<{ reason: string; modelId: number } | undefined> {
    if (runId === null || runId !== this.#runId || state === 'queued' || state === 'running')
      return;
    this.#runId = undefined;
    void this.offer.load();
    if (state !== 'succeeded') return undefined;
    const { comparison, modelId } = await this.#core.call('runs.show', { runId });
    return comparison === null || modelId === null
      ? undefined
      : { reason: comparison.reason, modelId };
  }
}
