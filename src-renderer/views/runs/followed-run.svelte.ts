// One run, kept up to date: its details from the core, extended by the events that follow.

import type { RunDetails } from '#contract/core.ts';
import type { EpochReport, StepReport } from '#domain/progress.ts';
import type { CoreClient } from '../../client/clients.ts';
import type { Jobs } from '../../state/project/jobs.svelte.ts';
import { Resource } from '../../state/resource.svelte.ts';

/** Steps since the last epoch are drawn one by one; more than these are not kept. */
const mostSteps = 2000;
/** Number of steps for the current distribution of norms. */
const recentSteps = 20;
/** Interval of chart updates, milliseconds: an update per step would make the page unresponsive. */
const shownEachMs = 1000;

export class FollowedRun {
  readonly runId: number;
  readonly details: Resource<RunDetails>;
  #steps = $state.raw<readonly StepReport[]>([]);
  /** Reported, and shown with the next ones. */
  #arrived: readonly StepReport[] = [];
  #showing: ReturnType<typeof setTimeout> | undefined;
  readonly #undo: readonly (() => void)[];

  /** Follows until `end` is called. */
  constructor(core: CoreClient, jobs: Jobs, runId: number) {
    this.runId = runId;
    this.details = new Resource((signal) => core.call('runs.show', { runId }, signal));
    this.#undo = [
      core.on('run.step', (step) => {
        if (step.runId !== runId) return;
        this.#arrived = [...this.#arrived, step];
        if (this.#steps.length === 0) this.#show();
        else this.#showing ??= setTimeout(() => this.#show(), shownEachMs);
      }),
      core.on('run.epoch', ({ runId: id, report }) => {
        if (id === runId) this.#amend(({ epochs }) => ({ epochs: withEpoch(epochs, report) }));
      }),
      core.on('run.warning', ({ runId: id, text }) => {
        if (id !== runId) return;
        this.#amend(({ warnings }) => ({
          warnings: warnings.includes(text) ? warnings : [...warnings, text],
        }));
      }),
      jobs.onState(({ kind }) => {
        if (kind === 'train' || kind === 'score') void this.details.load();
      }),
    ];
    void this.details.load();
  }

  /** Steps that no epoch has taken up yet, oldest first. */
  get steps(): readonly StepReport[] {
    const last = this.details.value?.epochs.at(-1)?.step ?? 0;
    return this.#steps.filter(({ step }) => step > last);
  }
  /** The last steps reported, of any epoch; none of a run that was not followed. */
  get recentSteps(): readonly StepReport[] {
    return this.#steps.slice(-recentSteps);
  }
  get latestStep(): StepReport | undefined {
    return this.#steps.at(-1);
  }

  end(): void {
    clearTimeout(this.#showing);
    for (const undo of this.#undo) undo();
  }

  #show(): void {
    this.#showing = undefined;
    this.#steps = [...this.#steps, ...this.#arrived].slice(-mostSteps);
    this.#arrived = [];
  }

  #amend(change: (details: RunDetails) => Partial<RunDetails>): void {
    const { value } = this.details;
    // Not loaded yet, or a request is pending whose answer may lack this change.
    if (value && !this.details.isAsking) this.details.set({ ...value, ...change(value) });
    else void this.details.load();
  }
}

/** A resumed run passes through some epochs again. */
function withEpoch(epochs: readonly EpochReport[], report: EpochReport): readonly EpochReport[] {
  return [...epochs.filter(({ epoch }) => epoch < report.epoch), report];
}
