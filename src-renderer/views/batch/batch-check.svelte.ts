// The examination of a batch in view, and whether its user has asked for the flags all the same.

import { SvelteSet } from 'svelte/reactivity';
import type { BatchExamination } from '#contract/batch.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../../state/resource.svelte.ts';
import type { ModelAndDataset } from '../../state/project/results.svelte.ts';

/** Until the window is closed: a foreign batch must not be forgotten for longer. */
const shownAnyway = new SvelteSet<string>();

export class BatchCheck {
  readonly modelAndDataset: ModelAndDataset;
  readonly found: Resource<BatchExamination | null>;

  constructor(core: CoreClient, modelAndDataset: ModelAndDataset) {
    this.modelAndDataset = modelAndDataset;
    this.found = new Resource((signal) => core.call('batches.examine', modelAndDataset, signal));
  }

  /** Whether the flags are held back. */
  get isStopped(): boolean {
    return this.found.value?.verdict === 'foreign' && !shownAnyway.has(this.#key);
  }

  showAnyway(): void {
    shownAnyway.add(this.#key);
  }

  holdBack(): void {
    shownAnyway.delete(this.#key);
  }

  get #key(): string {
    return JSON.stringify(this.modelAndDataset);
  }
}
