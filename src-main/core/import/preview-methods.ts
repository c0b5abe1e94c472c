// The contract's methods that look at files before they are imported.

import type { coreMethods } from '#contract/core.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ImportStore } from '../datasets/items.ts';
import type { ImageViewer } from '../reader/viewer.ts';
import { assertAbsolute, previewImport, type PreviewPorts } from './preview.ts';
import { previewThumbnails } from './preview-thumbnails.ts';

type PreviewMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'images.preview' | 'images.previewThumbnails'
>;

interface PreviewMethodPorts {
  readonly store: ImportStore;
  readonly viewer: ImageViewer;
  /** A stop that the closing of the core sets too. */
  readonly orClosing: (stop: Stop) => Stop;
}

export function previewMethods({ store, viewer, orClosing }: PreviewMethodPorts): PreviewMethods {
  return {
    'images.preview': ({ dataset, ...request }, stop) => {
      assertAbsolute(request.paths);
      return previewImport(request, stop, previewPorts(store, dataset));
    },
    'images.previewThumbnails': async ({ paths }, stop) => {
      assertAbsolute(paths);
      return await previewThumbnails(paths, orClosing(stop), viewer);
    },
  };
}

function previewPorts(store: ImportStore, dataset: string): PreviewPorts {
  const datasetId = store.findDataset(dataset);
  return {
    knownFile: (path) => store.findFiles([path]).get(path),
    item: (hash) =>
      datasetId === undefined ? undefined : store.findItems(datasetId, [hash]).get(hash),
  };
}
