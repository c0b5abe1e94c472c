// The writer of one import: records new, known and failed files, and writes the catalogue in batches of a
// few hundred rows.

import { basename } from 'node:path';
import type { ImportProblem, ImportResult, Role } from '#contract/core.ts';
import { counted } from '#domain/figures.ts';
import type { DatasetItem, ImportRow, ImportStore, ItemAttributes } from '../datasets/items.ts';
import type { MemberEncoding } from '../archives/archive-member.ts';
import { archiveOf } from '../archives/archive.ts';
import type { MovableUnits } from '../datasets/split.ts';
import type { NewImage } from '../formats/new-image.ts';
import { FolderRoles } from './folder-roles.ts';
import { Heaps } from './heaps.ts';
import { place, type PlacingRules } from './place.ts';
import type { Candidate, Source } from './sources.ts';

const rowsPerTransaction = 300;
/** Windows show images as they are read: the catalogue is at most this far behind, milliseconds. */
const flushMs = 1000;
/** The most classes named in a sentence; further ones are counted. */
const classesNamed = 20;

interface Taken {
  /** Of the whole file. */
  readonly image: NewImage;
  /** What is imported of it instead of the whole; empty for the whole. */
  readonly regions: readonly NewImage[];
  readonly candidate: Candidate;
  readonly modifiedMs: number;
  /** Paths where the same file was seen before and is no longer. */
  readonly lost: readonly string[];
}

interface SourceCount {
  readonly source: Source;
  readonly classes: Map<string, number>;
}

export class ImportLedger {
  readonly #store: ImportStore;
  readonly #dataset: string;
  readonly #jobId: number;
  readonly #rules: PlacingRules;
  #taken: Taken[] = [];
  #newProblems: ImportProblem[] = [];
  readonly #failed: ImportProblem[] = [];
  /** The role that the first file of each image in this import has. */
  readonly #roles = new Map<string, Role>();
  readonly #sources: SourceCount[] = [];
  readonly #folderRoles: FolderRoles;
  /** What is not taken although nothing is wrong with it. */
  readonly heaps = new Heaps();
  readonly #cut = { images: 0, regions: 0 };
  /** Images that are taken and not yet written. */
  #rows = 0;
  #flushedMs = performance.now();
  /** By archive: how names were decoded of which it does not say it. */
  readonly #encodings = new Map<string, MemberEncoding>();
  readonly #automatic = { movable: new Set<string>(), fresh: new Set<string>() };
  #imported = 0;
  #duplicates = 0;
  #changed = 0;
  #contradictions = 0;
  /** Files that hold another image than when they were imported. */
  #replaced = 0;

  constructor(store: ImportStore, dataset: string, jobId: number, rules: PlacingRules) {
    this.#store = store;
    this.#dataset = dataset;
    this.#jobId = jobId;
    this.#rules = rules;
    this.#folderRoles = new FolderRoles(rules.role);
  }

  /** Groups, and images without one, whose split was not given (see `splitUnit`). */
  get automatic(): MovableUnits {
    return this.#automatic;
  }

  /** The following files come from this source. */
  begin(source: Source): void {
    this.#sources.push({ source, classes: new Map() });
  }

  take(taken: Taken): void {
    const { member } = taken.candidate;
    if (member?.encoding) this.#encodings.set(archiveOf(taken.candidate.path)!, member.encoding);
    this.#taken.push(taken);
    const count = Math.max(1, taken.regions.length);
    this.#rows += count;
    if (taken.regions.length > 0) {
      this.#cut.images++;
      this.#cut.regions += count;
    }
    const { declared, placement } = taken.candidate;
    const name = declared?.class ?? placement.class;
    const classes = this.#sources.at(-1)?.classes;
    if (name !== null) classes?.set(name, (classes.get(name) ?? 0) + count);
    this.#flushWhenFull();
  }

  fail(problem: ImportProblem): void {
    this.#failed.push(problem);
    this.#newProblems.push(problem);
    this.#flushWhenFull();
  }

  #flushWhenFull(): void {
    const waiting = this.#rows + this.#newProblems.length;
    const isOld = performance.now() - this.#flushedMs > flushMs;
    if (waiting >= rowsPerTransaction || (waiting > 0 && isOld)) this.flush();
  }

  /** Writes the pending rows. */
  flush(): void {
    this.#flushedMs = performance.now();
    const taken = this.#taken;
    const problems = this.#newProblems;
    this.#taken = [];
    this.#newProblems = [];
    this.#rows = 0;
    if (taken.length + problems.length === 0) return;
    const meant = taken.flatMap(({ image, regions }) => (regions.length > 0 ? regions : [image]));
    const hashes = meant.map(({ hash }) => hash);
    const datasetId = this.#store.findDataset(this.#dataset);
    const existing = datasetId === undefined ? undefined : this.#store.findItems(datasetId, hashes);
    const replaced = this.#itemsReplaced(datasetId, taken);
    const rows = taken.flatMap(({ image, regions, candidate, ...times }): ImportRow[] => {
      const { path } = candidate;
      const before = replaced.get(path);
      const decide = (own: NewImage) => {
        const isFirst = !this.#roles.has(own.hash);
        const item = this.#decide(own, candidate, existing?.get(own.hash), before);
        return { image: own, file: null, item, shownAs: isFirst ? path : null };
      };
      const file = { path, ...times };
      if (regions.length === 0) return [{ ...decide(image), file }];
      return [{ image, file, item: null, shownAs: null }, ...regions.map(decide)];
    });
    this.#store.save(this.#dataset, rows, this.#jobId, problems);
  }

  /** The dataset's items of images that files of these held before, by path. */
  #itemsReplaced(
    datasetId: number | undefined,
    taken: readonly Taken[],
  ): ReadonlyMap<string, DatasetItem> {
    const replaced = new Map<string, DatasetItem>();
    const files = this.#store.findFiles(taken.map(({ candidate }) => candidate.path));
    for (const { image, candidate } of taken) {
      const before = files.get(candidate.path);
      if (before === undefined || before.hash === image.hash) continue;
      this.#replaced++;
      if (datasetId === undefined) continue;
      const item = this.#store.findItems(datasetId, [before.hash]).get(before.hash);
      if (item !== undefined) replaced.set(candidate.path, item);
    }
    return replaced;
  }

  /**
   * The first file of an image in an import decides; a later import may correct an earlier one. before: the
   * item of the image that the file held before.
   */
  #decide(
    { hash, region }: NewImage,
    candidate: Candidate,
    existing: DatasetItem | undefined,
    before: DatasetItem | undefined,
  ): ItemAttributes | null {
    // Regions of one image are alike: on two sides of a split they would make results look too good.
    const image = { hash, standardGroup: region === null ? null : candidate.name };
    const placed = place(candidate, image, this.#rules, existing ?? before);
    const { attributes, automatic } = placed;
    this.#folderRoles.count(candidate.placement, placed);
    const role = this.#roles.get(hash);
    if (role !== undefined) {
      this.#duplicates++;
      if (role !== attributes.role) this.#contradictions++;
      return null;
    }
    this.#roles.set(hash, attributes.role);
    if (automatic !== null) {
      this.#automatic.movable.add(automatic);
      const { group } = attributes;
      const isKnown =
        existing !== undefined || (group !== null && this.#rules.sideOfGroup.has(group));
      if (!isKnown) this.#automatic.fresh.add(automatic);
    }
    if (existing === undefined) {
      this.#imported++;
      return attributes;
    }
    this.#duplicates++;
    const isSame =
      existing.role === attributes.role &&
      existing.class === attributes.class &&
      existing.group === attributes.group &&
      existing.domain === attributes.domain &&
      existing.split === attributes.split;
    if (isSame) return null;
    this.#changed++;
    return attributes;
  }

  /** Everything must have been flushed. */
  result(): ImportResult {
    const recognised = [
      ...this.#sources.flatMap((count) => this.#describe(count)),
      ...this.#roleWords(),
      ...this.#remarks(),
    ];
    return {
      imported: this.#imported,
      duplicates: this.#duplicates,
      failed: this.#failed,
      notImages: this.heaps.notImages,
      leftOut: this.heaps.leftOut,
      contradictions: this.#folderRoles.contradictions,
      recognised,
    };
  }

  #describe({ source, classes }: SourceCount): string[] {
    const where = this.#sources.length > 1 ? ` (${basename(source.path)})` : '';
    if (source.kind === 'table') {
      const { rows, problems, ignored, meanings = [] } = source.manifest;
      const unused = ignored.length > 0 ? `; columns without a meaning: ${ignored.join(', ')}` : '';
      return [
        `table ${basename(source.path)}: ${rows.length + problems.length} lines${unused}`,
        ...meanings,
      ];
    }
    if (source.layout.words === null || classes.size === 0) return [];
    const counts = [...classes].map(([name, count]) => `${name} ${count}`);
    const more = counts.length > classesNamed ? `, and ${counts.length - classesNamed} more` : '';
    return [`${source.layout.words}: ${counts.slice(0, classesNamed).join(', ')}${more}${where}`];
  }

  /** The layout of an MVTec set says the roles already. */
  #roleWords(): string[] {
    const isPlain = this.#sources.some(
      ({ source }) => source.kind !== 'table' && !source.layout.isAnomalySet,
    );
    return isPlain ? this.#folderRoles.taken : [];
  }

  #remarks(): string[] {
    const remarks: string[] = [];
    if (this.#cut.images > 0) {
      remarks.push(
        `cut ${counted(this.#cut.images, 'image')} into ${counted(this.#cut.regions, 'tile')}`,
      );
    }
    for (const [archive, { title, isSure }] of this.#encodings) {
      const doubt = isSure ? '' : '; if they look wrong, unpack it, then import the folder';
      remarks.push(
        `names in ${basename(archive)} are not marked as Unicode: read as ${title}${doubt}`,
      );
    }
    remarks.push(...this.#folderRoles.contradicted, ...this.heaps.words);
    if (this.#changed > 0) {
      remarks.push(
        `${counted(this.#changed, 'image')} of the dataset now with the role, class, group, domain or side ` +
          'of this import',
      );
    }
    if (this.#replaced > 0) {
      remarks.push(
        `${counted(this.#replaced, 'file')} with other content than before: datasets show the new image; ` +
          'verdicts on the old one stay in the record of reviews',
      );
    }
    if (this.#contradictions > 0) {
      remarks.push(
        `${counted(this.#contradictions, 'file')} with the same content as another of a different ` +
          'role: the first one counts',
      );
    }
    return remarks;
  }
}
