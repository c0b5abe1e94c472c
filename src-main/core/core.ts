// The parts of an open project, wired: what each method of the contract comes down to, and who is told
// of events.

import { coreMethods, type CoreEvents, type Job } from '#contract/core.ts';
import type { PictureAddress } from '#contract/page.ts';
import type { Stop } from '#domain/stop.ts';
import type { Link } from '#rpc/link.ts';
import { inputChecker, type HandlersOf } from '#rpc/method.ts';
import { serve, type Server, type Service } from '#rpc/serve.ts';
import { describeEngines } from './project/engines.ts';
import { importImages } from './import/import.ts';
import { demandAbsolute, previewImport, type PreviewPorts } from './import/preview.ts';
import type { Picture } from './reader/pictures.ts';
import { ImageViewer } from './reader/viewer.ts';
import { jobSpec } from './jobs/job-spec.ts';
import { JobQueue, type JobHandlers, type JobStanding } from './jobs/queue.ts';
import { markInterrupted } from './jobs/recovery.ts';
import { readLicences } from './project/licences.ts';
import type { Log } from './project/log.ts';
import { outlierMethods } from './outliers/outlier-methods.ts';
import { demandNoOverlaps } from './outliers/overlaps.ts';
import { ShiftPreviewer } from './outliers/shift-preview.ts';
import { editMethods } from './edits/edit-methods.ts';
import { Edits } from './edits/edits.ts';
import { imageMethods } from './gallery/image-methods.ts';
import { NearDuplicates } from './gallery/near-duplicates.ts';
import { reviewMethods } from './review/review-methods.ts';
import { evaluate } from './scores/evaluate.ts';
import { Features } from './scores/features.ts';
import { floorOf } from './scores/floor.ts';
import { rank } from './scores/rank.ts';
import { datasetNamed } from './runs/run-items.ts';
import { runMethods } from './training/run-methods.ts';
import { scoreRun } from './scores/score-run.ts';
import { trainedModel } from './scores/scoring-model.ts';
import { trainRun } from './training/train-run.ts';
import { trashMethods } from './training/trash.ts';
import { projectMethods } from './project/storage.ts';
import { sampleAttribution, sampleImports } from './project/sample.ts';
import { Catalogue } from './store/images/catalogue.ts';
import type { ProjectDatabase, Writer } from './store/database.ts';
import { listDatasets } from './store/images/datasets.ts';
import { findImage, storedFile } from './store/images/images.ts';
import type { OpenDatabase } from './store/open-database.ts';
import { setRunState } from './store/runs/runs.ts';

export interface CorePorts {
  /** Absolute. */
  readonly folder: string;
  readonly database: ProjectDatabase;
  readonly backUp: OpenDatabase['backUp'];
  readonly restore: OpenDatabase['restore'];
  readonly log: Log;
  readonly now: () => Date;
  readonly codeVersion: string;
}

/** Answers the contract to whoever is connected. Made by core/app.ts alone. */
export class Core {
  readonly #ports: CorePorts;
  readonly #catalogue: Catalogue;
  readonly #queue: JobQueue;
  readonly #edits: Edits;
  readonly #features: Features;
  readonly #viewer: ImageViewer;
  readonly #previewer: ShiftPreviewer;
  readonly #service: Service;
  readonly #servers = new Map<Link, Server>();
  readonly #leaving: (() => void)[] = [];
  #isClosing = false;

  constructor(ports: CorePorts) {
    this.#ports = ports;
    const { database, folder, log, now } = ports;
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
    });
    this.#features = new Features({ database, folder });
    this.#viewer = new ImageViewer(folder, (hash) =>
      database.read((reader) => {
        const image = findImage(reader, hash);
        if (!image) return undefined;
        const file = storedFile(reader, image);
        const paths = file.paths.map(({ path }) => path);
        const { width, height, bitDepth, region } = image;
        return { paths, region, bitDepth, pixels: width * height };
      }),
    );
    this.#previewer = new ShiftPreviewer(database, folder);
    this.#service = {
      handlers: this.#methods(),
      parse: inputChecker(coreMethods),
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
    this.#isClosing = true;
    this.#previewer.close();
    await Promise.all([this.#queue.close(), this.#features.close()]);
    this.#viewer.close();
    for (const link of [...this.#servers.keys()]) link.close();
  }

  #jobHandlers(): JobHandlers {
    const { database, folder, now, codeVersion } = this.#ports;
    const emit = this.#emit.bind(this);
    return {
      import: ({ input }, job) =>
        importImages(input, job, { store: this.#catalogue, projectFolder: folder }),
      train: ({ runId }, job) => trainRun(runId, job, { database, folder, now, codeVersion, emit }),
      score: (spec, job) => scoreRun(spec, job, { database, folder }),
    };
  }

  #methods(): HandlersOf<typeof coreMethods> {
    const { database, folder, now, codeVersion } = this.#ports;
    const queue = this.#queue;
    const catalogue = this.#catalogue;
    const nearDuplicates = new NearDuplicates({
      ...{ database, folder },
      onProgress: (done, total) => this.#emit('images.compared', { done, total }),
    });
    const isClosing = () => this.#isClosing;
    const either = (stop: Stop): Stop => ({
      get aborted() {
        return stop.aborted || isClosing();
      },
    });
    return {
      'images.import': (input) => {
        demandAbsolute(input.paths);
        return { jobId: queue.submit({ kind: 'import', input }) };
      },
      'sample.import': () => ({
        jobIds: sampleImports.map((input) => queue.submit({ kind: 'import', input })),
      }),
      ...imageMethods(database, this.#viewer),
      'images.nearDuplicates': ({ again, ...asked }, stop) =>
        nearDuplicates[again ? 'findAgain' : 'find'](asked, either(stop)),
      'images.preview': ({ dataset, ...request }, stop) => {
        demandAbsolute(request.paths);
        return previewImport(request, stop, previewPorts(catalogue, dataset));
      },
      ...editMethods(this.#edits),
      ...reviewMethods({
        ...{ database, folder, now, edits: this.#edits, features: this.#features },
        attribution: sampleAttribution,
      }),
      'datasets.list': () => database.read(listDatasets),
      ...projectMethods({
        ...{ folder, database, queue, backUp: this.#ports.backUp, restore: this.#ports.restore },
        onRestored: () => {
          // Jobs that the copy remembers as running are not.
          markInterrupted(database, now());
          this.#emit('project.restored', {});
        },
      }),
      'licences.list': () => readLicences(),
      ...trashMethods({
        ...{ database, folder, queue, now },
        moveRun: (runId, to) => this.#edits.moveRun(runId, to),
      }),
      ...outlierMethods({
        ...{ database, folder, queue, either, previewer: this.#previewer },
        emit: this.#emit.bind(this),
      }),
      ...runMethods({
        ...{ database, folder, queue, catalogue, now, codeVersion, either },
        demandNoOverlaps: (input, stop) => demandNoOverlaps(input, stop, { database, folder }),
      }),
      'scores.compute': ({ modelId, dataset, engine }) => {
        database.read((reader) => {
          trainedModel(reader, modelId);
          datasetNamed(reader, dataset);
        });
        return { jobId: queue.submit({ kind: 'score', modelId, dataset, engine }) };
      },
      'scores.evaluate': ({ modelId, dataset }) =>
        database.read((reader) => evaluate(reader, modelId, dataset)),
      'scores.rank': (request) => database.read((reader) => rank(reader, request)),
      'scores.floor': ({ modelId, dataset }, stop) =>
        floorOf(modelId, dataset, either(stop), { database, folder }),
      'engines.describe': (_, stop) => describeEngines(either(stop)),
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
  if (kind !== 'train') return;
  const parsed = jobSpec.safeParse(JSON.parse(spec));
  if (!parsed.success || parsed.data.kind !== 'train') return;
  setRunState(writer, parsed.data.runId, state, failure, now.toISOString());
}

function publicJob({ id, kind, state, done, total, note, failure }: Job): Job {
  return { id, kind, state, done, total, note, failure };
}

function previewPorts(catalogue: Catalogue, dataset: string): PreviewPorts {
  const datasetId = catalogue.findDataset(dataset);
  return {
    knownFile: (path) => catalogue.findFiles([path]).get(path),
    item: (hash) =>
      datasetId === undefined ? undefined : catalogue.findItems(datasetId, [hash]).get(hash),
  };
}
