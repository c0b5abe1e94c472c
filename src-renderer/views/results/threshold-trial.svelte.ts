// A threshold that is previewed before it is set: by an anomaly score or by a false-alarm budget.
// The core computes its effect; nothing changes until it is set.

import type { ScoreDistribution, Threshold, ThresholdPreview } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';

export type ThresholdRequest =
  | { readonly anomalyScore: number }
  | {
      readonly falseAlarms: number;
      /** Held-out normals of each domain count as often as in the dataset. */
      readonly weightDomains?: boolean;
    };

export class ThresholdTrial {
  readonly #core: CoreClient;
  readonly #modelAndDataset: ModelAndDataset;
  readonly #by: string | undefined;
  readonly distribution: Resource<ScoreDistribution>;
  readonly #preview: Resource<ThresholdPreview>;
  #request = $state.raw<ThresholdRequest>();
  #isTrying = false;

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset, by: string | undefined) {
    this.#core = core;
    this.#modelAndDataset = modelAndDataset;
    this.#by = by;
    this.distribution = new Resource((signal) =>
      core.call('scores.distribution', { ...modelAndDataset, ...this.#score, bins: 40 }, signal),
    );
    this.#preview = new Resource((signal) =>
      core.call(
        'thresholds.preview',
        { ...modelAndDataset, ...this.#score, ...this.#effectiveRequest },
        signal,
      ),
    );
  }

  /** The requested threshold; undefined while the model's current threshold is shown. */
  get request(): ThresholdRequest | undefined {
    return this.#request;
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
    if (this.#request && 'anomalyScore' in this.#request) return this.#request.anomalyScore;
    return this.preview?.anomalyScore ?? this.distribution.value?.threshold?.anomalyScore;
  }

  /** Shows the model's current threshold. */
  async load(): Promise<void> {
    this.#request = undefined;
    await this.refresh();
  }

  /** After images were scored: keeps the requested threshold. */
  async refresh(): Promise<void> {
    await this.distribution.load();
    if (this.#request || this.distribution.value?.threshold) await this.#preview.load();
    else this.#preview.forget();
  }

  /** A drag changes faster than the core answers: intermediate positions are skipped. */
  async try(request: ThresholdRequest): Promise<void> {
    this.#request = request;
    if (this.#isTrying) return;
    this.#isTrying = true;
    for (let sent: ThresholdRequest | undefined; sent !== this.#request;) {
      sent = this.#request;
      await this.#preview.load();
    }
    this.#isTrying = false;
  }

  /** Sets the requested threshold for the model. Returns the previous one. */
  async set(): Promise<Threshold | undefined> {
    const before = this.distribution.value?.threshold ?? undefined;
    await this.setTo(this.#effectiveRequest);
    return before;
  }

  /** Sets a former threshold again, by its budget where it came from one. */
  async setBack({ anomalyScore, falseAlarms }: Threshold): Promise<void> {
    const budget = { falseAlarms };
    const found = await this.#core.call('thresholds.preview', {
      ...this.#modelAndDataset,
      ...this.#score,
      ...budget,
    });
    await this.setTo(found.anomalyScore === anomalyScore ? budget : { anomalyScore });
  }

  async setTo(request: ThresholdRequest | Readonly<Record<string, never>>): Promise<void> {
    await this.#core.call('thresholds.set', {
      ...this.#modelAndDataset,
      ...this.#score,
      ...request,
    });
    await this.load();
  }

  get #score() {
    return this.#by === undefined ? {} : { by: this.#by };
  }

  /** The requested threshold; none asks for the current one, with its own budget and interval. */
  get #effectiveRequest(): ThresholdRequest | Readonly<Record<string, never>> {
    return this.#request ?? {};
  }
}
