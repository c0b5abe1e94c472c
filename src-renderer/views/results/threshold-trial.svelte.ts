// A threshold that is previewed before it is set: by an anomaly score or by a false-alarm budget.
// The core computes its effect; nothing changes until it is set.

import type { ScoreDistribution, ThresholdPreview } from '#contract/review.ts';
import type { ScoreName } from '#domain/score.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import type { Judged } from '../../state/project/results.svelte.ts';

export type Wish = { readonly anomalyScore: number } | { readonly falseAlarms: number };

export class ThresholdTrial {
  readonly #core: CoreClient;
  readonly #judged: Judged;
  readonly #by: ScoreName | undefined;
  readonly distribution: Resource<ScoreDistribution>;
  readonly #preview: Resource<ThresholdPreview>;
  #wish = $state.raw<Wish>();
  #isTrying = false;

  constructor(core: CoreClient, judged: Judged, by: ScoreName | undefined) {
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

  /** The requested threshold; undefined while the model's current threshold is shown. */
  get wish(): Wish | undefined {
    return this.#wish;
  }
  /** Its effect; undefined until the core has answered. */
  get preview(): ThresholdPreview | undefined {
    return this.#preview.value;
  }
  /** Why the core cannot preview it. */
  get fault(): string | undefined {
    const { state } = this.#preview;
    return state.kind === 'failed' ? state.message : undefined;
  }
  /**
   * The anomaly score above which images are flagged, requested or set; undefined without either.
   */
  get limit(): number | undefined {
    if (this.#wish && 'anomalyScore' in this.#wish) return this.#wish.anomalyScore;
    return this.preview?.anomalyScore ?? this.distribution.value?.threshold?.anomalyScore;
  }

  /** Shows the model's current threshold. */
  async load(): Promise<void> {
    this.#wish = undefined;
    await this.refresh();
  }

  /** After images were scored: keeps the requested threshold. */
  async refresh(): Promise<void> {
    await this.distribution.load();
    if (this.#wish || this.distribution.value?.threshold) await this.#preview.load();
    else this.#preview.forget();
  }

  /** A drag changes faster than the core answers: intermediate positions are skipped. */
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

  /** Sets the requested threshold for the model. Returns the anomaly score of the previous one. */
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

  /** The requested threshold, else the current one. */
  get #asked(): Wish {
    return this.#wish ?? { anomalyScore: this.distribution.value?.threshold?.anomalyScore ?? 0 };
  }
}
