// The project's comparisons of methods, and the form of the next one.

import type { MethodComparison } from '#contract/comparison.ts';
import type { StartName } from '#domain/methods/methods.ts';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import type { OutlierSelection } from '../../state/project/outlier-selection.svelte.ts';
import type { TrainForm } from '../../state/project/train-form.svelte.ts';

/** Between two looks at the progress, milliseconds. */
const lookMs = 1000;

interface Mark {
  readonly atMs: number;
  readonly share: number;
}

export class Comparisons {
  readonly list: Resource<readonly MethodComparison[]>;
  readonly #core: CoreClient;
  /** Where each was when it was first seen running. */
  readonly #marks = new SvelteMap<number, Mark>();

  constructor(core: CoreClient) {
    this.#core = core;
    this.list = new Resource(async (signal) => {
      const all = await core.call('comparisons.list', {}, signal);
      for (const own of all) this.#mark(own);
      return all;
    });
  }

  /** Loads the list, and again while a comparison runs. Returns a function that stops. */
  follow(onState: (listener: () => void) => () => void): () => void {
    void this.list.load();
    const timer = setInterval(() => {
      if (this.list.value?.some(isUnfinished)) void this.list.load();
    }, lookMs);
    const leave = onState(() => void this.list.load());
    return () => {
      clearInterval(timer);
      leave();
    };
  }

  /** From how far it has come since it was first seen running; null before that is known. */
  secondsLeft({ id, state, share }: MethodComparison): number | null {
    const mark = this.#marks.get(id);
    if (state !== 'running' || mark === undefined || share - mark.share < 0.01) return null;
    const seconds = (performance.now() - mark.atMs) / 1000;
    return ((1 - share) / (share - mark.share)) * seconds;
  }

  #mark({ id, state, share }: MethodComparison): void {
    if (state !== 'running') this.#marks.delete(id);
    else if (!this.#marks.has(id)) this.#marks.set(id, { atMs: performance.now(), share });
  }

  async cancel(id: number): Promise<void> {
    await this.#core.call('comparisons.cancel', { id });
    await this.list.load();
  }

  async resume(id: number): Promise<void> {
    await this.#core.call('comparisons.resume', { id });
    await this.list.load();
  }

  async remove(id: number): Promise<void> {
    await this.#core.call('comparisons.delete', { id });
    await this.list.load();
  }

  /** With the dataset, preset, specimen, engine and outliers of the form for trainings. */
  async start(
    dataset: string,
    sources: readonly string[],
    { methods, minutes, seeds }: ComparisonForm,
    { preset, specimen, engine, outlierSelection }: TrainForm,
  ): Promise<void> {
    await this.#core.call('comparisons.start', {
      ...{ dataset, preset, specimen, engine, seeds, minutes, methods: [...methods] },
      ...outliersOf(outlierSelection, sources),
    });
    await this.list.load();
  }
}

/** Used ones; each method takes those that it can. */
function outliersOf(selection: OutlierSelection, sources: readonly string[]) {
  const used = sources.map((name) => selection.source(name)).filter(({ isUsed }) => isUsed);
  return {
    outliers: used.map(({ name, weight }) => ({ name, weight })),
    shifts: selection.usedShifts.map(({ name, weight, strength }) => ({ name, weight, strength })),
  };
}

export class ComparisonForm {
  readonly methods = new SvelteSet<StartName>(['frozen', 'patchcore', 'anchored', 'csi']);
  /** Of each training. */
  minutes = $state(3);
  seeds = $state(1);

  toggle(method: StartName): void {
    if (!this.methods.delete(method)) this.methods.add(method);
  }
}

export function isUnfinished({ state }: Pick<MethodComparison, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}
