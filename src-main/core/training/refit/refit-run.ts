// The job "refit": from a stored run to a model with thresholds, scores and a comparison. It reads features from
// the cache, so that it takes seconds; only images whose features are not there are computed.

import { join } from 'node:path';
import type { CoreEvents, TrainOutcome } from '#contract/core.ts';
import type { RunConfig } from '#contract/run-config.ts';
import { Failure } from '#domain/failure.ts';
import type { RefitResult, RefitTask } from '#worker/contract.ts';
import type { DatasetItem } from '../../datasets/items.ts';
import type { FeatureCache } from '../../features/feature-cache.ts';
import type { ImageVectors } from '../../features/feature-pack.ts';
import type { JobContext } from '../../jobs/queue.ts';
import { readRunConfig } from '../../runs/run-config.ts';
import { isCalibrationNormal, isTrainingNormal } from '../../runs/run-items.ts';
import { imageFeatures } from '../../scores/image-features.ts';
import { readOutSource } from '../../scores/read-out/read-out-source.ts';
import { withRows } from '../../scores/read-out/rows-file.ts';
import { scoreRun } from '../../scores/score-run.ts';
import { scoringModel, trainedModel, type TrainedModel } from '../../scores/scoring-model.ts';
import { shardImages } from '../../scores/shard-images.ts';
import type { ProjectDatabase } from '../../store/database.ts';
import { addressesOf } from '../../store/images/addresses.ts';
import { putModel, type StoredModel } from '../../store/runs/models.ts';
import { runFolder } from '../../store/runs/run-folder.ts';
import {
  addRunWarning,
  findRun,
  runSources,
  setRunComparison,
  setRunEngine,
  setStepsTotal,
  type StoredRun,
} from '../../store/runs/runs.ts';
import { snapshotItems } from '../../store/runs/snapshots.ts';
import { withLease, type Compute } from '../../workers/compute.ts';
import { withSharedWorker } from '../../workers/shared-worker.ts';
import { calibrateRun, type FinishJob } from '../finish-run.ts';
import { judgeRefit } from './judge-refit.ts';
import type { RefitImages } from './refit-images.ts';
import { verdictGroups } from './verdict-groups.ts';

export interface RefitPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly now: () => Date;
  readonly compute: Compute;
  readonly cache: FeatureCache;
  readonly emit: <K extends keyof CoreEvents>(name: K, event: CoreEvents[K]) => void;
}

/**
 * Throws `not-found`, `too-few-images`, `checkpoint-damaged`, `disk-full`, `stopped`, and what computing
 * missing features throws.
 */
export async function refitRun(
  runId: number,
  job: JobContext,
  ports: RefitPorts,
): Promise<TrainOutcome> {
  const run = ports.database.read((reader) => findRun(reader, runId));
  if (!run) throw new Failure('not-found', `There is no run ${runId}.`);
  return await withSharedWorker(ports.compute, (compute) =>
    new RefitJob(run, job, { ...ports, compute }).run(),
  );
}

const kinds = ['normals', 'confirmed', 'anomalies', 'heldOut'] as const;

class RefitJob {
  readonly #run: StoredRun;
  readonly #config: RunConfig;
  readonly #base: TrainedModel;
  readonly #job: JobContext;
  readonly #ports: RefitPorts;

  constructor(run: StoredRun, job: JobContext, ports: RefitPorts) {
    this.#run = run;
    this.#config = readRunConfig(run);
    this.#base = ports.database.read((reader) => trainedModel(reader, this.#config.refit!.model));
    this.#job = job;
    this.#ports = ports;
  }

  async run(): Promise<TrainOutcome> {
    const { database } = this.#ports;
    database.transact((writer) => {
      const why = 'a refit computes no network, only from features that are known';
      setRunEngine(writer, this.#run.id, { engine: 'cpu', device: 'processor', why });
      setStepsTotal(writer, this.#run.id, 0);
    });
    const { images, features } = await this.#features();
    const { model, validation } = await this.#fit(images, features);
    const run = { ...this.#run, modelId: model.id };
    await this.#score(run);
    this.#report('Comparing with the earlier ranking');
    const comparison = database.read((reader) =>
      judgeRefit(reader, {
        ...{ modelId: model.id, config: this.#config, base: this.#base },
        ...{ images, validation },
      }),
    );
    database.transact((writer) => setRunComparison(writer, run.id, comparison));
    return { runId: run.id, modelId: model.id, steps: 0 };
  }

  /** Of all images that are fitted or judged; those that cannot be read are left out. */
  async #features(): Promise<{ images: RefitImages; features: ImageVectors }> {
    const { database, folder } = this.#ports;
    this.#report('Reading the features of the images');
    const all = database.read((reader) => {
      const { images } = this.#config.refit!;
      const confirmed = new Set(images.normal);
      const items = snapshotItems(reader, this.#run.snapshotId);
      return {
        normals: items.filter((item) => isTrainingNormal(item) && !confirmed.has(item.imageId)),
        confirmed: items.filter(({ imageId }) => confirmed.has(imageId)),
        anomalies: runSources(reader, this.#run.id).flatMap(({ snapshotId }) =>
          snapshotItems(reader, snapshotId),
        ),
        heldOut: items.filter(isCalibrationNormal),
      };
    });
    const source = readOutSource(this.#base.model.id, this.#ports);
    const items = kinds.flatMap((kind) => all[kind]);
    const features = await imageFeatures(source, await shardImages(database, folder, items), {
      ...this.#ports,
      stop: this.#job.stop,
    });
    const readable = (kind: (typeof kinds)[number]) =>
      all[kind].filter(({ hash }) => features.has(hash));
    const images = {
      normals: readable('normals'),
      confirmed: readable('confirmed'),
      anomalies: readable('anomalies'),
      heldOut: readable('heldOut'),
    };
    const lost = items.filter(({ hash }) => !features.has(hash));
    if (lost.length > 0) this.#warnUnreadable(lost);
    return { images, features };
  }

  #warnUnreadable(lost: readonly DatasetItem[]): void {
    const first = this.#ports.database.read(
      (reader) => addressesOf(reader, lost[0]!.imageId)[0] ?? lost[0]!.hash,
    );
    this.#keepWarning(
      `${lost.length} of the images can no longer be read and ${lost.length === 1 ? 'was' : 'were'} left out, ` +
        `the first is ${first}. Check that the folder or drive is there, and use the verdicts again.`,
    );
  }

  async #fit(
    images: RefitImages,
    features: ImageVectors,
  ): Promise<{ model: StoredModel; validation: RefitResult['validation'] }> {
    const { database, folder, compute, now } = this.#ports;
    this.#report('Fitting the read-out');
    const { seed, snapshotHash, settings, codeVersion } = this.#config;
    const own = this.#base.model.id;
    const { file } = await scoringModel(database, folder, own, this.#config.engine);
    const path = join(runFolder(folder, this.#run), 'model.safetensors');
    const rows = kinds.flatMap((kind) => images[kind].map(({ hash }) => features.get(hash)!));
    const { modelHash, validation } = await withRows(rows, this.#ports, async (input) => {
      const task: RefitTask = {
        ...{ model: await compute.put(file), rows: input, path },
        ...{ settings, seed, snapshotHash, codeVersion },
        counts: {
          normals: images.normals.length,
          confirmed: images.confirmed.length,
          anomalies: images.anomalies.length,
          heldOut: images.heldOut.length,
        },
        groups: database.read((reader) => verdictGroups(reader, images)),
      };
      return await withLease(compute, (lease) => lease.call('refit', task, this.#job.stop));
    });
    const model = database.transact((writer) =>
      putModel(
        writer,
        {
          runId: this.#run.id,
          path: `models/${this.#run.folder}/model.safetensors`,
          hash: modelHash,
          step: 0,
        },
        now().toISOString(),
      ),
    );
    return { model, validation };
  }

  /** Every image of the datasets that were trained on and reviewed, and the thresholds. */
  async #score(run: StoredRun & { readonly modelId: number }): Promise<void> {
    const { database } = this.#ports;
    const config = this.#config;
    const items = database.read((reader) => snapshotItems(reader, run.snapshotId));
    const { stop, jobId, report } = this.#job;
    const finish: FinishJob = {
      ...{ stop, jobId, report },
      warn: (text) => this.#keepWarning(text),
      // Named before.
      warnUnreadable: () => undefined,
    };
    await calibrateRun({ run, config, items, engine: config.engine }, finish, this.#ports);
    for (const dataset of new Set([config.dataset, config.refit!.reviewed])) {
      const spec = { kind: 'score', modelId: run.modelId, dataset, engine: config.engine } as const;
      await scoreRun(spec, this.#job, this.#ports);
    }
  }

  #report(note: string): void {
    this.#job.report({ done: 0, total: null, note });
  }

  #keepWarning(text: string): void {
    const { database, emit } = this.#ports;
    const isNew = database.transact((writer) => addRunWarning(writer, this.#run.id, text));
    if (isNew) emit('run.warning', { runId: this.#run.id, text });
  }
}
