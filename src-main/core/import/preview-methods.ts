// The contract's methods that look at files before they are imported.

import type { coreMethods } from '#contract/core.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ImportStore } from '../datasets/items.ts';
import type { ImageViewer } from '../reader/viewer.ts';
import { givenPaths } from '../archives/existing-path.ts';
import { previewImport, type PreviewPorts } from './preview.ts';
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
    'images.preview': async ({ dataset, ...request }, stop) => {
      const paths = await givenPaths(request.paths);
      return await previewImport({ ...request, paths }, stop, previewPorts(store, dataset));
    },
    'images.previewThumbnails': ({ paths }, stop) =>
      previewThumbnails(paths, orClosing(stop), viewer),
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
