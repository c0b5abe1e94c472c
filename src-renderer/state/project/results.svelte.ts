// How one model does on one dataset: its evaluation, its ranking, and the untrained floor when asked.

import { SvelteMap } from 'svelte/reactivity';
import type { Evaluation, Floor, RankedImage } from '#contract/core.ts';
import type { ScoreCurves } from '#contract/review.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** As many as the core gives at once. */
const pageSize = 1000;

export interface Judged {
  readonly modelId: number;
  readonly dataset: string;
}

export class Results {
  readonly #core: CoreClient;
  readonly judged: Judged;
  readonly evaluation: Resource<Evaluation>;
  readonly curves: Resource<ScoreCurves>;
  /** The first page; what else is ranked follows as it is looked at. */
  readonly ranking: Resource<readonly RankedImage[]>;
  readonly #further = new SvelteMap<number, Resource<readonly RankedImage[]>>();
  #floor = $state.raw<Resource<Floor>>();
  /** Left out: the run's own choice. */
  #by = $state<string>();

  constructor(core: CoreClient, judged: Judged) {
    this.#core = core;
    this.judged = judged;
    this.evaluation = new Resource((signal) => core.call('scores.evaluate', judged, signal));
    this.curves = new Resource((signal) => core.call('scores.curves', judged, signal));
    this.ranking = new Resource((signal) => this.#rank(0, signal));
  }

  get by(): string | undefined {
    return this.#by;
  }
  /** undefined until it has been asked for. */
  get floor(): Resource<Floor> | undefined {
    return this.#floor;
  }
  /** Every image that is known of, strangest first. */
  get ranked(): readonly RankedImage[] {
    const further = [...this.#further].sort(([a], [b]) => a - b);
    return [...(this.ranking.value ?? []), ...further.flatMap(([, page]) => page.value ?? [])];
  }
  /** False while more may follow. */
  get isWhole(): boolean {
    const last = [...this.#further].sort(([a], [b]) => b - a)[0]?.[1] ?? this.ranking;
    return last.value !== undefined && last.value.length < pageSize;
  }

  async load(): Promise<void> {
    this.#further.clear();
    await Promise.all([this.evaluation.load(), this.ranking.load(), this.curves.load()]);
  }

  async rankBy(by: string | undefined): Promise<void> {
    this.#by = by;
    this.#further.clear();
    await this.ranking.load();
  }

  /** Asks for the next page when the images up to `end` are not all there. */
  async view(end: number): Promise<void> {
    const { ranked } = this;
    const isAsking = [...this.#further.values()].some(({ state }) => state.kind === 'loading');
    if (this.isWhole || isAsking || end < ranked.length || ranked.length === 0) return;
    const page = new Resource((signal) => this.#rank(ranked.length, signal));
    this.#further.set(ranked.length, page);
    await page.load();
  }

  async askForFloor(): Promise<void> {
    this.#floor ??= new Resource((signal) => this.#core.call('scores.floor', this.judged, signal));
    await this.#floor.load();
  }

  #rank(offset: number, signal: AbortSignal): Promise<readonly RankedImage[]> {
    const { judged } = this;
    return this.#core.call(
      'scores.rank',
      { ...judged, ...(this.#by === undefined ? {} : { by: this.#by }), offset, limit: pageSize },
      signal,
    );
  }
}
