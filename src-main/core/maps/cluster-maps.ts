// Cluster maps of datasets: features from the cache or computed, clusters found by a worker.

import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fewestClustered, type ClusterMap, type ClusteredImage } from '#contract/maps/clusters.ts';
import type { Role } from '#contract/image.ts';
import { counted } from '#domain/figures.ts';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';
import type { Clusters } from '#worker/contract.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Features, Vectors } from '../scores/features.ts';
import { chosenScore } from '../scores/model-scores.ts';
import { sample } from '../scores/sample.ts';
import { newScoringFolder } from '../scores/scoring-folder.ts';
import { scoringModel, trainedModel } from '../scores/scoring-model.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { shownAddress } from '../store/images/addresses.ts';
import { items } from '../store/images/datasets.ts';
import { scoresNamed } from '../store/runs/scores.ts';
import { withLease, type Compute } from '../workers/compute.ts';

/** Of a larger dataset a seeded sample of so many images. */
const mostImages = 5000;
/** Images whose features are computed between two reports. */
const atOnce = 250;

export interface ClusterPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly features: Features;
}

export interface ClusterSearch {
  readonly modelId: number;
  readonly dataset: string;
  readonly role?: Role | undefined;
  readonly most: number;
  readonly seed: number;
}

/** Throws `not-found`, `too-few-images`, `checkpoint-damaged` and `stopped`. */
export async function clusterMap(
  search: ClusterSearch,
  stop: Stop,
  report: (done: number, total: number) => void,
  ports: ClusterPorts,
): Promise<ClusterMap> {
  const { database, features } = ports;
  const all = database.read((reader) => meant(reader, search));
  assertEnough(all.length, search, '');
  const chosen = sample(all, mostImages, search.seed, 4);
  const vectors = new Map<number, Float32Array>();
  report(0, chosen.length);
  for (let start = 0; start < chosen.length; start += atOnce) {
    const ids = chosen.slice(start, start + atOnce).map(({ imageId }) => imageId);
    for (const [id, vector] of await features.vectors(search.modelId, ids, stop)) {
      vectors.set(id, vector);
    }
    report(Math.min(start + atOnce, chosen.length), chosen.length);
  }
  const readable = chosen.filter(({ imageId }) => vectors.has(imageId));
  assertEnough(readable.length, search, ' that can still be read');
  const found = await findClusters(readable, vectors, search, stop, ports);
  const left = {
    unsampled: all.length - chosen.length,
    unreadable: chosen.length - readable.length,
  };
  return { ...database.read((reader) => described(reader, search, readable, found)), left };
}

/** Images of the role; normal images that are left out of training, calibration and test are not clustered. */
function meant(reader: Reader, { modelId, dataset, role }: ClusterSearch): DatasetItem[] {
  trainedModel(reader, modelId);
  return items(reader, datasetNamed(reader, dataset)).filter(
    (item) =>
      (role === undefined || item.role === role) &&
      !(item.role === 'normal' && item.split === 'none'),
  );
}

function assertEnough(found: number, { dataset, role }: ClusterSearch, words: string): void {
  if (found >= fewestClustered) return;
  const what = `${role ?? ''} image`.trim();
  throw new Failure(
    'too-few-images',
    `Clusters need ${fewestClustered} images, and "${dataset}" has ${counted(found, what)}${words}. Import more ` +
      'images, or look at images of all roles.',
  );
}

async function findClusters(
  images: readonly DatasetItem[],
  vectors: Vectors,
  { modelId, most, seed }: ClusterSearch,
  stop: Stop,
  { database, folder, compute }: ClusterPorts,
): Promise<Clusters> {
  const work = await newScoringFolder(folder);
  try {
    const rows = images.map(({ imageId }) => {
      const { buffer, byteOffset, byteLength } = vectors.get(imageId)!;
      return new Uint8Array(buffer, byteOffset, byteLength);
    });
    const [path, bytes] = [join(work, 'features'), Buffer.concat(rows)];
    await writeFile(path, bytes);
    const hash = createHash('sha256').update(bytes).digest('hex');
    const features = await compute.put({ hash, path });
    const { file } = await scoringModel(database, folder, modelId, 'cpu');
    const model = await compute.put(file);
    const task = { model, features, images: images.length, most, seed };
    return await withLease(compute, (lease) => lease.call('clusters', task, stop));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function described(
  reader: Reader,
  { modelId, dataset }: ClusterSearch,
  chosen: readonly DatasetItem[],
  found: Clusters,
): Omit<ClusterMap, 'left'> {
  const scores = scoresNamed(
    reader,
    modelId,
    chosenScore(reader, trainedModel(reader, modelId), undefined),
  );
  const datasetId = datasetNamed(reader, dataset);
  const images = chosen.map(({ imageId, hash, role, class: type, domain }, n): ClusteredImage => {
    const raw = scores.get(imageId);
    const path = shownAddress(reader, datasetId, imageId) ?? hash;
    return {
      ...{ imageId, hash, path, role, class: type },
      ...{ domain, cluster: found.of[n]! + 1, probability: found.probability[n]! },
      ...{ x: found.across[n]!, y: found.up[n]!, anomalyScore: raw === undefined ? null : -raw },
    };
  });
  const clusters = found.clusters.map(({ exemplars }, index) => {
    const own = images.filter(({ cluster }) => cluster === index + 1);
    const scored = own.flatMap(({ anomalyScore }) => anomalyScore ?? []);
    const sum = scored.reduce((total, score) => total + score, 0);
    return {
      ...{ cluster: index + 1, images: own.length },
      meanAnomalyScore: scored.length === 0 ? null : sum / scored.length,
      exemplars: exemplars.map((n) => images[n]!.imageId),
    };
  });
  return { modelId, dataset, clusters, images };
}
