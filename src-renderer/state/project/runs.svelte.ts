// The runs of the project, and the latest step of each.

import { SvelteMap } from 'svelte/reactivity';
import type { CoreEvents, RunEstimate, RunSummary } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

export type RunStep = CoreEvents['run.step'];

export class Runs {
  readonly list: Resource<readonly RunSummary[]>;
  readonly #steps = new SvelteMap<number, RunStep>();
  readonly #estimates = new SvelteMap<number, RunEstimate>();

  constructor(core: CoreClient) {
    this.list = new Resource((signal) => core.call('runs.list', {}, signal));
    core.on('run.step', (step) => this.#steps.set(step.runId, step));
  }

  /** What was measured of a run before it started. */
  keepEstimate(runId: number, estimate: RunEstimate): void {
    this.#estimates.set(runId, estimate);
  }

  /** undefined of a run that was started elsewhere, or without waiting for its estimate. */
  estimateOf(runId: number): RunEstimate | undefined {
    return this.#estimates.get(runId);
  }

  /** The latest step received; undefined before the first. */
  stepOf(runId: number): RunStep | undefined {
    return this.#steps.get(runId);
  }
}
