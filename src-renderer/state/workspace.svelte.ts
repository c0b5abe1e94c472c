// An open project as the views see it: one object per concern, made anew with each connection to a
// core.

import { createContext } from 'svelte';
import type { Job } from '#contract/core.ts';
import type { CoreClient } from '../client/clients.ts';
import { Datasets } from './datasets.svelte.ts';
import { EditLog } from './edit-log.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { TrainForm } from './train-form.svelte.ts';

export class Workspace {
  readonly core: CoreClient;
  readonly jobs: Jobs;
  readonly datasets: Datasets;
  readonly runs: Runs;
  readonly edits: EditLog;
  readonly trainForm = new TrainForm();

  constructor(core: CoreClient) {
    this.core = core;
    this.jobs = new Jobs(core);
    this.datasets = new Datasets(core);
    this.runs = new Runs(core);
    this.edits = new EditLog(core);
  }

  /** Asks for what several views show, and keeps it fresh. Returns its own undoing. */
  start(): () => void {
    void this.jobs.load();
    void this.datasets.list.load();
    void this.runs.list.load();
    void this.edits.load();
    const leaving = [
      this.jobs.onState((job) => this.#refresh(job)),
      this.edits.onChange(() => {
        void this.datasets.list.load();
        void this.runs.list.load();
      }),
    ];
    return () => {
      for (const leave of leaving) leave();
    };
  }

  #refresh({ kind }: Job): void {
    if (kind === 'import') void this.datasets.list.load();
    else void this.runs.list.load();
  }
}

export const [getWorkspace, setWorkspace] = createContext<Workspace>();
