// Images whose files are no longer where they were, and the search for them.

import type { LostFiles as Found, RelinkResult } from '#contract/places.ts';
import { count, counted } from '#domain/figures.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';
import type { Jobs } from './jobs.svelte.ts';

export class LostFiles {
  readonly #core: CoreClient;
  readonly #jobs: Jobs;
  /** Looked up when the project is opened, and again after imports and searches. */
  readonly found: Resource<Found>;

  constructor(core: CoreClient, jobs: Jobs) {
    this.#core = core;
    this.#jobs = jobs;
    this.found = new Resource((signal) => core.call('files.check', {}, signal));
  }

  /** The running search; undefined without one. */
  readonly job = $derived.by(() => this.#jobs.live.find(({ kind }) => kind === 'relink'));

  /** "1,928 images are no longer where they were."; undefined while none is missing. */
  readonly sentence = $derived.by(() => {
    const lost = this.found.value?.lost ?? 0;
    if (lost === 0) return undefined;
    return lost === 1
      ? '1 image is no longer where it was.'
      : `${counted(lost, 'image')} are no longer where they were.`;
  });

  async relink(folders: readonly string[]): Promise<void> {
    await this.#core.call('files.relink', { folders: [...folders] });
  }

  async stop(): Promise<void> {
    if (this.job) await this.#jobs.stop(this.job.id);
  }

  /** What a search that has ended found: "1,926 of 1,928 images found." */
  async resultOf(jobId: number): Promise<string> {
    const { result } = await this.#core.call('jobs.show', { jobId });
    const { lost, found } = result as RelinkResult;
    if (lost === 0) return 'Every image is where it was.';
    return `${count(found)} of ${counted(lost, 'image')} found.`;
  }
}
