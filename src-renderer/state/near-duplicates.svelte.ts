// Images that look nearly the same: looked for when asked, because it takes a while. What was found stays
// while other views are shown, and the search goes on meanwhile.

import type { NearDuplicates as Found } from '#contract/image-look.ts';
import type { CoreClient } from '../client/clients.ts';
import { Resource } from './resource.svelte.ts';

/** More are counted. */
const mostListed = 500;

export class NearDuplicates {
  readonly found: Resource<Found>;
  /** undefined: the whole project. */
  #dataset = $state<string>();
  #isAsked = $state(false);
  #isLooking = $state(false);
  #isOld = $state(false);
  #part = $state<number | null>(null);

  constructor(core: CoreClient) {
    this.found = new Resource((signal) => {
      const asked = this.#dataset === undefined ? {} : { dataset: this.#dataset };
      return core.call('images.nearDuplicates', { ...asked, limit: mostListed }, signal);
    });
    core.on('images.compared', ({ done, total }) => {
      if (this.#isLooking) this.#part = total === 0 ? null : done / total;
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
  /** Images came or were edited since. */
  get isOld(): boolean {
    return this.#isOld;
  }

  async look(dataset: string | undefined): Promise<void> {
    this.#dataset = dataset;
    this.#isAsked = true;
    this.#isLooking = true;
    this.#isOld = false;
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

  /** What was found may have changed. */
  growOld(): void {
    this.#isOld = this.#isAsked;
  }
}
