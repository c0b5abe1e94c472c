// The import job: files, folders, archives and CSV tables into a dataset. Originals stay where they
// are; a file that cannot be read is listed with its reason and the job continues.

import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { ImportProblem, ImportResult, importInput } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import {
  fillEmptySides,
  type MovableUnits,
  sharesOf,
  splitUnit,
  standardShares,
  type Side,
} from '../datasets/split.ts';
import { standardPixelLimit } from '../formats/decode.ts';
import { ImportLedger } from './import-ledger.ts';
import type { DatasetItem, ImportStore } from '../datasets/items.ts';
import type { NewImage } from '../formats/new-image.ts';
import { inOrder } from '../reader/ordered.ts';
import { archiveOf } from '../archives/archive.ts';
import { keptOriginal, originalsFolder } from '../archives/originals.ts';
import { forgetReplaced, hasReplaced } from '../archives/replaced-files.ts';
import { classRolesOf, domainRule, groupRule, isSkipped, type PlacingRules } from './place.ts';
import { regionImages } from './region-images.ts';
import { thumbnailPath } from '../reader/reader-tasks.ts';
import type { ImageReader } from '../reader/reader.ts';
import { withReader } from '../reader/with-reader.ts';
import {
  candidates,
  namedSplits,
  openSource,
  type Candidate,
  type Source,
  type Surveying,
} from './sources.ts';
import { isImageName } from '../formats/kind.ts';
import { endsJob } from '../formats/unreadable.ts';

export type ImportSpec = z.infer<typeof importInput>;

export interface ImportJob {
  readonly jobId: number;
  readonly stop: Stop;
  report(progress: { done: number; total: number | null; note: string | null }): void;
}

export interface ImportPorts {
  readonly store: ImportStore;
  /** The project's folder, `Name.normscope`; thumbnails and caches go below it. */
  readonly projectFolder: string;
  /** Images with more pixels are refused; 100 million when left out. */
  readonly pixelLimit?: number;
}

/**
 * Imports `spec.paths` (absolute, or relative to the process's folder) into a dataset, which is created
 * when there is none and an image was found. The import is idempotent. Throws `stopped` when stopped (what
 * was read so far stays in the catalogue), `disk-full`, and `bad-input` when the options are invalid; an
 * error of a file is a problem in the result.
 */
export async function importImages(
  spec: ImportSpec,
  job: ImportJob,
  ports: ImportPorts,
): Promise<ImportResult> {
  return await withReader(job.stop, (reader) => new Import(spec, job, ports, reader).run());
}

interface Read {
  readonly image: NewImage;
  /** What is imported of the image instead of the whole; empty for the whole. */
  readonly regions: readonly NewImage[];
  readonly modifiedMs: number;
  /** Paths where the same file was seen before and is no longer. */
  readonly lost: readonly string[];
}

/** A file found in a folder that is no image, and the reason. */
interface NoImage {
  readonly notImage: ImportProblem;
}

type Refused = { readonly problem: ImportProblem } | NoImage;
type Outcome = ({ readonly candidate: Candidate } & Read) | Refused;

class Import {
  readonly #spec: ImportSpec;
  readonly #job: ImportJob;
  readonly #ports: ImportPorts;
  readonly #reader: ImageReader;
  readonly #thumbnails: string;
  /** Holds members of archives until they are known to be images, and unfinished thumbnails. */
  readonly #incoming: string;
  #incomingCount = 0;
  /** A read has found other content under an unchanged size and time: these prove nothing in this import. */
  readonly #isDistrustful: boolean;

  constructor(spec: ImportSpec, job: ImportJob, ports: ImportPorts, reader: ImageReader) {
    this.#spec = spec;
    this.#job = job;
    this.#ports = ports;
    this.#reader = reader;
    // Options are checked before anything is read.
    groupRule(spec.group);
    domainRule(spec.domain);
    if (Array.isArray(spec.split)) sharesOf(spec.split);
    this.#thumbnails = join(ports.projectFolder, 'cache', 'thumbnails');
    this.#incoming = join(ports.projectFolder, 'cache', 'incoming');
    this.#isDistrustful = hasReplaced(ports.projectFolder);
  }

  async run(): Promise<ImportResult> {
    const { sources, problems, total } = await this.#survey();
    const rules = this.#rules(sources);
    const ledger = new ImportLedger(this.#ports.store, this.#spec.dataset, this.#job.jobId, rules);
    const folders = [this.#thumbnails, originalsFolder(this.#ports.projectFolder), this.#incoming];
    // Removes the files of a killed import.
    await rm(this.#incoming, { recursive: true, force: true });
    for (const folder of folders) await mkdir(folder, { recursive: true });
    try {
      for (const problem of problems) ledger.fail(problem);
      await this.#readAll(sources, total, ledger, rules);
      ledger.flush();
      this.#fillSides(rules, ledger.automatic);
      if (this.#isDistrustful) await forgetReplaced(this.#ports.projectFolder);
      return ledger.result();
    } catch (error) {
      ledger.flush();
      throw error;
    } finally {
      // First, so that no reader writes into the folder that is removed.
      this.#reader.close();
      await rm(this.#incoming, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  get #surveying(): Surveying {
    const takesMasks = this.#spec.masks === 'take';
    return { stop: this.#job.stop, takesMasks, reader: () => this.#reader };
  }

  async #survey(): Promise<{ sources: Source[]; problems: ImportProblem[]; total: number }> {
    const sources: Source[] = [];
    const problems: ImportProblem[] = [];
    let total = 0;
    this.#job.report({ done: 0, total: null, note: 'Looking for images' });
    for (const path of new Set(this.#spec.paths)) {
      throwIfStopped(this.#job.stop);
      const opened = await openSource(path, this.#surveying);
      if ('problem' in opened) problems.push(opened.problem);
      else {
        sources.push(opened.source);
        total += opened.count;
      }
    }
    return { sources, problems, total };
  }

  async #readAll(
    sources: readonly Source[],
    total: number,
    ledger: ImportLedger,
    rules: PlacingRules,
  ): Promise<void> {
    let done = 0;
    for (const source of sources) {
      ledger.begin(source);
      // A few more than are decoded at once, so that no reader waits.
      const window = 4 * this.#reader.parallel;
      const files = this.#files(source, ledger, rules);
      for await (const outcome of inOrder(files, window, (file) => this.#read(file))) {
        throwIfStopped(this.#job.stop);
        if ('problem' in outcome) ledger.fail(outcome.problem);
        else if ('notImage' in outcome) ledger.heaps.notImage(outcome.notImage);
        // Known to be an image by its content only.
        else if (isSkipped(outcome.candidate, rules)) {
          ledger.heaps.leaveOut('skipped', outcome.candidate.path);
        } else ledger.take(outcome);
        this.#job.report({ done: ++done, total: Math.max(total, done), note: null });
      }
    }
  }

  #rules(sources: readonly Source[]): PlacingRules {
    const { role, classRoles, conflicts, split, group, domain, seed } = this.#spec;
    const sideOfGroup = new Map(
      [...this.#items()]
        .filter((item) => item.role === 'normal' && item.group !== null)
        .map((item) => [item.group!, item.split]),
    );
    const named = new Set(sources.flatMap((source) => [...namedSplits(source)]));
    return {
      role: role ?? null,
      ...{ classRoles: classRolesOf(classRoles), conflicts },
      split: typeof split === 'string' ? split : null,
      shares: Array.isArray(split) ? sharesOf(split) : standardShares,
      seed,
      carvesCalibrate: typeof split !== 'string' && !named.has('calibrate'),
      splitsAll: typeof split !== 'string' && named.size === 0,
      groupOf: groupRule(group),
      domainOf: domainRule(domain),
      sideOfGroup,
    };
  }

  async *#files(
    source: Source,
    { heaps }: ImportLedger,
    rules: PlacingRules,
  ): AsyncGenerator<Candidate | Refused> {
    for await (const entry of candidates(source, this.#surveying)) {
      throwIfStopped(this.#job.stop);
      if ('skipped' in entry) heaps.leaveOut(entry.why, entry.skipped);
      else if ('problem' in entry) yield entry;
      else if (entry.placement.isMask && this.#spec.masks !== 'take') {
        heaps.leaveOut('masks', entry.path);
      } else if (isImageName(entry.path) && isSkipped(entry, rules))
        heaps.leaveOut('skipped', entry.path);
      else yield entry.member === undefined ? entry : await this.#unpack(entry);
    }
  }

  /** Archives are read in their order, so a member is unpacked before the next one is looked at. */
  async #unpack(candidate: Candidate): Promise<Candidate | Refused> {
    const file = join(this.#incoming, String(this.#incomingCount++));
    try {
      if ((await this.#known(candidate)) !== undefined) return candidate;
      await candidate.member!.extract(file);
      return { ...candidate, unpacked: file };
    } catch (error) {
      return refusal(candidate, error);
    }
  }

  async #read(entry: Candidate | Refused): Promise<Outcome> {
    if (!('path' in entry)) return entry;
    const { path, member, unpacked } = entry;
    try {
      const known = unpacked === undefined ? await this.#known(entry) : undefined;
      if (known !== undefined) return { candidate: entry, ...known };
      const { image, modifiedMs } = await this.#reader.run({
        kind: 'inspect',
        path: unpacked ?? path,
        thumbnailFolder: this.#thumbnails,
        scratchFolder: this.#incoming,
        pixelLimit: this.#ports.pixelLimit ?? standardPixelLimit,
        tiles: this.#spec.tiles ?? null,
      });
      if (unpacked !== undefined) {
        await rename(unpacked, keptOriginal(this.#ports.projectFolder, image.hash));
      }
      const regions = this.#regions(image);
      const lost = await this.#lost(image.hash, path);
      const time = member?.modifiedMs ?? modifiedMs;
      return { candidate: entry, image, regions, modifiedMs: time, lost };
    } catch (error) {
      if (unpacked !== undefined) await rm(unpacked, { force: true });
      return refusal(entry, error);
    }
  }

  /** The catalogued image of a file that has not changed since an earlier import. */
  async #known({ path, member }: Candidate): Promise<Read | undefined> {
    const { store, projectFolder } = this.#ports;
    const file = store.findFiles([path]).get(path);
    if (file === undefined) return undefined;
    const now = member ?? (await sizeAndTime(path));
    if (now?.bytes !== file.bytes || now.modifiedMs !== file.modifiedMs) return undefined;
    if (this.#isDistrustful) return undefined;
    const image = store.findImages([file.hash]).get(file.hash);
    if (image === undefined) return undefined;
    const regions = this.#regions(image);
    const kept = [image, ...regions].map(({ hash }) => thumbnailPath(this.#thumbnails, hash));
    if (member !== undefined) kept.push(keptOriginal(projectFolder, file.hash));
    for (const needed of kept) if ((await sizeAndTime(needed)) === undefined) return undefined;
    const lost = await this.#lost(file.hash, path);
    return { image, regions, modifiedMs: file.modifiedMs, lost };
  }

  /** Where else the file was seen, and is no longer: it was moved here. */
  async #lost(hash: string, path: string): Promise<string[]> {
    const lost: string[] = [];
    for (const other of this.#ports.store.placesOf(hash)) {
      if (other !== path && (await sizeAndTime(archiveOf(other) ?? other)) === undefined) {
        lost.push(other);
      }
    }
    return lost;
  }

  /** Throws `unreadable-image` when there would be too many. */
  #regions(image: NewImage): NewImage[] {
    const { tiles } = this.#spec;
    return tiles === undefined ? [] : regionImages(image, tiles);
  }

  /** Of the dataset; none while it is not made. */
  #items(): Iterable<DatasetItem> {
    const { store } = this.#ports;
    const datasetId = store.findDataset(this.#spec.dataset);
    return datasetId === undefined ? [] : store.items(datasetId);
  }

  #fillSides(
    { shares, seed, carvesCalibrate, splitsAll }: PlacingRules,
    automatic: MovableUnits,
  ): void {
    const wanted: Side[] = [];
    if (carvesCalibrate && shares.calibrate > 0) wanted.push('calibrate');
    if (splitsAll && shares.test > 0) wanted.push('test');
    if (wanted.length === 0) return;
    const { store } = this.#ports;
    const datasetId = store.findDataset(this.#spec.dataset);
    if (datasetId === undefined) return;
    const normals = [...store.items(datasetId)]
      .filter((item) => item.role === 'normal')
      .map(({ imageId, hash, group, split }) => ({ imageId, unit: splitUnit(group, hash), split }));
    const changes = fillEmptySides(normals, wanted, automatic.movable, seed, automatic.fresh);
    if (changes.size > 0) store.setSplits(datasetId, changes);
  }
}

/** Rethrows an error that ends the job; an error of one file becomes its reason. */
function refusal({ path, isFound }: Candidate, error: unknown): Refused {
  if (!(error instanceof Failure) || endsJob(error)) throw error;
  const refused = { path, code: error.code, reason: error.message };
  return isFound && error.code === 'not-an-image' ? { notImage: refused } : { problem: refused };
}

/** undefined when there is no such file. */
async function sizeAndTime(
  path: string,
): Promise<{ bytes: number; modifiedMs: number } | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && { bytes: found.size, modifiedMs: Math.floor(found.mtimeMs) };
}
