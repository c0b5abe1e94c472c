// State of an open project: one object per concern, created for each connection to a core.

import { createContext } from 'svelte';
import type { Job } from '#contract/core.ts';
import type { EngineReport } from '#domain/engines/engine-report.ts';
import type { CoreClient } from '../../client/clients.ts';
import { ClusterSearch } from './maps/cluster-search.svelte.ts';
import { Datasets } from './datasets.svelte.ts';
import { EditLog } from './edit-log.svelte.ts';
import type { Attempt } from '../app-context.svelte.ts';
import type { DatasetInView } from '../dataset-in-view.svelte.ts';
import { ImportWatch } from './imports/import-watch.svelte.ts';
import { HeatView } from './maps/heat-view.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { LostFiles } from './lost-files.svelte.ts';
import { Estimates } from './estimates.svelte.ts';
import { OutlierSelection } from './outlier-selection.svelte.ts';
import { NearDuplicates } from './near-duplicates.svelte.ts';
import { Overlaps } from './overlaps.svelte.ts';
import { PreflightList } from './way/preflight.svelte.ts';
import { Recommendation } from './recommendation.svelte.ts';
import { Resource } from '../resource.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { Sources } from './sources.svelte.ts';
import { TrainForm } from './train-form.svelte.ts';

/** Delay after the last edit, milliseconds. */
const pauseMs = 250;

export class Workspace {
  readonly core: CoreClient;
  readonly jobs: Jobs;
  readonly datasets: Datasets;
  readonly imports: ImportWatch;
  readonly inView: DatasetInView;
  readonly runs: Runs;
  readonly edits: EditLog;
  readonly outlierSelection: OutlierSelection;
  readonly sources: Sources;
  readonly overlaps: Overlaps;
  readonly nearDuplicates: NearDuplicates;
  readonly estimates: Estimates;
  readonly heat: HeatView;
  readonly clusters: ClusterSearch;
  readonly lostFiles: LostFiles;
  readonly recommendation: Recommendation;
  readonly preflight: PreflightList;
  /** Loaded by the components that show them: each load tests the engines again. */
  readonly engines: Resource<readonly EngineReport[]>;
  readonly trainForm: TrainForm;
  readonly #attempt: Attempt;

  /** attempt: reports failures of work that is not awaited. */
  constructor(core: CoreClient, attempt: Attempt, inView: DatasetInView) {
    this.core = core;
    this.#attempt = attempt;
    this.jobs = new Jobs(core);
    this.lostFiles = new LostFiles(core, this.jobs);
    this.datasets = new Datasets(core);
    this.imports = new ImportWatch(core);
    this.inView = inView;
    this.runs = new Runs(core);
    this.edits = new EditLog(core);
    this.outlierSelection = new OutlierSelection(core, attempt);
    this.sources = new Sources(core);
    this.overlaps = new Overlaps(core);
    this.nearDuplicates = new NearDuplicates(core);
    this.recommendation = new Recommendation(core);
    this.preflight = new PreflightList(core);
    this.estimates = new Estimates(core, this.datasets);
    this.heat = new HeatView(core);
    this.clusters = new ClusterSearch(core);
    this.engines = new Resource((signal) => core.call('engines.describe', {}, signal));
    this.trainForm = new TrainForm(this.outlierSelection, this.inView);
  }

  /**
   * Loads the lists that several views show and keeps them up to date. Returns a function that
   * stops.
   */
  start(): () => void {
    for (const part of [this.jobs, this.edits, this.outlierSelection])
      this.#attempt(() => part.load());
    const loadLists = () => {
      void this.datasets.list.load();
      void this.runs.list.load();
      void this.sources.list.load();
    };
    loadLists();
    void this.lostFiles.found.load();
    let pause: ReturnType<typeof setTimeout> | undefined;
    const leaving = [
      this.jobs.onState((job) => this.#refresh(job)),
      this.imports.follow(this.jobs, (error) =>
        this.#attempt(() =>
          Promise.reject(error instanceof Error ? error : new Error(String(error))),
        ),
      ),
      this.edits.onChange(() => {
        this.overlaps.forget();
        this.preflight.forget();
        // Verdicts follow each other quickly, and lists of 100,000 images take a while.
        clearTimeout(pause);
        pause = setTimeout(loadLists, pauseMs);
      }),
    ];
    return () => {
      clearTimeout(pause);
      for (const leave of leaving) leave();
      this.sendPendingChanges();
    };
  }

  /** Sends pending changes at once, because the window may be closing. */
  sendPendingChanges(): void {
    this.#attempt(() => this.outlierSelection.flush());
  }

  #refresh({ kind, state }: Job): void {
    if (kind === 'relink' || kind === 'import') {
      if (state !== 'queued' && state !== 'running') void this.lostFiles.found.load();
    }
    if (kind === 'import') {
      void this.datasets.list.load();
      void this.sources.list.load();
      this.overlaps.forget();
      this.preflight.forget();
    } else void this.runs.list.load();
  }
}

export const [getWorkspace, setWorkspace] = createContext<Workspace>();
