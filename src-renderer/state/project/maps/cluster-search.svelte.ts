// The search for clusters: on request, because it takes a while. It continues, and its result is kept, while other
// views are shown.

import type { ClusterMap } from '#contract/maps/clusters.ts';
import type { Role } from '#contract/core.ts';
import type { CoreClient } from '../../../client/clients.ts';
import { Resource } from '../../resource.svelte.ts';

export interface ClusterChoice {
  readonly modelId: number;
  readonly dataset: string;
  /** undefined: images of all roles. */
  readonly role: Role | undefined;
  /** Clusters, at most. */
  readonly most: number;
}

export class ClusterSearch {
  readonly found: Resource<ClusterMap>;
  #choice = $state.raw<ClusterChoice>();
  #isLooking = $state(false);
  #part = $state<number | null>(null);
  #isOld = $state(false);
  /** Number of the cluster whose images are shown. */
  #chosen = $state<number>();
  /** Id of this window's latest search: events of other searches are ignored. */
  #search = '';

  constructor(core: CoreClient) {
    this.found = new Resource((signal) => {
      if (!this.#choice) throw new Error('No search for clusters was asked for.');
      this.#search = crypto.randomUUID();
      const { role, ...asked } = this.#choice;
      return core.call(
        'clusters.find',
        { ...asked, ...(role === undefined ? {} : { role }), search: this.#search },
        signal,
      );
    });
    core.on('edits.changed', () => (this.#isOld = true));
    core.on('clusters.progress', ({ search, done, total }) => {
      if (this.#isLooking && search === this.#search)
        this.#part = total === 0 ? null : done / total;
    });
  }

  /** undefined before the first search and after a stop. */
  get choice(): ClusterChoice | undefined {
    return this.#choice;
  }
  get isLooking(): boolean {
    return this.#isLooking;
  }
  /** Images with features, 0 … 1; null while unknown. */
  get part(): number | null {
    return this.#part;
  }
  /** Images, roles or splits were edited since. */
  get isOld(): boolean {
    return this.#isOld;
  }
  /** undefined: none is chosen. */
  get chosen(): number | undefined {
    return this.#chosen;
  }

  async look(choice: ClusterChoice): Promise<void> {
    this.#choice = choice;
    this.#isLooking = true;
    this.#isOld = false;
    this.#part = null;
    this.#chosen = undefined;
    this.found.forget();
    await this.found.load();
    // While loading, a newer search or its stop controls the flag.
    if (this.found.state.kind !== 'loading') this.#isLooking = false;
  }

  stop(): void {
    this.found.cancel();
    this.#choice = undefined;
    this.#isLooking = false;
  }

  /** Chooses a cluster, or none if it is chosen already. */
  choose(cluster: number): void {
    this.#chosen = this.#chosen === cluster ? undefined : cluster;
  }
}
