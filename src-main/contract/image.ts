// The images of a dataset: their attributes, the filters of a gallery, and the details of one image.

import { z } from 'zod';
import type { Channel } from '#domain/pixels/channel.ts';
import type { PixelSize, PixelSizeSource } from '#domain/pixels/pixel-size.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import type { RawScores } from '#domain/score.ts';
import { method } from '#rpc/method.ts';

export const roleNames = ['normal', 'outlier', 'unlabelled', 'anomaly'] as const;
export type Role = (typeof roleNames)[number];

export const splitNames = ['train', 'calibrate', 'test', 'none'] as const;
export type Split = (typeof splitNames)[number];

/** "cleared" removes an earlier verdict. */
export const verdictNames = ['normal', 'anomalous', 'unsure', 'cleared'] as const;
export type Verdict = (typeof verdictNames)[number];
export type StandingVerdict = Exclude<Verdict, 'cleared'>;

/** The score state of an image for one model. Flagged: above the threshold. */
const scoreStandings = ['scored', 'unscored', 'failed', 'flagged', 'unflagged'] as const;

/** An image as a gallery shows it. */
export interface ListedImage {
  readonly imageId: number;
  readonly hash: string;
  /** Where it was seen first; of a region PATH#xywh=X,Y,WIDTH,HEIGHT. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
  readonly split: Split;
}

export interface RankedImage {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  readonly domain: string | null;
  readonly split: Split;
  /** Higher is stranger: minus the raw score that ranks. */
  readonly anomalyScore: number;
  /**
   * Share of the calibration normals that are less strange than this image, 0 … 1; null without any.
   */
  readonly anomalyRank: number | null;
  readonly flagged: boolean | null;
}

/** How many images have a value; null counts those without one. */
export interface FacetCount<Value> {
  readonly value: Value;
  readonly count: number;
}

/**
 * How many images each value of a filter would show. A facet disregards its own filter, so that its
 * other values stay visible. Most frequent first.
 */
export interface ImageFacets {
  readonly total: number;
  readonly roles: readonly FacetCount<Role>[];
  readonly classes: readonly FacetCount<string | null>[];
  readonly groups: readonly FacetCount<string | null>[];
  readonly domains: readonly FacetCount<string | null>[];
  readonly splits: readonly FacetCount<Split>[];
  /** Standing verdicts; null counts images without one. */
  readonly verdicts: readonly FacetCount<StandingVerdict | null>[];
  /** By the given model; null without one. flagged is null while it has no threshold. */
  readonly scores: {
    readonly scored: number;
    readonly unscored: number;
    readonly failed: number;
    readonly flagged: number | null;
  } | null;
}

export interface Review {
  readonly id: number;
  readonly imageId: number;
  /** The model whose ranking was reviewed; null when the image was judged without one. */
  readonly modelId: number | null;
  readonly verdict: Verdict;
  readonly reviewer: string;
  readonly note: string | null;
  /** One of the project's own, as it was named when the review was written. */
  readonly category: string | null;
  /** Judged without seeing name, class, role and score. */
  readonly isBlind: boolean;
  /** Settles a disagreement between readings, and is none itself. */
  readonly isResolution: boolean;
  /** ISO 8601. */
  readonly time: string;
  /** "undo" and "redo" are written when a review is undone and redone. */
  readonly move: 'do' | 'undo' | 'redo';
}

export interface ImageDetails {
  readonly imageId: number;
  /** SHA-256 of the file, or of a region's address. */
  readonly hash: string;
  /** Of the file; of a region, of its samples. */
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly channels: readonly Channel[];
  readonly bitDepth: 8 | 16;
  /** Micrometres per pixel, across and down; null when it is not known. */
  readonly pixelSizeUm: PixelSize | null;
  /** Whether the file says so or the user; null when the size is not known. */
  readonly pixelSizeSource: PixelSizeSource | null;
  /** The part of a file that the image is, in pixels of the level; null for a whole file. */
  readonly region: RegionAddress | null;
  readonly importedAt: string;
  /** Every place where it was seen: those that are there before lost ones, the newest first. */
  readonly paths: readonly string[];
  readonly datasets: readonly {
    readonly dataset: string;
    readonly role: Role;
    readonly class: string | null;
    readonly group: string | null;
    /** Scanner, stain, site: where the image comes from. */
    readonly domain: string | null;
    readonly split: Split;
  }[];
  readonly scores: readonly {
    readonly modelId: number;
    readonly runId: number;
    /** Higher is more normal. */
    readonly raw: RawScores;
    /** The thresholds there are; an image is flagged when minus its raw score is above. */
    readonly thresholds: Readonly<Record<string, number>>;
  }[];
  readonly scoreProblems: readonly {
    readonly modelId: number;
    readonly code: string;
    readonly reason: string;
  }[];
  /** Oldest first. */
  readonly reviews: readonly Review[];
}

/** Files of one import that could not be imported. */
export interface ImportProblems {
  readonly jobId: number;
  /** ISO 8601. */
  readonly importedAt: string;
  readonly dataset: string | null;
  readonly count: number;
  /** The first ones; `reason` names the problem and the remedy. */
  readonly problems: readonly {
    readonly path: string;
    readonly code: string;
    readonly reason: string;
  }[];
}

const id = z.int().min(1);
export const datasetName = z.string().trim().min(1).max(200);
export const role = z.enum(roleNames);
/** One of the model's own; which those are is data. */
export const scoreName = z.string().min(1).max(100);
/** null means images without one. */
const label = z.string().min(1).max(1000).nullable();

export const imageFilter = z.strictObject({
  dataset: datasetName,
  role: role.optional(),
  class: label.optional(),
  group: label.optional(),
  domain: label.optional(),
  split: z.enum(splitNames).optional(),
  /** Contained in the path that the dataset shows; the case of A–Z is ignored. */
  text: z.string().min(1).max(500).optional(),
  /** The score state for a model, by the score that ranks (or `by`). */
  score: z
    .strictObject({
      modelId: id,
      is: z.enum(scoreStandings).optional(),
      by: scoreName.optional(),
    })
    .optional(),
  /** The standing verdict; null means images without one. */
  verdict: z.enum(['normal', 'anomalous', 'unsure']).nullable().optional(),
});
export type ImageFilter = z.output<typeof imageFilter>;

/** Images without what is sorted by come last; equal ones stay in the order of their import. */
export const imageOrders = [
  ...(['imported', 'newest', 'path', 'class', 'group', 'largest', 'smallest'] as const),
  ...(['strangest', 'most-normal'] as const),
] as const;
export type ImageOrder = (typeof imageOrders)[number];

export const imageMethods = {
  /** A page of the images that match the filter. "strangest" needs `score`. */
  'images.page': method<{ total: number; images: readonly ListedImage[] }>()(
    imageFilter.extend({
      order: z.enum(imageOrders).default('imported'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),
  /** How many images each value of each filter would show. */
  'images.facets': method<ImageFacets>()(imageFilter),
  /** Ids of all images that match the filter, in order: for selecting a range of images. */
  'images.ids': method<readonly number[]>()(
    imageFilter.extend({ order: z.enum(imageOrders).default('imported') }),
  ),
  /** All details of one image. */
  'images.show': method<ImageDetails>()(z.strictObject({ imageId: id })),
  /** The files that could not be imported, the newest import first. */
  'images.problems': method<readonly ImportProblems[]>()(
    z.strictObject({ jobId: id.optional(), limit: z.int().min(1).max(10_000).default(200) }),
  ),
} as const;
