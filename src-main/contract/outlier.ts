// The outliers of the next training: sources and shift transforms, their details, and outliers that overlap
// with normal or test images (leakage).

import { z } from 'zod';
import { methodNames } from '#domain/methods/methods.ts';
import { specimenNames } from '#domain/run-settings.ts';
import type { JudgedShift } from '#domain/shift-advice.ts';
import type { ShiftName, ShiftParameter } from '#domain/shift-table.ts';
import { method } from '#rpc/method.ts';
import { datasetName, type Role, type Split } from './image.ts';

/** A run accepts at most 1000. */
const weight = z.number().positive().max(1000);

/** A shift transform with all its parameters. */
const shiftChoice = z.strictObject({
  name: z.string().min(1).max(100),
  strength: z.number().min(0).max(1).default(0.5),
  /** The shift's parameters; the standard values where left out. */
  parameters: z.record(z.string().max(100), z.number()).optional(),
});

export const outlierMix = z.strictObject({
  /** Sources that differ from the default: used, weight 1, licence unknown. */
  sources: z
    .array(
      z.strictObject({
        name: datasetName,
        weight,
        isUsed: z.boolean(),
        /** As entered by the user. */
        licence: z.string().trim().max(300).optional(),
      }),
    )
    .max(10_000),
  shifts: z.array(shiftChoice.extend({ weight, isUsed: z.boolean() })).max(100),
});
/** Stored with the project: the default of Train. */
export type OutlierMix = z.output<typeof outlierMix>;

export interface OutlierSource {
  readonly name: string;
  /** Images that a training would use. */
  readonly images: number;
  /** Images with the role outlier, or given to training, that are left out. */
  readonly leftOut: number;
  /** Hashes of some of its images, for thumbnails. */
  readonly examples: readonly string[];
  /** Of the bundled pack; null where only the user's entry is known. */
  readonly licence: string | null;
}

export interface ShiftDescription {
  readonly name: ShiftName;
  readonly title: string;
  readonly meaning: string;
  /** By name; the strength is among them. */
  readonly parameters: Readonly<Record<string, ShiftParameter>>;
}

/** A small picture: [side, side, channels], one byte per value, in base64. */
export interface ShiftPicture {
  readonly side: number;
  readonly channels: number;
  readonly pixels: string;
}

/** What the advisor says of shift transforms for a dataset and its specimen. */
export interface ShiftAdvice {
  /** The frozen network whose features were compared. */
  readonly backbone: string;
  /** Normal images that were measured. */
  readonly images: number;
  /** In the order of the request. */
  readonly shifts: readonly JudgedShift[];
  /** What the trained model that ranks the dataset sees of them; null where it was not asked, or there is none. */
  readonly model: {
    readonly modelId: number;
    readonly separability: readonly number[];
    readonly images: number;
  } | null;
  /** Messages for the user: a graphics card failed. */
  readonly warnings: readonly string[];
}

/** Outliers that a training takes unless its user chooses others. */
export interface RecommendedMix {
  /** advice: measured; standard: the usual shifts, because nothing could be measured. */
  readonly basis: 'advice' | 'standard';
  readonly outliers: readonly { readonly name: string; readonly weight: number }[];
  readonly shifts: readonly {
    readonly name: string;
    readonly weight: number;
    readonly strength: number;
  }[];
  /** One sentence: what was taken, and why. */
  readonly sentence: string;
}

/** What outliers add to the detection of known anomalies, by an outlier head on features of a frozen network. */
export interface OutlierBudgetReport {
  readonly dataset: string;
  /**
   * anomalies: of the dataset, set aside to validate; few-shot: those given to training, each judged without the
   * outliers of its own group.
   */
  readonly basis: 'anomalies' | 'few-shot';
  /** Images that were judged. */
  readonly counts: { readonly normal: number; readonly anomalous: number };
  /** Rising numbers of outliers, the first 0. */
  readonly points: readonly { readonly outliers: number; readonly auroc: number }[];
  /** Each alone; `difference95`: of its AUROC from that without outliers (DeLong, paired). */
  readonly sources: readonly {
    readonly name: string;
    readonly images: number;
    readonly auroc: number;
    readonly difference95: readonly [number, number];
    readonly effect: 'helps' | 'unclear' | 'harms';
    readonly sentence: string;
  }[];
}

interface OverlappingImage {
  readonly imageId: number;
  readonly hash: string;
  readonly dataset: string;
  readonly role: Role;
  readonly split: Split;
  readonly path: string;
}

/** An outlier that equals a normal or a test image of the run. */
export interface Overlap {
  readonly outlier: OverlappingImage;
  readonly other: OverlappingImage;
  /** "equal": the same file's content. "near": hardly a difference at a small size. */
  readonly kind: 'equal' | 'near';
  /** Root mean square difference of the small pictures, in grey levels of 255. */
  readonly difference: number;
}

export interface Overlaps {
  /** Outliers that overlap; each is listed once, with the image nearest to it. */
  readonly count: number;
  readonly overlaps: readonly Overlap[];
  /** Pairs that were compared. */
  readonly outliers: number;
  readonly others: number;
}

export const outlierMethods = {
  'mix.show': method<OutlierMix>()(z.strictObject({})),
  /** Replaces the whole mix. Refuses unknown shifts and values out of range. */
  'mix.set': method<OutlierMix>()(outlierMix),
  /** Datasets with images that can be learnt as outliers. */
  'outliers.sources': method<readonly OutlierSource[]>()(
    z.strictObject({ examples: z.int().min(0).max(50).default(8) }),
  ),
  /** Imports the bundled photographs as outliers. */
  'outliers.importPack': method<{ jobId: number }>()(z.strictObject({})),
  /**
   * Outliers that equal, or nearly equal, a normal or a test image of the dataset. Takes seconds, and
   * stops with its caller.
   */
  'outliers.overlaps': method<Overlaps>()(
    z.strictObject({
      dataset: datasetName,
      /** Left out: every available source. */
      sources: z.array(datasetName).max(10_000).optional(),
      limit: z.int().min(1).max(10_000).default(200),
    }),
  ),
  'shifts.list': method<readonly ShiftDescription[]>()(z.strictObject({})),
  /** A picture as a training would see it after the shift; the same for the same seed. */
  'shifts.preview': method<ShiftPicture>()(
    z.strictObject({
      dataset: datasetName,
      hash: z.hash('sha256'),
      shift: shiftChoice,
      seed: z
        .int()
        .min(0)
        .max(2 ** 32),
      side: z.int().min(16).max(128).default(96),
    }),
  ),
  /**
   * Which shifts leave what is normal for the specimen, and which teach most. Takes seconds, reports
   * 'advice.progress', and stops with its caller; answers are kept in the project's cache. The specimen gives the
   * normal variation of an image.
   */
  'shifts.advise': method<ShiftAdvice>()(
    z.strictObject({
      dataset: datasetName,
      specimen: z.enum(specimenNames).default('stained'),
      shifts: z.array(shiftChoice).min(1).max(200),
      seed: z.int().min(0).default(0),
      /** Ask the trained model that ranks the dataset as well. */
      withModel: z.boolean().default(false),
    }),
  ),
  /** Takes seconds once features are in the cache, and stops with its caller. */
  'outliers.budget': method<OutlierBudgetReport>()(
    z.strictObject({
      dataset: datasetName,
      specimen: z.enum(specimenNames).default('stained'),
      /** Left out: every source with images. */
      sources: z.array(datasetName).max(100).optional(),
      seed: z.int().min(0).default(0),
    }),
  ),
  /** The outliers that a training of the method takes by default. As 'shifts.advise'. */
  'mix.recommend': method<RecommendedMix>()(
    z.strictObject({
      dataset: datasetName,
      specimen: z.enum(specimenNames).default('stained'),
      method: z.enum(methodNames),
      /** Outlier sources that the training may take. */
      sources: z.array(datasetName).max(10_000).default([]),
    }),
  ),
} as const;

export type ShiftChoice = z.output<typeof shiftChoice>;
