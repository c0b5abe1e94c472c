// The writer of one import: records new, known and failed files, and writes the catalogue in batches of a
// few hundred rows.

import { basename } from 'node:path';
import type { ImportProblem, ImportResult, Role } from '#contract/core.ts';
import { counted } from '#domain/figures.ts';
import type { DatasetItem, ImportRow, ImportStore, ItemAttributes } from '../datasets/items.ts';
import type { NewImage } from '../formats/new-image.ts';
import { Contradictions } from './contradictions.ts';
import { Heaps } from './heaps.ts';
import { place, type PlacingRules } from './place.ts';
import type { Candidate, Source } from './sources.ts';

const rowsPerTransaction = 300;
/** The most classes named in a sentence; further ones are counted. */
const classesNamed = 20;

interface Taken {
  /** Of the whole file. */
  readonly image: NewImage;
  /** What is imported of it instead of the whole; empty for the whole. */
  readonly regions: readonly NewImage[];
  readonly candidate: Candidate;
  readonly modifiedMs: number;
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
  readonly #contradicted: Contradictions;
  /** What is not taken although nothing is wrong with it. */
  readonly heaps = new Heaps();
  readonly #cut = { images: 0, regions: 0 };
  /** Images that are taken and not yet written. */
  #rows = 0;
  readonly #automatic = new Set<string>();
  #imported = 0;
  #duplicates = 0;
  #changed = 0;
  #contradictions = 0;

  constructor(store: ImportStore, dataset: string, jobId: number, rules: PlacingRules) {
    this.#store = store;
    this.#dataset = dataset;
    this.#jobId = jobId;
    this.#rules = rules;
    this.#contradicted = new Contradictions(rules.role);
  }

  /** Groups, and images without one, whose split was not given (see `splitUnit`). */
  get automatic(): ReadonlySet<string> {
    return this.#automatic;
  }

  /** The following files come from this source. */
  begin(source: Source): void {
    this.#sources.push({ source, classes: new Map() });
  }

  take(taken: Taken): void {
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
    if (this.#rows + this.#newProblems.length >= rowsPerTransaction) this.flush();
  }

  /** Writes the pending rows. */
  flush(): void {
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
    const rows = taken.flatMap(({ image, regions, candidate, modifiedMs }): ImportRow[] => {
      const decide = (own: NewImage) => this.#decide(own, candidate, existing?.get(own.hash));
      const file = { path: candidate.path, modifiedMs };
      if (regions.length === 0) return [{ image, file, item: decide(image) }];
      const parts = regions.map((region) => ({ image: region, file: null, item: decide(region) }));
      return [{ image, file, item: null }, ...parts];
    });
    this.#store.save(this.#dataset, rows, this.#jobId, problems);
  }

  /** The first file of an image in an import decides; a later import may correct an earlier one. */
  #decide(
    { hash, region }: NewImage,
    candidate: Candidate,
    existing: DatasetItem | undefined,
  ): ItemAttributes | null {
    // Regions of one image are alike: on two sides of a split they would make results look too good.
    const image = { hash, standardGroup: region === null ? null : candidate.name };
    const placed = place(candidate, image, this.#rules, existing);
    const { attributes, automatic } = placed;
    if (placed.isContradicted) this.#contradicted.count(candidate.placement, attributes.role);
    const role = this.#roles.get(hash);
    if (role !== undefined) {
      this.#duplicates++;
      if (role !== attributes.role) this.#contradictions++;
      return null;
    }
    this.#roles.set(hash, attributes.role);
    if (automatic !== null) this.#automatic.add(automatic);
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
      ...this.#remarks(),
    ];
    return {
      imported: this.#imported,
      duplicates: this.#duplicates,
      failed: this.#failed,
      notImages: this.heaps.notImages,
      leftOut: this.heaps.leftOut,
      recognised,
    };
  }

  #describe({ source, classes }: SourceCount): string[] {
    const where = this.#sources.length > 1 ? ` (${basename(source.path)})` : '';
    if (source.kind === 'table') {
      const { rows, problems, ignored } = source.manifest;
      const unused = ignored.length > 0 ? `; columns without a meaning: ${ignored.join(', ')}` : '';
      return [`table ${basename(source.path)}: ${rows.length + problems.length} lines${unused}`];
    }
    if (source.layout.words === null || classes.size === 0) return [];
    const counts = [...classes].map(([name, count]) => `${name} ${count}`);
    const more = counts.length > classesNamed ? `, and ${counts.length - classesNamed} more` : '';
    return [`${source.layout.words}: ${counts.slice(0, classesNamed).join(', ')}${more}${where}`];
  }

  #remarks(): string[] {
    const remarks: string[] = [];
    if (this.#cut.images > 0) {
      remarks.push(
        `cut ${counted(this.#cut.images, 'image')} into ${counted(this.#cut.regions, 'tile')}`,
      );
    }
    remarks.push(...this.#contradicted.words, ...this.heaps.words);
    if (this.#changed > 0) {
      remarks.push(
        `${counted(this.#changed, 'image')} of the dataset now with the role, class, group, domain or side ` +
          'of this import',
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
