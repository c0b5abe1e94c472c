// The datasets of the project: names and number of images by role.

import type { OutputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { coreMethods } from '#contract/core.ts';
import type { CoreClient } from '../../client/clients.ts';
import { Resource } from '../resource.svelte.ts';

type DatasetList = OutputOf<CallsOf<typeof coreMethods>, 'datasets.list'>;
export type Dataset = DatasetList[number];

export class Datasets {
  readonly list: Resource<DatasetList>;

  constructor(core: CoreClient) {
    this.list = new Resource((signal) => core.call('datasets.list', {}, signal));
  }
}
