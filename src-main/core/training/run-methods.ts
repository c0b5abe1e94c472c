// The methods of the contract for runs.

import { join } from 'node:path';
import type { coreMethods, RunDetails, RunSummary } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { openSettings, resolveSettings } from '#domain/run-settings.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { JobSpec } from '../jobs/job-spec.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Reader } from '../store/database.ts';
import { findModel } from '../store/runs/models.ts';
import {
  findRun,
  listRuns,
  runEpochs,
  runResources,
  runWarnings,
  setRunCancelled,
  type StoredRun,
} from '../store/runs/runs.ts';
import { findThreshold } from '../store/runs/thresholds.ts';
import type { Compute } from '../workers/compute.ts';
import { estimateRun } from './estimate.ts';
import type { Backbone } from '../backbones/kept-backbone.ts';
import { freezeSnapshot } from '../datasets/snapshot.ts';
import { readRunConfig } from '../runs/run-config.ts';
import { frozenRunOf } from './compare-runs.ts';
import { modelScores } from '../scores/model-scores.ts';
import { sha256OfFile } from '../scores/scoring-model.ts';
import { preflight } from './preflight.ts';
import { backboneOf, startRun, type StartPorts, type TrainInput } from './start-run.ts';

type RunMethods = Pick<
  HandlersOf<typeof coreMethods>,
  | 'runs.train'
  | 'runs.estimate'
  | 'runs.preflight'
  | 'runs.resume'
  | 'runs.pause'
  | 'runs.cancel'
  | 'runs.list'
  | 'runs.show'
>;

export interface RunMethodPorts extends StartPorts {
  readonly queue: JobQueue;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  /** Throws `bad-input` where outliers cannot be distinguished from normal or test images. */
  readonly assertNoOverlaps: (input: TrainInput, stop: Stop) => Promise<void>;
  /** Of the caller or of the core that is closing. */
  readonly orClosing: (stop: Stop) => Stop;
}

export function runMethods(ports: RunMethodPorts): RunMethods {
  const { database, queue } = ports;
  const run = (runId: number) => database.read((reader) => runNamed(reader, runId));
  const stop = async (runId: number) => {
    const job = queue.findAlive(jobOf(run(runId)));
    if (job) await queue.stop(job.id);
    return { state: run(runId).state };
  };
  return {
    'runs.train': async (input, stop) => {
      await ports.assertNoOverlaps(input, ports.orClosing(stop));
      // What can be refused comes before anything is stored.
      const backbone = await backboneOf(input);
      const first = frozenBefore(input);
      const ofFirst = first && (await backboneOf(first));
      const runId = startRun(input, ports, backbone);
      // Queued first: the list is there while the network is trained.
      const frozen = first && ofFirst ? startFrozen(first, ofFirst, ports) : null;
      return { runId, jobId: queue.submit(training(runId)), frozen };
    },
    'runs.estimate': (input, stop) => estimateRun(input, ports.orClosing(stop), ports),
    'runs.preflight': (input) => preflight(input, database),
    'runs.resume': async ({ runId }) => {
      await assertUnfinished(run(runId), ports);
      // It may have been deleted while its model was read.
      return { runId, jobId: queue.submit(jobOf(run(runId))) };
    },
    'runs.pause': ({ runId }) => stop(runId),
    'runs.cancel': async ({ runId }) => {
      await stop(runId);
      database.transact((writer) => setRunCancelled(writer, runId));
      return { state: run(runId).state };
    },
    'runs.list': () => database.read(listRuns).map(summary),
    'runs.show': ({ runId }) => database.read((reader) => details(reader, runNamed(reader, runId))),
  };
}

/** The frozen run before a training, with the settings that both have; null where none is wanted. */
function frozenBefore(input: TrainInput): (TrainInput & { readonly method: 'frozen' }) | null {
  if (!input.rank || input.method === 'frozen') return null;
  const open = openSettings('frozen');
  const shared = Object.entries(input.overrides).filter(
    ([name]) => name !== 'rankBy' && Object.hasOwn(open, name),
  );
  return {
    ...{ ...input, method: 'frozen', overrides: Object.fromEntries(shared) },
    ...{ outliers: [], shifts: [], acceptOverlaps: false },
  };
}

/** null where a run with these settings has ranked these images: its model scores what it has not. */
function startFrozen(
  input: TrainInput & { readonly method: 'frozen' },
  backbone: Backbone['card'],
  ports: RunMethodPorts,
): { jobId: number; runId: number } | null {
  const { dataset, engine } = input;
  const { queue } = ports;
  const { hash } = freezeSnapshot(ports.catalogue, dataset);
  const settings = JSON.stringify(resolveSettings(input));
  const known = ports.database.read((reader) =>
    frozenRunOf(reader, hash, (config) => {
      return (
        config.backbone?.sha256 === backbone.sha256 && JSON.stringify(config.settings) === settings
      );
    }),
  );
  if (known) {
    queue.submit({ kind: 'score', modelId: known.modelId!, dataset, engine });
    return null;
  }
  const runId = startRun(input, ports, backbone);
  return { runId, jobId: queue.submit(training(runId)) };
}

function training(runId: number): JobSpec {
  return { kind: 'train', runId };
}

function jobOf({ id, method }: Pick<StoredRun, 'id' | 'method'>): JobSpec {
  return { kind: method === 'refit' ? 'refit' : 'train', runId: id };
}

/** Throws `not-found`. */
export function runNamed(reader: Reader, runId: number): StoredRun {
  const run = findRun(reader, runId);
  if (run) return run;
  throw new Failure('not-found', `There is no run ${runId} in this project.`);
}

/** A finished run whose model file was lost may be resumed to write it again. */
async function assertUnfinished(
  run: StoredRun,
  { database, folder }: RunMethodPorts,
): Promise<void> {
  if (run.state !== 'succeeded' || run.modelId === null) return;
  const model = database.read((reader) => findModel(reader, run.modelId!))!;
  const hash = await sha256OfFile(join(folder, model.path)).catch(() => undefined);
  if (hash !== model.hash) return;
  throw new Failure(
    'bad-input',
    `Run ${run.id} is finished: its result is model ${model.id}. Start a new run to train again.`,
  );
}

export function summary(run: StoredRun): RunSummary {
  const { id, name, method, preset, dataset, seed, engine, device, state, failure } = run;
  const { isCancelled, snapshotHash, stepsDone, stepsTotal, createdAt, endedAt } = run;
  const { modelId, comparison } = run;
  return {
    ...{ id, name, method, preset, dataset, seed, engine, device, state, failure },
    ...{ isCancelled, snapshotHash, stepsDone, stepsTotal, createdAt, endedAt },
    ...{ modelId, comparison },
  };
}

function details(reader: Reader, run: StoredRun): RunDetails {
  return {
    ...summary(run),
    config: JSON.parse(run.config) as unknown,
    engineWhy: run.engineWhy,
    codeVersion: run.codeVersion,
    epochs: runEpochs(reader, run.id),
    warnings: runWarnings(reader, run.id),
    resources: runResources(reader, run.id),
    scores: modelScores(reader, run.method, run.modelId).filter(
      (name) => run.comparison?.backwards.includes(name) !== true,
    ),
    threshold:
      run.modelId === null
        ? null
        : findThreshold(reader, run.modelId, readRunConfig(run).settings.rankBy),
  };
}
