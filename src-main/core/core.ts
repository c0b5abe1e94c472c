// The core of an open project: connects the handlers of the contract's methods with the parts of the
// project, and sends events to the clients.

import { join } from 'node:path';
import { coreMethods, type CoreEvents, type Job } from '#contract/core.ts';
import type { PictureAddress } from '#contract/page.ts';
import { either, StopSource, type Stop } from '#domain/stop.ts';
import type { Link } from '#rpc/link.ts';
import { inputChecker, type HandlersOf } from '#rpc/method.ts';
import { serve, type Server, type Service } from '#rpc/serve.ts';
import { backboneMethods } from './backbones/backbone-methods.ts';
import { describeEngines } from './project/engines.ts';
import { givenPaths } from './archives/existing-path.ts';
import { importImages, type ImportSpec } from './import/import.ts';
import { nothingImported } from './import/nothing-imported.ts';
import { previewMethods } from './import/preview-methods.ts';
import type { Picture } from './reader/pictures.ts';
import { ImageViewer } from './reader/viewer.ts';
import { FailedJob } from './jobs/failed-job.ts';
import { jobSpec } from './jobs/job-spec.ts';
import { JobQueue, type JobHandlers, type JobStanding } from './jobs/queue.ts';
import { markInterrupted } from './jobs/recovery.ts';
import { HeatMaps } from './maps/heat-maps.ts';
import { mapMethods } from './maps/map-methods.ts';
import { placeMethods } from './places/place-methods.ts';
import { relink } from './places/relink.ts';
import { readLicences } from './project/licences.ts';
import type { Log } from './project/log.ts';
import { outlierMethods } from './outliers/outlier-methods.ts';
import { assertNoOverlaps } from './outliers/overlaps.ts';
import { ShiftPreviewer } from './outliers/shift-preview.ts';
import { renameSources } from './outliers/mix.ts';
import { datasetMethods } from './edits/dataset-methods.ts';
import { editMethods } from './edits/edit-methods.ts';
import { Edits } from './edits/edits.ts';
import { imageMethods } from './gallery/image-methods.ts';
import { NearDuplicates } from './gallery/near-duplicates.ts';
import { batchMethods } from './review/batch-methods.ts';
import { reviewMethods } from './review/review-methods.ts';
import type { Compute } from './workers/compute.ts';
import { evaluate } from './scores/evaluate.ts';
import { FeatureCache } from './features/feature-cache.ts';
import { Features } from './scores/features.ts';
import { askedBaseline } from './scores/frozen-baseline.ts';
import { guaranteeMethods } from './scores/guarantee/guarantee-methods.ts';
import { rankingMethods } from './scores/rank.ts';
import { assertIdleDataset, assertIdleRun } from './training/idle-run.ts';
import { datasetNamed } from './runs/run-items.ts';
import { compareMethods } from './training/comparison/compare-methods.ts';
import { comparisonMethods } from './training/comparison/comparison-methods.ts';
import { refitMethods } from './training/refit/refit-methods.ts';
import { refitRun } from './training/refit/refit-run.ts';
import { runMethods, type RunMethodPorts } from './training/run-methods.ts';
import { scoreRun } from './scores/score-run.ts';
import { trainedModel } from './scores/scoring-model.ts';
import { trainRun } from './training/train-run.ts';
import { trashMethods } from './training/trash.ts';
import { projectMethods } from './project/storage.ts';
import { assertReading, readOnlySentence } from './read-only.ts';
import { sampleAttribution, sampleImports } from './project/sample.ts';
import { Catalogue } from './store/images/catalogue.ts';
import type { ProjectDatabase, Writer } from './store/database.ts';
import { findImage, storedFile } from './store/images/images.ts';
import type { OpenDatabase } from './store/open-database.ts';
import { setRunState } from './store/runs/runs.ts';

export interface CorePorts {
  /** Absolute. */
  readonly folder: string;
  /** Where to write what only helps to look at a project that cannot be written; undefined where it can. */
  readonly scratch?: string;
  readonly database: ProjectDatabase;
  readonly backUp: OpenDatabase['backUp'];
  readonly restore: OpenDatabase['restore'];
  readonly log: Log;
  readonly now: () => Date;
  readonly codeVersion: string;
  /** Where trainings and scores are computed. */
  readonly compute: Compute;
}

/** Answers the calls of connected clients. Only core/app.ts creates one. */
export class Core {
  readonly #ports: CorePorts;
  readonly #catalogue: Catalogue;
  readonly #queue: JobQueue;
  readonly #edits: Edits;
  readonly #cache: FeatureCache;
  readonly #features: Features;
  readonly #viewer: ImageViewer;
  readonly #heatMaps: HeatMaps;
  readonly #previewer: ShiftPreviewer;
  readonly #service: Service;
  readonly #servers = new Map<Link, Server>();
  readonly #leaving: (() => void)[] = [];
  readonly #closing = new StopSource();

  constructor(ports: CorePorts) {
    this.#ports = ports;
    const { database, folder, scratch, log, now, compute } = ports;
    this.#catalogue = new Catalogue(database, folder, now);
    this.#queue = new JobQueue({
      database,
      handlers: this.#jobHandlers(),
      onChange: (job) => this.#emit('job.changed', job),
      onState: (writer, job) => followJob(writer, job, now()),
      onBug: (error) => log.bug(error),
      now,
    });
    this.#edits = new Edits({
      database,
      now,
      onChange: (state) => this.#emit('edits.changed', state),
      assertIdleRun: (reader, runId) => assertIdleRun(reader, runId, this.#queue),
      assertIdleDataset: (reader, name) => assertIdleDataset(reader, name, this.#queue),
      onRenamed: (writer, renames) => {
        const mix = renameSources(writer, renames);
        if (mix) writer.afterCommit(() => this.#emit('mix.changed', mix));
      },
    });
    this.#cache = new FeatureCache(join(folder, 'cache', 'features'), {
      onFault: (text) => log.warn(text),
    });
    this.#features = new Features({ database, folder, compute, cache: this.#cache });
    const find = (hash: string) =>
      database.read((reader) => {
        const image = findImage(reader, hash);
        if (!image) return undefined;
        const file = storedFile(reader, image);
        const paths = file.paths.map(({ path }) => path);
        const { width, height, bitDepth, region } = image;
        return { paths, region, bitDepth, pixels: width * height };
      });
    this.#viewer = new ImageViewer(folder, find, scratch);
    this.#heatMaps = new HeatMaps({ database, folder, compute, viewer: this.#viewer });
    this.#previewer = new ShiftPreviewer(database, folder, compute);
    const check = inputChecker(coreMethods);
    this.#service = {
      handlers: this.#methods(),
      parse: (name, input) => {
        if (scratch !== undefined) assertReading(name);
        return check(name, input);
      },
      onBug: (error) => log.bug(error),
    };
  }

  serve(link: Link): void {
    this.#servers.set(link, serve(link, this.#service));
    link.onClose(() => {
      this.#servers.delete(link);
      if (this.#servers.size === 0) for (const resolve of this.#leaving.splice(0)) resolve();
    });
  }

  async whenUnused(): Promise<void> {
    if (this.#servers.size === 0) return;
    await new Promise<void>((resolve) => this.#leaving.push(resolve));
  }

  picture({ kind, hash, look }: PictureAddress): Promise<Picture | undefined> {
    return kind === 'thumb' ? this.#viewer.thumbnail(hash) : this.#viewer.picture(hash, look);
  }

  async close(): Promise<void> {
    this.#closing.stop();
    this.#previewer.close();
    await Promise.all([this.#queue.close(), this.#features.close(), this.#heatMaps.close()]);
    this.#viewer.close();
    for (const link of [...this.#servers.keys()]) link.close();
  }

  #jobHandlers(): JobHandlers {
    const { database, folder, now, codeVersion, compute } = this.#ports;
    const emit = this.#emit.bind(this);
    return {
      import: async ({ input }, job) => {
        const ports = { store: this.#catalogue, projectFolder: folder };
        const result = await importImages(input, job, ports);
        const failure = nothingImported(input.paths, result);
        if (failure) throw new FailedJob(failure, result);
        return result;
      },
      relink: ({ folders }, job) =>
        relink(folders, job, { catalogue: this.#catalogue, projectFolder: folder }),
      train: ({ runId }, job) =>
        trainRun(runId, job, {
          ...{ database, folder, now, codeVersion, compute, emit },
          cache: this.#cache,
        }),
      refit: ({ runId }, job) =>
        refitRun(runId, job, { database, folder, now, compute, cache: this.#cache, emit }),
      score: (spec, job) => scoreRun(spec, job, { database, folder, compute, cache: this.#cache }),
      compare: (spec, job) => compareMethods(spec, job, { database, folder, compute }),
    };
  }

  #runPorts(orClosing: RunMethodPorts['orClosing']): RunMethodPorts {
    const { database, folder, now, codeVersion, compute } = this.#ports;
    return {
      ...{ database, folder, now, codeVersion, compute, orClosing },
      ...{ queue: this.#queue, catalogue: this.#catalogue },
      assertNoOverlaps: (input, stop) => assertNoOverlaps(input, stop, { database, folder }),
    };
  }

  #methods(): HandlersOf<typeof coreMethods> {
    const { database, folder, now, codeVersion, compute } = this.#ports;
    const queue = this.#queue;
    const catalogue = this.#catalogue;
    const nearDuplicates = new NearDuplicates({ database, folder });
    const orClosing = (stop: Stop) => either(stop, this.#closing);
    const submit = (input: ImportSpec) => queue.submit({ kind: 'import', input });
    const runPorts = this.#runPorts(orClosing);
    return {
      'images.import': async (input) => {
        const paths = await givenPaths(input.paths);
        return { jobId: submit({ ...input, paths }) };
      },
      ...placeMethods({
        ...{ catalogue, folder, orClosing },
        submit: (folders) => queue.submit({ kind: 'relink', folders }),
      }),
      'sample.import': () => ({ jobIds: sampleImports.map((input) => submit(input)) }),
      ...imageMethods(database, this.#viewer),
      ...mapMethods({
        ...{ database, folder, compute, features: this.#features, viewer: this.#viewer },
        ...{ heatMaps: this.#heatMaps, orClosing },
        emit: (progress) => this.#emit('clusters.progress', progress),
      }),
      'images.nearDuplicates': ({ again, search = null, ...asked }, stop) =>
        nearDuplicates[again ? 'findAgain' : 'find'](asked, orClosing(stop), (done, total) =>
          this.#emit('images.compared', { search, done, total }),
        ),
      ...previewMethods({ store: catalogue, viewer: this.#viewer, orClosing }),
      ...editMethods(this.#edits),
      ...reviewMethods({
        ...{ database, folder, now, edits: this.#edits, features: this.#features },
        attribution: sampleAttribution,
      }),
      ...{ ...guaranteeMethods(database), ...rankingMethods(database) },
      ...datasetMethods({ database, edits: this.#edits }),
      ...batchMethods({ database, folder, now, edits: this.#edits, orClosing }),
      ...projectMethods({
        ...{ folder, database, queue, backUp: this.#ports.backUp, restore: this.#ports.restore },
        readOnly: this.#ports.scratch === undefined ? null : readOnlySentence,
        onRestored: () => {
          // Jobs that are marked as running in the copy are not running.
          markInterrupted(database, now());
          this.#emit('project.restored', {});
        },
      }),
      'licences.list': () => readLicences(),
      ...backboneMethods(orClosing),
      ...trashMethods({
        ...{ database, folder, queue, now },
        moveRun: (runId, to) => this.#edits.moveRun(runId, to),
      }),
      ...outlierMethods({
        ...{ database, folder, queue, compute, orClosing, previewer: this.#previewer },
        emit: this.#emit.bind(this),
        cache: this.#cache,
      }),
      ...refitMethods({ database, catalogue, queue, now, codeVersion }),
      ...runMethods(runPorts),
      ...comparisonMethods(runPorts),
      'scores.compute': ({ modelId, dataset, engine }) => {
        database.read((reader) => {
          trainedModel(reader, modelId);
          datasetNamed(reader, dataset);
        });
        return { jobId: queue.submit({ kind: 'score', modelId, dataset, engine }) };
      },
      'scores.evaluate': ({ modelId, dataset }) =>
        database.read((reader) => evaluate(reader, modelId, dataset)),
      'scores.baseline': (asked, stop) =>
        askedBaseline(asked, orClosing(stop), { database, folder, compute, cache: this.#cache }),
      'engines.describe': (_, stop) => describeEngines(orClosing(stop), compute),
      'jobs.list': () => queue.list().map(publicJob),
      'jobs.show': ({ jobId }) => {
        const job = queue.find(jobId);
        const result: unknown = job.result === null ? null : JSON.parse(job.result);
        return { ...publicJob(job), result };
      },
      'jobs.stop': async ({ jobId }) => ({ state: await queue.stop(jobId) }),
    };
  }

  #emit<K extends keyof CoreEvents>(name: K, event: CoreEvents[K]): void {
    for (const server of this.#servers.values()) server.emit(name, event);
  }
}

/** The state of a run is that of its job. */
function followJob(writer: Writer, { kind, spec, state, failure }: JobStanding, now: Date): void {
  if (kind !== 'train' && kind !== 'refit') return;
  const parsed = jobSpec.safeParse(JSON.parse(spec));
  if (!parsed.success || !('runId' in parsed.data)) return;
  setRunState(writer, parsed.data.runId, state, failure, now.toISOString());
}

function publicJob({ id, kind, runId, state, done, total, note, failure }: Job): Job {
  return { id, kind, runId, state, done, total, note, failure };
}
