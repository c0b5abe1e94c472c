// What is known of the next training before it starts; asked of the core once for each choice of images and
// settings.

import { untrack } from 'svelte';
import type { Preflight } from '#contract/preflight.ts';
import type { CoreClient } from '../../../client/clients.ts';
import { Resource } from '../../resource.svelte.ts';
import type { TrainInput } from '../train-form.svelte.ts';

export class PreflightList {
  readonly found: Resource<Preflight>;
  #asked = $state.raw<TrainInput>();
  #isOld = $state(false);

  constructor(core: CoreClient) {
    this.found = new Resource((signal) => core.call('runs.preflight', this.#asked!, signal));
  }

  /** Asks unless the same was asked and nothing has changed since. For an effect. */
  look(input: TrainInput): void {
    // Always read, so that the effect depends on it.
    const isOld = this.#isOld;
    const before = untrack(() => this.#asked);
    if (keyOf(before) === keyOf(input) && !isOld) return;
    if (before?.dataset !== input.dataset) this.found.forget();
    this.#isOld = false;
    this.#asked = input;
    void this.found.load();
  }

  /** Marks the answer as outdated: the effects that show it ask again. */
  forget(): void {
    this.#isOld = true;
  }

  /** Of the dataset asked about; undefined until the core has answered. */
  of(dataset: string): Preflight | undefined {
    return this.#asked?.dataset === dataset ? this.found.value : undefined;
  }
}

/** Outliers and shifts change nothing that it says. */
function keyOf(input: TrainInput | undefined): string {
  if (input === undefined) return '';
  const { dataset, method, preset, specimen, overrides } = input;
  return JSON.stringify({ dataset, method, preset, specimen, overrides });
}
