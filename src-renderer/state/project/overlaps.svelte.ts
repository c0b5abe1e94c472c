// Outliers that equal or look like normal or test images; checked once per choice of dataset and
// sources.

import { untrack } from 'svelte';
import type { Overlaps as Found } from '#contract/outlier.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** Further ones are counted, and listed once these are resolved. */
const mostListed = 200;

export class Overlaps {
  readonly found: Resource<Found>;
  #asked = $state.raw<{ readonly dataset: string; readonly sources: readonly string[] }>();
  #isOld = $state(false);
  /** Key of the overlaps that the user has accepted for training. */
  #accepted = $state<string>();

  constructor(core: CoreClient) {
    this.found = new Resource((signal) => {
      const { dataset, sources } = this.#asked!;
      return core.call(
        'outliers.overlaps',
        { dataset, sources: [...sources], limit: mostListed },
        signal,
      );
    });
  }

  get dataset(): string | undefined {
    return this.#asked?.dataset;
  }

  /** Checks unless the same check has succeeded and nothing has changed since. For an effect. */
  look(dataset: string, sources: readonly string[]): void {
    const asked = untrack(() => this.#asked);
    const isSame = JSON.stringify(asked) === JSON.stringify({ dataset, sources });
    // Always read, so that the effect depends on it.
    const isOld = this.#isOld;
    const hasFailed = untrack(() => this.found.state.kind === 'failed');
    if (isSame && !isOld && !hasFailed) return;
    this.#isOld = false;
    this.#asked = { dataset, sources };
    if (!isSame) this.found.forget();
    void this.found.load();
  }

  /** Marks the result as outdated: the effects that show it check again. */
  forget(): void {
    this.#isOld = true;
  }

  /** Number of overlaps that are neither left out nor accepted. */
  get unsettled(): number {
    const count = this.found.value?.count ?? 0;
    return count > 0 && this.#accepted !== this.#key ? count : 0;
  }

  get isAccepted(): boolean {
    return this.#accepted !== undefined && this.#accepted === this.#key;
  }
  /** False if an outlier is itself a normal image: it cannot be used as both. */
  get isAcceptable(): boolean {
    const overlaps = this.found.value?.overlaps ?? [];
    return !overlaps.some(({ kind, other }) => kind === 'equal' && other.role === 'normal');
  }

  accept(): void {
    this.#accepted = this.#key;
  }

  get #key(): string {
    const hashes = this.found.value?.overlaps.map(({ outlier }) => outlier.hash) ?? [];
    return `${this.#asked?.dataset ?? ''} ${hashes.join(' ')}`;
  }
}
