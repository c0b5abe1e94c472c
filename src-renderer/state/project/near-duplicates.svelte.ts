// Near duplicates: searched on request, because it takes a while. The search continues, and its
// result is kept, while other views are shown.

import type { UsedImage } from '#contract/edit.ts';
import type { NearDuplicate, NearDuplicates as Found, SeenImage } from '#contract/image-look.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** Further pairs are only counted. */
const mostListed = 500;

/** Its use in each dataset in which it has a split. */
export function usesOf({ imageId, datasets }: SeenImage): UsedImage[] {
  return datasets
    .filter(({ split }) => split !== 'none')
    .map(({ dataset }) => ({ dataset, imageId }));
}

/** The first image of each harmful pair, unless an image of the pair was chosen already. */
export function firstOfDangerous(pairs: readonly NearDuplicate[]): SeenImage[] {
  const chosen: SeenImage[] = [];
  for (const { images, contradicts, crossesSplit } of pairs) {
    if (!contradicts && !crossesSplit) continue;
    const isSettled = chosen.some(({ imageId }) => images.some((one) => one.imageId === imageId));
    if (!isSettled) chosen.push(images[0]);
  }
  return chosen;
}

export class NearDuplicates {
  readonly found: Resource<Found>;
  /** undefined: the whole project. */
  #dataset = $state<string>();
  #isAsked = $state(false);
  #isLooking = $state(false);
  #part = $state<number | null>(null);
  #isAgain = false;
  /** Id of this window's latest search: events of other searches are ignored. */
  #search = '';

  constructor(core: CoreClient) {
    this.found = new Resource((signal) => {
      const asked = this.#dataset === undefined ? {} : { dataset: this.#dataset };
      this.#search = crypto.randomUUID();
      return core.call(
        'images.nearDuplicates',
        { ...asked, limit: mostListed, again: this.#isAgain, search: this.#search },
        signal,
      );
    });
    core.on('images.compared', ({ search, done, total }) => {
      if (this.#isLooking && search === this.#search)
        this.#part = total === 0 ? null : done / total;
    });
  }

  get dataset(): string | undefined {
    return this.#dataset;
  }
  /** False before the first search and after a stop. */
  get isAsked(): boolean {
    return this.#isAsked;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  /** Progress of the search, 0 … 1; null while unknown. */
  get part(): number | null {
    return this.#part;
  }
  /** Images were added or restored since. */
  get isOld(): boolean {
    return (this.found.value?.unseen ?? 0) > 0;
  }

  async look(dataset: string | undefined): Promise<void> {
    this.#dataset = dataset;
    this.#isAsked = true;
    this.#isLooking = true;
    this.#isAgain = false;
    this.#part = null;
    this.found.forget();
    await this.found.load();
    // While loading, a newer search or its stop controls the flag.
    if (this.found.state.kind !== 'loading') this.#isLooking = false;
  }

  stop(): void {
    this.found.cancel();
    this.#isAsked = false;
    this.#isLooking = false;
  }

  /** After an import or edit: updates the found pairs. */
  async refresh(): Promise<void> {
    if (!this.#isAsked || this.#isLooking) return;
    this.#isAgain = true;
    await this.found.load();
  }
}
