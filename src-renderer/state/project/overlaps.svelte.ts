// Outliers that equal normal or test images, looked for once for each choice of dataset and sources.

import { untrack } from 'svelte';
import type { Overlaps as Found } from '#contract/outlier.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** More are counted, and listed once these are settled. */
const mostListed = 200;

export class Overlaps {
  readonly found: Resource<Found>;
  #asked = $state.raw<{ readonly dataset: string; readonly sources: readonly string[] }>();
  #isOld = $state(false);
  /** The user has seen these and wants to train all the same. */
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

  /** Looks when this could not be looked at before, or may have changed since. For an effect. */
  look(dataset: string, sources: readonly string[]): void {
    const asked = untrack(() => this.#asked);
    const isSame = JSON.stringify(asked) === JSON.stringify({ dataset, sources });
    // Read in any case, so that an effect runs again once it changes.
    const isOld = this.#isOld;
    const hasFailed = untrack(() => this.found.state.kind === 'failed');
    if (isSame && !isOld && !hasFailed) return;
    this.#isOld = false;
    this.#asked = { dataset, sources };
    if (!isSame) this.found.forget();
    void this.found.load();
  }

  /** What was found may have changed: whoever shows it looks again. */
  forget(): void {
    this.#isOld = true;
  }

  /** Found, and neither left out nor accepted. */
  get unsettled(): number {
    const count = this.found.value?.count ?? 0;
    return count > 0 && this.#accepted !== this.#key ? count : 0;
  }

  get isAccepted(): boolean {
    return this.#accepted !== undefined && this.#accepted === this.#key;
  }
  /** An image that is a normal one itself cannot be learnt as both. */
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
