// How long trainings would take, measured one after the other while the computer has nothing else to
// do for this project. What has been measured is kept as long as the project is open.

import { SvelteMap } from 'svelte/reactivity';
import type { RunEstimate } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Datasets } from './datasets.svelte.ts';
import type { TrainInput } from './train-form.svelte.ts';
import { wordsOf } from '../words-of.ts';

export type Estimated =
  | { readonly kind: 'measuring' }
  | { readonly kind: 'measured'; readonly estimate: RunEstimate }
  | { readonly kind: 'failed'; readonly message: string };

export class Estimates {
  readonly #core: CoreClient;
  readonly #known = new SvelteMap<string, Estimated>();
  readonly #datasets: Datasets;
  #controller: AbortController | undefined;
  /** The key of what is being measured. */
  #measuring: string | undefined;

  constructor(core: CoreClient, datasets: Datasets) {
    this.#core = core;
    this.#datasets = datasets;
  }

  /** undefined when it has not been asked for. */
  of(input: TrainInput): Estimated | undefined {
    return this.#known.get(this.keyOf(input));
  }

  /** Measures those that are not known, in this order; calls off what was being measured. */
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
          this.#known.set(key, { kind: 'failed', message: wordsOf(error) });
        }
      }
      if (controller.signal.aborted) return;
      this.#measuring = undefined;
    }
  }

  stop(): void {
    this.#controller?.abort();
    // At once: when the core has answered, it may be measured anew.
    if (this.#measuring !== undefined) this.#known.delete(this.#measuring);
    this.#measuring = undefined;
  }

  /** The same for inputs that take the same time: it depends on the images, not on seed or weights. */
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
