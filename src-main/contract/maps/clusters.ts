// Cluster maps: sub-populations of the images of a dataset, as a model's features separate them.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, roleNames, type Role } from '../image.ts';

/** Clusters that are looked for, at most. */
export const mostClusters = 12;
/** Fewer images have no sub-populations that differ from chance. */
export const fewestClustered = 24;

export interface ClusteredImage {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
  readonly role: Role;
  readonly class: string | null;
  readonly domain: string | null;
  /** Its most probable cluster, from 1. */
  readonly cluster: number;
  /** Of that cluster, 0 … 1. */
  readonly probability: number;
  /** Along the first two principal axes of the features, in standard deviations. */
  readonly x: number;
  readonly y: number;
  /** By the score that ranks, higher is stranger; null when the model has not scored the image. */
  readonly anomalyScore: number | null;
}

export interface Cluster {
  /** From 1; the largest first. */
  readonly cluster: number;
  readonly images: number;
  /** Of the images that are scored; null without any. */
  readonly meanAnomalyScore: number | null;
  /** Ids of the most typical images, the most typical first. */
  readonly exemplars: readonly number[];
}

export interface ClusterMap {
  readonly modelId: number;
  readonly dataset: string;
  readonly clusters: readonly Cluster[];
  readonly images: readonly ClusteredImage[];
  /** Images of the dataset that were not looked at: a seeded sample of 5,000 is, or the file cannot be read. */
  readonly left: { readonly unsampled: number; readonly unreadable: number };
}

const id = z.int().min(1);

export const clusterMethods = {
  /**
   * Divides images into sub-populations, as many as there is evidence for, up to `most`. The same images, model and seed give the same map. Takes seconds, or longer where features must be computed, and stops with its caller; the event
   * "clusters.progress" reports how many images have features. Throws `too-few-images`.
   */
  'clusters.find': method<ClusterMap>()(
    z.strictObject({
      modelId: id,
      dataset: datasetName,
      /** Left out: images of all roles. Images that are left out of everything are never clustered. */
      role: z.enum(roleNames).optional(),
      most: z.int().min(2).max(mostClusters).default(8),
      seed: z.int().min(0).default(0),
      /** Chosen by the caller: the events of this search carry it. */
      search: z.string().min(1).max(64).optional(),
    }),
  ),
} as const;
