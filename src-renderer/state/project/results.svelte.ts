// Results of one model on one dataset: evaluation, curves, ranking, and the baseline on request.

import { SvelteMap } from 'svelte/reactivity';
import type { Baseline, Evaluation, RankedImage } from '#contract/core.ts';
import type { Certificates, Drift } from '#contract/guarantee.ts';
import type { AmongImages, ScoredCount } from '#contract/results/ranking.ts';
import type { ScoreCurves } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** The most images that the core returns at once. */
const pageSize = 1000;

export interface ModelAndDataset {
  readonly modelId: number;
  readonly dataset: string;
}

export class Results {
  readonly #core: CoreClient;
  readonly modelAndDataset: ModelAndDataset;
  readonly evaluation: Resource<Evaluation>;
  readonly curves: Resource<ScoreCurves>;
  readonly certificates: Resource<Certificates>;
  readonly drift: Resource<Drift | null>;
  /** Images of the dataset without a score, apart from those that cannot be read. */
  readonly unscored: Resource<number>;
  /** How many images have scores, by what the model was taught. */
  readonly counts: Resource<Readonly<Record<AmongImages, ScoredCount>>>;
  /** The first page; further pages are loaded as they come into view. */
  readonly ranking: Resource<readonly RankedImage[]>;
  readonly #further = new SvelteMap<number, Resource<readonly RankedImage[]>>();
  #baseline = $state.raw<Resource<Baseline>>();
  /** Left out: the run's own choice. */
  #by = $state<string>();
  /** The model has learnt the others: they tell nothing of what is strange. */
  #among = $state<AmongImages>('new');

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset) {
    this.#core = core;
    this.modelAndDataset = modelAndDataset;
    this.evaluation = new Resource((signal) =>
      core.call('scores.evaluate', modelAndDataset, signal),
    );
    this.curves = new Resource((signal) => core.call('scores.curves', modelAndDataset, signal));
    this.certificates = new Resource((signal) =>
      core.call('thresholds.certificates', modelAndDataset, signal),
    );
    this.drift = new Resource((signal) => core.call('scores.drift', modelAndDataset, signal));
    this.counts = new Resource((signal) => {
      const by = this.#by === undefined ? {} : { by: this.#by };
      return core.call('scores.counts', { ...modelAndDataset, ...by }, signal);
    });
    this.unscored = new Resource(async (signal) => {
      const { modelId, dataset } = modelAndDataset;
      const found = await core.call('images.facets', { dataset, score: { modelId } }, signal);
      return found.scores?.unscored ?? 0;
    });
    this.ranking = new Resource((signal) => this.#rank(0, signal));
  }

  get by(): string | undefined {
    return this.#by;
  }
  /** The images that are listed. */
  get among(): AmongImages {
    return this.#among;
  }
  /** undefined until requested. */
  get baseline(): Resource<Baseline> | undefined {
    return this.#baseline;
  }
  /** All loaded images, strangest first. */
  get ranked(): readonly RankedImage[] {
    const further = [...this.#further].sort(([a], [b]) => a - b);
    return [...(this.ranking.value ?? []), ...further.flatMap(([, page]) => page.value ?? [])];
  }
  /** False while there may be further pages. */
  get isWhole(): boolean {
    const last = [...this.#further].sort(([a], [b]) => b - a)[0]?.[1] ?? this.ranking;
    return last.value !== undefined && last.value.length < pageSize;
  }

  async load(): Promise<void> {
    this.#further.clear();
    await Promise.all([
      ...[this.evaluation.load(), this.ranking.load(), this.curves.load()],
      ...[this.certificates.load(), this.drift.load()],
      ...[this.unscored.load(), this.counts.load()],
    ]);
  }

  async rankBy(by: string | undefined): Promise<void> {
    this.#by = by;
    this.#further.clear();
    await Promise.all([this.ranking.load(), this.counts.load()]);
  }

  async show(among: AmongImages): Promise<void> {
    this.#among = among;
    this.#further.clear();
    await this.ranking.load();
  }

  /** Loads the next page when the images up to `end` are not all loaded. */
  async view(end: number): Promise<void> {
    const { ranked } = this;
    const isAsking = [...this.#further.values()].some(({ state }) => state.kind === 'loading');
    if (this.isWhole || isAsking || end < ranked.length || ranked.length === 0) return;
    const page = new Resource((signal) => this.#rank(ranked.length, signal));
    this.#further.set(ranked.length, page);
    await page.load();
  }

  async loadBaseline(): Promise<void> {
    this.#baseline ??= new Resource((signal) =>
      this.#core.call('scores.baseline', this.modelAndDataset, signal),
    );
    await this.#baseline.load();
  }

  #rank(offset: number, signal: AbortSignal): Promise<readonly RankedImage[]> {
    const { modelAndDataset } = this;
    return this.#core.call(
      'scores.rank',
      {
        ...modelAndDataset,
        ...(this.#by === undefined ? {} : { by: this.#by }),
        among: this.#among,
        offset,
        limit: pageSize,
      },
      signal,
    );
  }
}
