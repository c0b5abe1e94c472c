// A threshold that is tried before it is set: drawn on the histogram, or asked for by a budget of false
// alarms. What it would mean comes from the core; nothing changes until it is set.

import type { ScoreDistribution, ThresholdPreview } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import type { Judged } from '../../state/project/results.svelte.ts';

export type Wish = { readonly anomalyScore: number } | { readonly falseAlarms: number };

export class ThresholdTrial {
  readonly #core: CoreClient;
  readonly #judged: Judged;
  readonly #by: string | undefined;
  readonly distribution: Resource<ScoreDistribution>;
  readonly #preview: Resource<ThresholdPreview>;
  #wish = $state.raw<Wish>();
  #isTrying = false;

  constructor(core: CoreClient, judged: Judged, by: string | undefined) {
    this.#core = core;
    this.#judged = judged;
    this.#by = by;
    this.distribution = new Resource((signal) =>
      core.call('scores.distribution', { ...judged, ...this.#score, bins: 40 }, signal),
    );
    this.#preview = new Resource((signal) =>
      core.call('thresholds.preview', { ...judged, ...this.#score, ...this.#asked }, signal),
    );
  }

  /** What is tried; undefined while the model's own threshold is shown. */
  get wish(): Wish | undefined {
    return this.#wish;
  }
  /** What it means; undefined until that is known. */
  get preview(): ThresholdPreview | undefined {
    return this.#preview.value;
  }
  /** Why nothing can be said of it. */
  get fault(): string | undefined {
    const { state } = this.#preview;
    return state.kind === 'failed' ? state.message : undefined;
  }
  /** The anomaly score above which images are flagged, tried or set; undefined without a threshold. */
  get limit(): number | undefined {
    if (this.#wish && 'anomalyScore' in this.#wish) return this.#wish.anomalyScore;
    return this.preview?.anomalyScore ?? this.distribution.value?.threshold?.anomalyScore;
  }

  /** Shows the threshold that is set. */
  async load(): Promise<void> {
    this.#wish = undefined;
    await this.refresh();
  }

  /** After images were scored: what is tried stays. */
  async refresh(): Promise<void> {
    await this.distribution.load();
    if (this.#wish || this.distribution.value?.threshold) await this.#preview.load();
    else this.#preview.forget();
  }

  /** A drag asks faster than the core answers: what it has passed meanwhile is left out. */
  async try(wish: Wish): Promise<void> {
    this.#wish = wish;
    if (this.#isTrying) return;
    this.#isTrying = true;
    for (let asked: Wish | undefined; asked !== this.#wish;) {
      asked = this.#wish;
      await this.#preview.load();
    }
    this.#isTrying = false;
  }

  /** Makes what is tried the model's threshold. Returns the anomaly score of the one before. */
  async set(): Promise<number | undefined> {
    const before = this.distribution.value?.threshold?.anomalyScore;
    await this.setTo(this.#asked);
    return before;
  }

  async setTo(wish: Wish): Promise<void> {
    const { modelId } = this.#judged;
    await this.#core.call('thresholds.set', { modelId, ...this.#score, ...wish });
    await this.load();
  }

  get #score() {
    return this.#by === undefined ? {} : { by: this.#by };
  }

  /** Without a wish, the threshold that is set. */
  get #asked(): Wish {
    return this.#wish ?? { anomalyScore: this.distribution.value?.threshold?.anomalyScore ?? 0 };
  }
}
