// The outlier sources at hand.

import type { OutlierSource } from '#contract/outlier.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** Pictures on a card. */
const examples = 10;

export class Sources {
  readonly list: Resource<readonly OutlierSource[]>;

  constructor(core: CoreClient) {
    this.list = new Resource((signal) => core.call('outliers.sources', { examples }, signal));
  }
}
