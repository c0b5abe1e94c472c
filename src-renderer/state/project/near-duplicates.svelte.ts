// Images that look nearly the same: looked for when asked, because it takes a while. What was found stays
// while other views are shown, and the search goes on meanwhile.

import type { UsedImage } from '#contract/edit.ts';
import type { NearDuplicate, NearDuplicates as Found, SeenImage } from '#contract/image-look.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** More are counted. */
const mostListed = 500;

/** As every dataset uses it that uses it for something. */
export function usesOf({ imageId, datasets }: SeenImage): UsedImage[] {
  return datasets
    .filter(({ split }) => split !== 'none')
    .map(({ dataset }) => ({ dataset, imageId }));
}

/** The first image of every pair that does harm, unless another pair settles it already. */
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
  /** Of this window's latest search: events of another window's are not about it. */
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
  /** False until the user has asked, and again once the search was stopped. */
  get isAsked(): boolean {
    return this.#isAsked;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  /** Of the search under way; null while nobody knows. */
  get part(): number | null {
    return this.#part;
  }
  /** Images came, or came back, since. */
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
    // A newer search, or its stop, has the say.
    if (this.found.state.kind !== 'loading') this.#isLooking = false;
  }

  stop(): void {
    this.found.callOff();
    this.#isAsked = false;
    this.#isLooking = false;
  }

  /** Images came or were edited: shows what was found as it stands now. */
  async refresh(): Promise<void> {
    if (!this.#isAsked || this.#isLooking) return;
    this.#isAgain = true;
    await this.found.load();
  }
}
