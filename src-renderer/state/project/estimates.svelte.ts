// Estimated durations of trainings, measured one after the other while no job of this project runs.
// Results are kept while the project is open.

import { SvelteMap } from 'svelte/reactivity';
import type { RunEstimate } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Datasets } from './datasets.svelte.ts';
import type { TrainInput } from './train-form.svelte.ts';
import { errorMessage } from '../error-message.ts';

export type Estimated =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'measured'; readonly estimate: RunEstimate }
  | { readonly kind: 'failed'; readonly message: string };

export class Estimates {
  readonly #core: CoreClient;
  readonly #known = new SvelteMap<string, Estimated>();
  readonly #datasets: Datasets;
  #controller: AbortController | undefined;
  /** The key of the input that is being measured. */
  #measuring: string | undefined;

  constructor(core: CoreClient, datasets: Datasets) {
    this.#core = core;
    this.#datasets = datasets;
  }

  /** undefined when it was never measured. */
  of(input: TrainInput): Estimated | undefined {
    return this.#known.get(this.keyOf(input));
  }

  /** Measures unknown inputs in this order; cancels the previous measurement. */
  async measure(inputs: readonly TrainInput[]): Promise<void> {
    this.stop();
    const controller = new AbortController();
    this.#controller = controller;
    for (const input of inputs) {
      const key = this.keyOf(input);
      if (this.#known.get(key)?.kind === 'measured') continue;
      this.#measuring = key;
      this.#known.set(key, { kind: 'measuring' });
      try {
        const estimate = await this.#core.call('runs.estimate', input, controller.signal);
        this.#known.set(key, { kind: 'measured', estimate });
      } catch (error) {
        if (!controller.signal.aborted) {
          this.#known.set(key, { kind: 'failed', message: errorMessage(error) });
        }
      }
      if (controller.signal.aborted) return;
      this.#measuring = undefined;
    }
  }

  stop(): void {
    this.#controller?.abort();
    // Before the core answers: a new measurement may have started by then.
    if (this.#measuring !== undefined) this.#known.delete(this.#measuring);
    this.#measuring = undefined;
  }

  /** Equal for inputs that take the same time: depends on the images, not on seed or weights. */
  keyOf({ outliers = [], shifts = [], ...rest }: TrainInput): string {
    return JSON.stringify({
      ...rest,
      seed: 0,
      images: this.#datasets.list.value?.find(({ name }) => name === rest.dataset)?.roles.normal,
      hasSources: outliers.length > 0,
      shifts: shifts.map(({ name }) => name).sort(),
    });
  }
}
