// An import in preparation: files, dataset, role, groups and split, and the preview of the result.

import { splitNames, type Role, type Split } from '#contract/core.ts';
import type { PreviewedClass } from '#contract/import/import-preview.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import { SvelteMap } from 'svelte/reactivity';
import type { CoreClient } from '../../client/clients.ts';
import { nameFrom, pathsIn } from '../../state/given-paths.ts';
import { Resource } from '../../state/resource.svelte.ts';
import { errorMessage } from '../../state/error-message.ts';

/** What a class may be, in the order in which the table offers it. */
export const classRoleNames = ['normal', 'unlabelled', 'anomaly', 'outlier', 'skip'] as const;
export type ClassRole = (typeof classRoleNames)[number];

/** What the images of an import will do. Of automatic splits the numbers are about these. */
export interface ImportCounts {
  readonly images: number;
  readonly normal: number;
  /** Of the normal images. */
  readonly teach: number;
  readonly setLine: number;
  readonly test: number;
  readonly toJudge: number;
  readonly anomalies: number;
  readonly outliers: number;
  readonly skipped: number;
}

export const groupRules = ['none', 'parent', 'pattern'] as const;
export type GroupRule = (typeof groupRules)[number];

export class ImportPlan {
  readonly #core: CoreClient;
  readonly #given: readonly string[];
  /** In a browser, one path per line. */
  typed = $state('');
  #named = $state<string>();
  role = $state<Role>();
  groupRule = $state<GroupRule>('none');
  pattern = $state('');
  split = $state<Split>();
  /** Whether masks and label images are imported like images. */
  takesMasks = $state(false);
  /** A name, "parent" or a pattern with a bracket, as the core reads it. */
  domain = $state('');
  /** Side and overlap of tiles as typed, pixels; an empty field is undefined: whole images. */
  tileSide = $state<number | null>();
  tileOverlap = $state<number | null>();
  /** What the preview is of. */
  #previewed = $state<string>();

  /** given: empty where paths are typed. dataset: the dataset of the images, if known. */
  constructor(core: CoreClient, given: readonly string[], dataset?: string) {
    this.#core = core;
    this.#given = given;
    this.#named = dataset;
  }

  readonly paths: readonly string[] = $derived.by(() =>
    this.#given.length > 0 ? this.#given : pathsIn(this.typed),
  );

  /** Until the user types another name: that of the first folder. */
  get dataset(): string {
    return this.#named ?? (nameFrom(this.paths[0]) || 'images');
  }
  set dataset(name: string) {
    this.#named = name;
  }

  /** What is wrong with the pattern; the core compiles it the same way. */
  readonly patternFault = $derived.by(() => {
    if (this.groupRule !== 'pattern') return undefined;
    try {
      new RegExp(this.pattern.trim(), 'u');
      return undefined;
    } catch (error) {
      return `Not a regular expression: ${errorMessage(error).split(': ').at(-1)!.toLowerCase()}.`;
    }
  });

  readonly tilesFault = $derived.by(() => {
    const [side, overlap] = [this.tileSide ?? null, this.tileOverlap ?? 0];
    if (side === null) return undefined;
    if (!Number.isInteger(side) || side < 8 || side > 65_536) return 'From 8 to 65,536 pixels.';
    return Number.isInteger(overlap) && overlap >= 0 && overlap < side
      ? undefined
      : 'The overlap must be less than the side.';
  });

  readonly isReady = $derived(
    this.paths.length > 0 &&
      this.dataset.trim() !== '' &&
      this.patternFault === undefined &&
      this.tilesFault === undefined,
  );

  /** Input for the core; undefined until dataset and files are given. */
  readonly input = $derived.by(() => {
    if (!this.isReady) return undefined;
    const group = this.groupRule === 'parent' ? 'parent' : this.pattern.trim();
    return {
      paths: [...this.paths],
      dataset: this.dataset.trim(),
      ...(this.role && { role: this.role }),
      ...(this.groupRule !== 'none' && group !== '' && { group }),
      ...(this.split && { split: this.split }),
      ...(this.takesMasks && { masks: 'take' as const }),
      ...(this.domain.trim() !== '' && { domain: this.domain.trim() }),
    };
  });

  /** Roles that the user has chosen, by class. */
  readonly #roles = new SvelteMap<string | null, ClassRole>();

  roleOf({ name, role }: Pick<PreviewedClass, 'name' | 'role'>): ClassRole {
    return this.#roles.get(name) ?? role;
  }

  isChosen(name: string | null): boolean {
    return this.#roles.has(name);
  }

  setRole(name: string | null, role: ClassRole): void {
    this.#roles.set(name, role);
  }

  /** Of the images previewed; undefined before. */
  readonly counts: ImportCounts | undefined = $derived.by(() => {
    const { value } = this.preview;
    if (!value) return undefined;
    const by: Record<ClassRole, number> = {
      normal: 0,
      unlabelled: 0,
      anomaly: 0,
      outlier: 0,
      skip: 0,
    };
    let listed = 0;
    for (const row of value.classTable) {
      const own = this.#roles.get(row.name);
      listed += row.images;
      if (own !== undefined) by[own] += row.images;
      else for (const { value: role, count } of row.roles) by[role] += count;
    }
    // Classes beyond the table's end.
    by.unlabelled += Math.max(0, value.images - listed);
    const { normal } = by;
    const teach = Math.max(Math.min(normal, fewestNormals), Math.round(0.7 * normal));
    const setLine = Math.round((normal - teach) / 2);
    return {
      ...{ images: value.images - by.skip, normal, teach, setLine, test: normal - teach - setLine },
      ...{ toJudge: by.unlabelled, anomalies: by.anomaly, outliers: by.outlier, skipped: by.skip },
    };
  });

  readonly preview = new Resource(async (signal) => {
    const input = this.input!;
    const preview = await this.#core.call('images.preview', input, signal);
    if (!signal.aborted) this.#previewed = JSON.stringify(input);
    return preview;
  });

  /** Whether the preview is up to date with the input. */
  readonly isPreviewed = $derived(this.#previewed === JSON.stringify(this.input));

  /** Which of the given paths are not there; undefined when all are, or before the preview. */
  readonly pathFault = $derived.by(() => {
    const missing = (this.preview.value?.problems.first ?? []).filter(
      ({ path, code }) => code === 'not-found' && this.paths.includes(path),
    );
    if (!this.isPreviewed || missing.length === 0) return undefined;
    const [first] = missing;
    const more = missing.length > 1 ? `, nor ${missing.length - 1} more of these paths` : '';
    return `There is no file or folder ${first!.path}${more}. Check the path.`;
  });

  /** False when the preview found no images or failed. */
  readonly isImportable = $derived(
    this.isReady &&
      this.preview.state.kind !== 'failed' &&
      !(this.isPreviewed && this.counts?.images === 0),
  );

  /** Throws what the core throws. */
  async submit(): Promise<void> {
    if (!this.input) return;
    const [side, overlap] = [this.tileSide ?? null, this.tileOverlap ?? 0];
    const tiles = side === null ? {} : { tiles: { side, overlap } };
    const classRoles = [...this.#roles].map(([name, role]) => ({ class: name, role }));
    const roles = classRoles.length === 0 ? {} : { classRoles };
    await this.#core.call('images.import', { ...this.input, ...tiles, ...roles });
  }
}

export const splitChoices = splitNames.filter((name) => name !== 'none');
