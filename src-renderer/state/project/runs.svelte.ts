// The runs of the project, and the latest step of each.

import { SvelteMap } from 'svelte/reactivity';
import type { CoreEvents, RunSummary } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

export type RunStep = CoreEvents['run.step'];

export class Runs {
  readonly list: Resource<readonly RunSummary[]>;
  readonly #steps = new SvelteMap<number, RunStep>();

  constructor(core: CoreClient) {
    this.list = new Resource((signal) => core.call('runs.list', {}, signal));
    core.on('run.step', (step) => this.#steps.set(step.runId, step));
  }

  /** The latest step received; undefined before the first. */
  stepOf(runId: number): RunStep | undefined {
    return this.#steps.get(runId);
  }
}
