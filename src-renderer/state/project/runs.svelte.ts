// The runs of the project, and their steps as they happen.

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

  /** The latest step that has been told of; undefined before the first. */
  stepOf(runId: number): RunStep | undefined {
    return this.#steps.get(runId);
  }
}
