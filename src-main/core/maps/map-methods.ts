// The methods with which a client asks for heat maps and cluster maps.

import { isAbsolute } from 'node:path';
import type { coreMethods, CoreEvents } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ImageViewer } from '../reader/viewer.ts';
import type { Reader } from '../store/database.ts';
import { findFile, findImage, imageById, type StoredImage } from '../store/images/images.ts';
import { clusterMap, type ClusterPorts } from './cluster-maps.ts';
import type { HeatMaps } from './heat-maps.ts';

type MapMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'images.heatMap' | 'exports.heatMap' | 'clusters.find'
>;

/** Of the full colour of an exported map. */
const opacity = 0.7;

interface MapPorts extends ClusterPorts {
  readonly viewer: ImageViewer;
  readonly heatMaps: HeatMaps;
  /** The progress of a search for clusters. */
  readonly emit: (progress: CoreEvents['clusters.progress']) => void;
  readonly orClosing: (stop: Stop) => Stop;
}

export function mapMethods(ports: MapPorts): MapMethods {
  const { database, viewer, heatMaps, emit, orClosing } = ports;
  return {
    'images.heatMap': ({ modelId, imageId }, stop) => heatMaps.map(modelId, imageId, stop),
    'exports.heatMap': async ({ modelId, image: named, path }, stop) => {
      if (!isAbsolute(path)) throw new Failure('bad-input', `The path ${path} is not absolute.`);
      const image = database.read((reader) => namedImage(reader, named));
      const map = await heatMaps.map(modelId, image.id, stop);
      const { columns, rows, values, square, width } = map;
      const overlay = { columns, rows, values, square, imageWidth: width, opacity };
      await viewer.writeHeat(image.hash, overlay, path);
      return { path, imageId: image.id, strongest: Math.max(...values) };
    },
    'clusters.find': ({ search = null, ...asked }, stop) =>
      clusterMap(asked, orClosing(stop), (done, total) => emit({ search, done, total }), ports),
  };
}

/** By its number or the path of its file. Throws `not-found`. */
function namedImage(reader: Reader, named: number | string): StoredImage {
  const id =
    typeof named === 'number' ? named : findImage(reader, findFile(reader, named)?.hash ?? '')?.id;
  const image = id === undefined ? undefined : imageById(reader, id);
  if (image) return image;
  throw new Failure(
    'not-found',
    `There is no image ${named} in this project. Give the path of an imported file or the number of an image, ` +
      'which "normscope rank … --json" prints.',
  );
}
