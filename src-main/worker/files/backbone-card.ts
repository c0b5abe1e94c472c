// The card of a backbone: describes an ONNX file, its input preparation and its outputs. The user who adds
// the file writes it; it is kept beside the file.

import { z } from 'zod';

const channels = z.int().min(1).max(65_536);

const input = z
  .strictObject({
    name: z.string().min(1),
    /** Side of the square image, pixels. */
    size: z.int().min(16).max(1024),
    channels: z.literal([1, 3]),
    layout: z.literal('NCHW'),
    /** The values of black and white before mean and deviation: [0, 255], or [0, 1]. */
    range: z.tuple([z.number(), z.number()]),
    /** Per channel: the input is (value − mean) / deviation. */
    mean: z.array(z.number()),
    deviation: z.array(z.number().positive()),
  })
  .refine(({ channels, mean }) => mean.length === channels, {
    path: ['mean'],
    error: 'needs a number for each channel',
  })
  .refine(({ channels, deviation }) => deviation.length === channels, {
    path: ['deviation'],
    error: 'needs a number for each channel',
  });

const outputs = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      /** A map is [N, channels, height, width] and is pooled; a vector is [N, channels]. */
      kind: z.enum(['map', 'vector']),
      channels,
    }),
  )
  .min(1)
  .max(32)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'name one twice',
  });

export const backboneCard = z.strictObject({
  /** Its name in commands: lower case letters, digits, dots, dashes. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  title: z.string().min(1).max(200),
  licence: z.string().min(1).max(200),
  /** Its origin and training data. */
  source: z.string().min(1).max(2000),
  /** Of the file, hexadecimal. */
  sha256: z.hash('sha256'),
  input,
  outputs,
});

export type BackboneCard = z.infer<typeof backboneCard>;

/** A card as users write it: a given hash is checked, a missing one is added. */
export const writtenCard = backboneCard.partial({ sha256: true });
