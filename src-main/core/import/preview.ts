// Previews an import of the chosen files: walks the folders and recognises the layout, writes nothing, and
// ends after a limited number of files and time.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ImportProblem } from '#contract/core.ts';
import type { ImportPreview, PreviewedFile } from '#contract/import/import-preview.ts';
import type { Role, Split } from '#contract/image.ts';
import type { ClassRoles, MaskRule, RoleConflict } from '#contract/import/import-rules.ts';
import { Failure } from '#domain/failure.ts';
import { either, StopSource, throwIfStopped, type Stop } from '#domain/stop.ts';
import { standardShares } from '../datasets/split.ts';
import type { DatasetItem, KnownFile } from '../datasets/items.ts';
import { fileKind, isImageName, kindBytes } from '../formats/kind.ts';
import { inOrder } from '../reader/ordered.ts';
import { ImageReader } from '../reader/reader.ts';
import { ClassTable } from './class-table.ts';
import { countValue, mostFrequentFirst } from './facets.ts';
import type { ReaderOnDemand } from './find-masks.ts';
import { FolderRoles } from './folder-roles.ts';
import { Heaps } from './heaps.ts';
import {
  classRolesOf,
  domainRule,
  groupRule,
  isSkipped,
  place,
  type PlacingRules,
} from './place.ts';
import {
  candidates,
  namedSplits,
  openSource,
  type Candidate,
  type Source,
  type Surveying,
} from './sources.ts';
import { fileSystemReason, notSupported, reasons } from '../formats/unreadable.ts';

export interface PreviewRequest {
  readonly paths: readonly string[];
  readonly role?: Role | undefined;
  readonly group?: string | undefined;
  readonly domain?: string | undefined;
  readonly split?: Split | undefined;
  readonly classRoles?: ClassRoles | undefined;
  readonly masks?: MaskRule | undefined;
  readonly conflicts?: RoleConflict | undefined;
}

export interface PreviewPorts {
  /** Files that earlier imports have seen. */
  readonly knownFile: (path: string) => KnownFile | undefined;
  /** The dataset's item of the image with this hash. */
  readonly item: (hash: string) => DatasetItem | undefined;
}

interface PreviewLimits {
  readonly files: number;
  readonly ms: number;
}

/** More would keep the user waiting; the import itself has no such limits. */
const standardLimits: PreviewLimits = { files: 200_000, ms: 20_000 };

/** Files opened at once: on a network drive each waits for its answer. */
const atOnce = 32;
const problemsTold = 200;
const valuesTold = 200;
const examplesTold = 12;

/** Throws `stopped`, and `bad-input` when the group or the domain is no regular expression. */
export async function previewImport(
  request: PreviewRequest,
  stop: Stop,
  ports: PreviewPorts,
  limits: PreviewLimits = standardLimits,
): Promise<ImportPreview> {
  groupRule(request.group);
  domainRule(request.domain);
  let reader: ImageReader | undefined;
  const preview = new Preview(request, ports, limits, () => (reader ??= new ImageReader()));
  const deadline = new StopSource();
  const timer = setTimeout(() => deadline.stop(), limits.ms);
  const forget = either(stop, deadline).onStop(() => reader?.close());
  try {
    await preview.look(either(stop, deadline));
    return preview.result(true);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'stopped') throw error;
    throwIfStopped(stop);
    return preview.result(false);
  } finally {
    clearTimeout(timer);
    forget();
    reader?.close();
  }
}

type Refused = { readonly problem: ImportProblem } | { readonly notImage: ImportProblem };
type Looked = { readonly candidate: Candidate; readonly isKnown: boolean } | Refused;

class Preview {
  readonly #request: PreviewRequest;
  readonly #ports: PreviewPorts;
  readonly #limits: PreviewLimits;
  readonly #roles = new Map<Role, number>();
  readonly #classes = new Map<string | null, number>();
  readonly #groups = new Map<string | null, number>();
  readonly #domains = new Map<string | null, number>();
  readonly #examples = new Map<string, PreviewedFile>();
  readonly #problems: ImportProblem[] = [];
  readonly #heaps = new Heaps();
  readonly #classTable = new ClassTable();
  readonly #folderRoles: FolderRoles;
  readonly #reader: ReaderOnDemand;
  #recognised: string[] = [];
  #namesSplits = false;
  #problemCount = 0;
  #images = 0;
  #known = 0;

  constructor(
    request: PreviewRequest,
    ports: PreviewPorts,
    limits: PreviewLimits,
    reader: ReaderOnDemand,
  ) {
    this.#reader = reader;
    this.#request = request;
    this.#ports = ports;
    this.#limits = limits;
    this.#folderRoles = new FolderRoles(request.role ?? null);
  }

  async look(stop: Stop): Promise<void> {
    const sources: Source[] = [];
    for (const path of new Set(this.#request.paths)) {
      throwIfStopped(stop);
      const opened = await openSource(path, this.#surveying(stop));
      if ('problem' in opened) this.#fail(opened.problem);
      else sources.push(opened.source);
    }
    this.#recognised = [...new Set(sources.flatMap(wordsOf))];
    const rules = this.#rules(sources);
    for (const source of sources) {
      const files = this.#files(source, rules, stop);
      const looked = inOrder(files, atOnce, (file) => this.#lookAt(file));
      for await (const found of looked) {
        throwIfStopped(stop);
        if ('problem' in found) this.#fail(found.problem);
        else if ('notImage' in found) this.#heaps.notImage(found.notImage);
        else if (isSkipped(found.candidate, rules)) {
          this.#heaps.leaveOut('skipped', found.candidate.path);
        } else this.#take(found.candidate, found.isKnown, rules);
        if (this.#images + this.#problemCount > this.#limits.files) {
          throw new Failure('stopped', 'Enough.');
        }
      }
    }
  }

  #surveying(stop: Stop): Surveying {
    return { stop, takesMasks: this.#request.masks === 'take', reader: this.#reader };
  }

  result(isComplete: boolean): ImportPreview {
    const classes = mostFrequentFirst(this.#classes).slice(0, valuesTold);
    return {
      ...{ isComplete, images: this.#images, known: this.#known },
      roles: mostFrequentFirst(this.#roles),
      ...{ classes, classTable: this.#classTable.rows(classes) },
      groups: mostFrequentFirst(this.#groups).slice(0, valuesTold),
      domains: mostFrequentFirst(this.#domains).slice(0, valuesTold),
      namesSplits: this.#namesSplits,
      recognised: [...this.#recognised, ...this.#folderRoles.contradicted],
      problems: { count: this.#problemCount, first: this.#problems },
      ...{ notImages: this.#heaps.notImages, leftOut: this.#heaps.leftOut },
      contradictions: this.#folderRoles.contradictions,
      examples: [...this.#examples.values()],
    };
  }

  /** Splits are not previewed, and the other rules decide only splits. */
  #rules(sources: readonly Source[]): PlacingRules {
    const { role, classRoles, conflicts, split, group, domain } = this.#request;
    this.#namesSplits =
      split !== undefined || sources.some((source) => namedSplits(source).size > 0);
    return {
      ...{ role: role ?? null, split: split ?? null, groupOf: groupRule(group) },
      ...{ classRoles: classRolesOf(classRoles), conflicts, domainOf: domainRule(domain) },
      ...{ shares: standardShares, seed: 0, carvesCalibrate: false, splitsAll: false },
      sideOfGroup: new Map(),
    };
  }

  async *#files(
    source: Source,
    rules: PlacingRules,
    stop: Stop,
  ): AsyncGenerator<Candidate | Refused> {
    for await (const entry of candidates(source, this.#surveying(stop))) {
      throwIfStopped(stop);
      if ('skipped' in entry) this.#heaps.leaveOut(entry.why, entry.skipped);
      else if ('problem' in entry) yield entry;
      else if (entry.placement.isMask && this.#request.masks !== 'take') {
        this.#heaps.leaveOut('masks', entry.path);
      } else if (isImageName(entry.path) && isSkipped(entry, rules))
        this.#heaps.leaveOut('skipped', entry.path);
      else yield entry;
    }
  }

  async #lookAt(file: Candidate | Refused): Promise<Looked> {
    if (!('path' in file)) return file;
    const known = this.#ports.knownFile(file.path);
    if (file.member !== undefined) {
      // Unpacking every member would take as long as the import, so only names are checked.
      if (isImageName(file.path)) {
        const { bytes, modifiedMs } = file.member;
        const isKnown = known?.bytes === bytes && known.modifiedMs === modifiedMs;
        return { candidate: file, isKnown };
      }
      const reason = 'By its name this is not an image; the import will check its content.';
      return { notImage: { path: file.path, code: 'not-an-image', reason } };
    }
    return await lookInside(file, known);
  }

  #take(candidate: Candidate, isKnown: boolean, rules: PlacingRules): void {
    const hash = isKnown ? this.#ports.knownFile(candidate.path)?.hash : undefined;
    const existing = hash === undefined ? undefined : this.#ports.item(hash);
    const image = { hash: '', standardGroup: null };
    const placed = place(candidate, image, rules, existing);
    const { role, class: className, group, domain } = placed.attributes;
    this.#images++;
    if (isKnown) this.#known++;
    countValue(this.#roles, role);
    countValue(this.#classes, className);
    countValue(this.#groups, group);
    countValue(this.#domains, domain);
    this.#classTable.count(candidate, placed.attributes, placed.reason, hash ?? null);
    this.#folderRoles.count(candidate.placement, placed);
    const kind = JSON.stringify([role, className]);
    if (this.#examples.size < examplesTold && !this.#examples.has(kind)) {
      this.#examples.set(kind, { path: candidate.path, role, class: className, group, domain });
    }
  }

  #fail(found: ImportProblem): void {
    this.#problemCount++;
    if (this.#problems.length < problemsTold) this.#problems.push(found);
  }
}

/** Reads only the first bytes. */
async function lookInside(candidate: Candidate, known: KnownFile | undefined): Promise<Looked> {
  const { path } = candidate;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer without end.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, mtimeMs } = await file.stat();
      if (size === 0) return problem(path, reasons.empty);
      if (known?.bytes === size && known.modifiedMs === Math.floor(mtimeMs)) {
        return { candidate, isKnown: true };
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(kindBytes), 0, kindBytes, 0);
      const kind = fileKind(buffer.subarray(0, bytesRead));
      if (!kind.supported) return refused(candidate, kind);
      return { candidate, isKnown: false };
    } finally {
      await file.close();
    }
  } catch (error) {
    const reason = fileSystemReason(error);
    if (reason === undefined) throw error;
    return problem(path, reason);
  }
}

function problem(path: string, reason: string): Refused {
  return { problem: { path, code: 'unreadable-image', reason } };
}

function refused({ path, isFound }: Candidate, kind: Parameters<typeof notSupported>[1]): Refused {
  const { code, message } = notSupported(path, kind);
  const file = { path, code, reason: message };
  return isFound && code === 'not-an-image' ? { notImage: file } : { problem: file };
}

function wordsOf(source: Source): string[] {
  if (source.kind !== 'table') return source.layout.words === null ? [] : [source.layout.words];
  const { rows, problems, ignored, meanings = [] } = source.manifest;
  const unused = ignored.length > 0 ? `, columns without a meaning: ${ignored.join(', ')}` : '';
  return [`a table of ${rows.length + problems.length} lines${unused}`, ...meanings];
}
