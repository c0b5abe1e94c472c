// The outliers of the next training: sources and shift transforms, their details, and outliers that overlap
// with normal or test images (leakage).

import { z } from 'zod';
import { specimenNames } from '#domain/run-settings.ts';
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

/** How well shifted pictures are distinguished from unchanged ones. */
export interface ShiftAdvice {
  /** The newest model of the dataset, or, without one, a quick linear test. */
  readonly basis: { readonly kind: 'model'; readonly modelId: number } | { readonly kind: 'test' };
  /** Normal images that were measured. */
  readonly images: number;
  readonly shifts: readonly {
    readonly name: string;
    /** AUROC: 0.5 looks normal, 1 is always distinguished. */
    readonly separability: number;
    readonly separability95: readonly [number, number];
  }[];
  /** Messages for the user: a graphics card failed. */
  readonly warnings: readonly string[];
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
   * How far each shift moves images away from the dataset's normals. Takes seconds, and stops with its
   * caller. The specimen gives the normal variation of an image.
   */
  'shifts.advise': method<ShiftAdvice>()(
    z.strictObject({
      dataset: datasetName,
      specimen: z.enum(specimenNames).default('stained'),
      shifts: z.array(shiftChoice).min(1).max(100),
      seed: z.int().min(0).default(0),
    }),
  ),
} as const;

export type ShiftChoice = z.output<typeof shiftChoice>;
