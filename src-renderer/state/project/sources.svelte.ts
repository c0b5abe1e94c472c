// The outlier sources of the project.

import type { OutlierSource } from '#contract/outlier.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

/** Number of example images on a card. */
const examples = 10;

export class Sources {
  readonly list: Resource<readonly OutlierSource[]>;

  constructor(core: CoreClient) {
    this.list = new Resource((signal) => core.call('outliers.sources', { examples }, signal));
  }
}
