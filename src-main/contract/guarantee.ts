// Flags with a guarantee: a list with at most a given share of false entries, certificates of a threshold,
// and the drift alarm. All rest on the normal images that a run held out to calibrate on.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, scoreName, type RankedImage } from './image.ts';

/** An image with the rarity of its score among normal images. */
export interface ImageWithPValue extends RankedImage {
  /** Conformal p-value: so strange or stranger are at most this share of normal images. */
  readonly pValue: number;
  /** The smallest share of false entries at which a list holds the image. */
  readonly falseShare: number;
}

/**
 * The images of a dataset that the model has not seen and that are unlikely to be normal, so many that on
 * average at most the given share of the list is normal.
 */
export interface FalseShareList {
  readonly scoreName: string;
  /** As asked for. */
  readonly falseShare: number;
  /** Images on the list. */
  readonly listed: number;
  /** Images with a p-value, among which the list was chosen. */
  readonly tested: number;
  readonly heldOut: number;
  /** The estimated share of normal images among those tested (Storey). */
  readonly normalShare: number;
  /** The share of false entries to expect: falseShare, times normalShare unless the list made use of it. */
  readonly expectedFalseShare: number;
  /** So many images must be stranger than every held-out normal before any can be on the list. */
  readonly fewest: number;
  /** With weights by domain, the number of equally weighted normals that tell as much; else null. */
  readonly effectiveNormals: number | null;
  /** What the user should know: why the list is empty, which images have no p-value. */
  readonly warnings: readonly string[];
  /** The asked page of the list, strangest first. */
  readonly images: readonly ImageWithPValue[];
}

/** What the held-out normals prove about the false alarms of the threshold. */
export interface Certificate {
  /** Held-out normals, and those above the threshold. */
  readonly heldOut: number;
  readonly above: number;
  /** With 95 % confidence at most this share of such normal images is flagged. */
  readonly atMost95: number;
  readonly between95: readonly [low: number, high: number];
}

export interface Certificates {
  readonly scoreName: string;
  readonly anomalyScore: number;
  readonly all: Certificate;
  /** What the parts are named by; null when the images have neither. */
  readonly by: 'domain' | 'group' | null;
  /** Parts of the held-out normals and of the dataset, by name. */
  readonly parts: readonly {
    readonly name: string;
    /** Scored images of the dataset that the model has not seen. */
    readonly images: number;
    /** null without held-out normals. */
    readonly certificate: Certificate | null;
  }[];
  readonly warnings: readonly string[];
}

interface ImageInStream {
  readonly imageId: number;
  readonly path: string;
  /** From 1, in the order of import. */
  readonly place: number;
}

/** Whether the images of a dataset, in the order of their import, still look like the held-out normals. */
export interface Drift {
  readonly scoreName: string;
  /** Images looked at: normal and unlabelled ones that the model has not seen. */
  readonly images: number;
  readonly heldOut: number;
  /** At most one of so many streams without a drift raises an alarm. */
  readonly level: number;
  /** `from`: the estimated start; `at`: the image that raised the alarm. null without one. */
  readonly alarm: { readonly from: ImageInStream; readonly at: ImageInStream } | null;
  /** The alarm for the user, with what to do; null without one. */
  readonly sentence: string | null;
}

const ofDataset = z.strictObject({
  modelId: z.int().min(1),
  dataset: datasetName,
  /** Left out: the run's own choice. */
  by: scoreName.optional(),
});

/** Which list. */
const listChoice = z.strictObject({
  /** At most this share of the list is normal, on average. */
  falseShare: z.number().gt(0).lt(1),
  /** Makes a longer list where many images are anomalous, from their estimated share. */
  estimateNormals: z.boolean().default(false),
  /** Weights held-out normals so that each domain counts as often as in the dataset. */
  weightDomains: z.boolean().default(false),
});

export const guaranteeMethods = {
  /** Throws `bad-input` without held-out normals that have this score. */
  'scores.falseShareList': method<FalseShareList>()(
    ofDataset.extend({
      ...listChoice.shape,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(100),
    }),
  ),
  /** Throws `bad-input` for a score without a threshold. */
  'thresholds.certificates': method<Certificates>()(ofDataset),
  /** null without held-out normals, or before images are scored. */
  'scores.drift': method<Drift | null>()(ofDataset),
} as const;
