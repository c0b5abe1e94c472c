// An import as it is being prepared: which files, into which dataset, as what; and what would become
// of them.

import { splitNames, type Role, type Split } from '#contract/core.ts';
import type { CoreClient } from '../client/clients.ts';
import { Resource } from './resource.svelte.ts';

export const groupRules = ['none', 'parent', 'pattern'] as const;
export type GroupRule = (typeof groupRules)[number];

export class ImportPlan {
  readonly #core: CoreClient;
  readonly #given: readonly string[];
  /** In a browser, one path a line. */
  typed = $state('');
  dataset = $state('');
  role = $state<Role>();
  groupRule = $state<GroupRule>('none');
  pattern = $state('');
  split = $state<Split>();

  /** given: empty where paths are typed. */
  constructor(core: CoreClient, given: readonly string[]) {
    this.#core = core;
    this.#given = given;
    this.dataset = nameFrom(given[0]);
  }

  readonly paths: readonly string[] = $derived.by(() =>
    this.#given.length > 0
      ? this.#given
      : this.typed
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
  );

  readonly isReady = $derived(this.paths.length > 0 && this.dataset.trim() !== '');

  /** Of the dataset's name, the files and the options; undefined until there is enough of them. */
  readonly input = $derived.by(() => {
    if (!this.isReady) return undefined;
    const group = this.groupRule === 'parent' ? 'parent' : this.pattern.trim();
    return {
      paths: [...this.paths],
      dataset: this.dataset.trim(),
      ...(this.role && { role: this.role }),
      ...(this.groupRule !== 'none' && group !== '' && { group }),
      ...(this.split && { split: this.split }),
    };
  });

  readonly preview = new Resource((signal) =>
    this.#core.call('images.preview', this.input!, signal),
  );

  async submit(): Promise<void> {
    if (this.input) await this.#core.call('images.import', this.input);
  }
}

export const splitChoices = splitNames.filter((name) => name !== 'none');

/** The last folder's or file's name, without the ending of an archive or table. */
function nameFrom(path = ''): string {
  const name =
    path
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .at(-1) ?? '';
  return name.replace(/\.(zip|tar|tgz|tar\.gz|csv)$/i, '') || 'images';
}
