// The networks that methods without training can use.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

export interface ListedBackbone {
  /** The value of the setting `backbone`. */
  readonly name: string;
  readonly title: string;
  readonly licence: string;
  /** Its origin and training data. */
  readonly source: string;
  /** Side of its input, pixels. */
  readonly inputSize: number;
  /** Whether it comes with Normscope; otherwise the user has added it. */
  readonly bundled: boolean;
}

export interface Backbones {
  /** The bundled ones, then the user's by name. */
  readonly backbones: readonly ListedBackbone[];
  /** Added ones that cannot be used, and why. */
  readonly broken: readonly { readonly name: string; readonly fault: string }[];
}

export const backboneMethods = {
  'backbones.list': method<Backbones>()(z.strictObject({})),
  /**
   * Copies an ONNX file into the user's data folder after one image has gone through it. Paths are absolute;
   * a card that is left out lies beside the file, with the ending .json. Stops with its caller.
   */
  'backbones.add': method<{ name: string; milliseconds: number }>()(
    z.strictObject({ file: z.string().min(1), card: z.string().min(1).optional() }),
  ),
  /** Removes one that the user has added. */
  'backbones.remove': method<Backbones>()(z.strictObject({ name: z.string().min(1).max(64) })),
} as const;
