// Opens a project and wires its parts: the only place where objects of the core are made.

import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { coreMethods, type CoreEvents, type Job } from '#contract/core.ts';
import type { PictureAddress } from '#contract/page.ts';
import type { Stop } from '#domain/stop.ts';
import type { Link } from '#rpc/link.ts';
import { inputChecker, type HandlersOf } from '#rpc/method.ts';
import { serve, type Server, type Service } from '#rpc/serve.ts';
import { readCodeVersion } from './code-version.ts';
import { openDoor, sweepDoor } from './door.ts';
import { describeEngines } from './engines.ts';
import { importImages } from './images/import.ts';
import { demandAbsolute, previewImport, type PreviewPorts } from './images/preview.ts';
import { type Picture } from './images/pictures.ts';
import { ImageViewer } from './images/viewer.ts';
import { jobSpec } from './jobs/job-spec.ts';
import { JobQueue, type JobHandlers, type JobStanding } from './jobs/queue.ts';
import { markInterrupted } from './jobs/recovery.ts';
import { readLicences } from './licences.ts';
import { Log } from './log.ts';
import { demandProject, projectFolders } from './project-folder.ts';
import { outlierMethods } from './outliers/outlier-methods.ts';
import { demandNoOverlaps } from './outliers/overlaps.ts';
import { ShiftPreviewer } from './outliers/shift-preview.ts';
import { editMethods } from './review/edit-methods.ts';
import { Edits } from './review/edits.ts';
import { imageMethods } from './review/image-methods.ts';
import { findNearDuplicates } from './review/near-duplicates.ts';
import { reviewMethods } from './review/review-methods.ts';
import { evaluate } from './runs/evaluate.ts';
import { Features } from './runs/features.ts';
import { floorOf } from './runs/floor.ts';
import { rank } from './runs/rank.ts';
import { datasetNamed } from './runs/run-items.ts';
import { runMethods } from './runs/run-methods.ts';
import { sweepScoring } from './runs/scoring-folder.ts';
import { scoreRun } from './runs/score-run.ts';
import { trainedModel } from './runs/scoring-model.ts';
import { trainRun } from './runs/train-run.ts';
import { trashMethods } from './runs/trash.ts';
import { projectMethods } from './storage.ts';
import { sampleAttribution, sampleImports } from './sample.ts';
import { Catalogue } from './store/catalogue.ts';
import type { ProjectDatabase, Writer } from './store/database.ts';
import { listDatasets } from './store/datasets.ts';
import { findImage, pathsOf } from './store/images.ts';
import { openDatabase, type OpenDatabase } from './store/open-database.ts';
import { lockProject, readOwner } from './store/project-lock.ts';
import { setRunState } from './store/runs.ts';

export interface AppOptions {
  /** Makes the project when there is none. */
  readonly create?: boolean;
  /** The clock; the computer's when left out. */
  readonly now?: () => Date;
}

/** An open project. It belongs to this process until `close`. */
export interface App {
  /** Absolute. */
  readonly folder: string;
  /** Answers the contract on `link` until it closes, and sends it every event. */
  readonly serve: (link: Link) => void;
  /** The file with a picture of the image with this hash; undefined when there is none to show. */
  readonly picture: (wanted: PictureAddress) => Promise<Picture | undefined>;
  /** Resolves once nobody is connected any more, neither here nor from another process. */
  readonly whenUnused: () => Promise<void>;
  /** Stops all work, which can be taken up again, and lets go of the project. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the project in `folder`. Throws `not-found` when there is none and `create` is not set,
 * `bad-input` when the folder to be made holds other things, `project-in-use` when another process
 * has it open (see `knock` in core/door.ts), `project-too-new` and `project-damaged`.
 */
export async function openApp(folder: string, options: AppOptions = {}): Promise<App> {
  const { create = false, now = () => new Date() } = options;
  const project = resolve(folder);
  await demandProject(project, create);
  const closers = new Closers();
  try {
    const core = await openCore(project, now, closers);
    return {
      folder: project,
      serve: (link) => core.serve(link),
      picture: (wanted) => core.picture(wanted),
      whenUnused: () => core.whenUnused(),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Opens part after part; what closes them is left with `closers`. */
async function openCore(folder: string, now: () => Date, closers: Closers): Promise<Core> {
  const before = await readOwner(folder);
  const lock = await lockProject(folder);
  closers.add(lock.release);
  // Whoever owned it before was killed, or its lock would still hold.
  if (before?.door !== undefined && before.host === hostname()) await sweepDoor(before.door);
  const log = new Log(folder, now);
  closers.add(() => log.close());
  const { database, backUp, restore, close } = await openDatabase({
    folder,
    now,
    onSlow: (sql, ms) => log.warn(`${ms.toFixed(0)} ms: ${sql}`),
  });
  closers.add(close);
  markInterrupted(database, now());
  await sweepScoring(folder);
  for (const name of projectFolders) await mkdir(join(folder, name), { recursive: true });
  const codeVersion = await readCodeVersion();
  const core = new Core({ folder, database, backUp, restore, log, now, codeVersion });
  closers.add(() => core.close());
  try {
    const door = await openDoor((link) => core.serve(link));
    closers.add(door.close);
    await lock.announce(door.address);
  } catch (error) {
    // Without it everything works but the help of a second terminal.
    log.warn(`The door stays closed: ${String(error)}`);
  }
  return core;
}

/** What has been opened and must be closed again, in the opposite order, once. */
class Closers {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Takes every step, and throws what the first failing one threw. */
  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      await step().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw faults[0];
  }
}

interface CorePorts {
  /** Absolute. */
  readonly folder: string;
  readonly database: ProjectDatabase;
  readonly backUp: OpenDatabase['backUp'];
  readonly restore: OpenDatabase['restore'];
  readonly log: Log;
  readonly now: () => Date;
  readonly codeVersion: string;
}

class Core {
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
        const paths = pathsOf(reader, image.id).map(({ path }) => path);
        return { paths, bitDepth: image.bitDepth, pixels: image.width * image.height };
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
      'images.nearDuplicates': (request, stop) =>
        findNearDuplicates(request, either(stop), {
          ...{ database, folder },
          onProgress: (done, total) => this.#emit('images.compared', { done, total }),
        }),
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
