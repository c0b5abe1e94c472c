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
} as const;
