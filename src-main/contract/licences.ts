// The packages of the app and their licences.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  /** As given by the package: "MIT". */
  readonly licence: string;
  /** The text that comes with it; null without one. */
  readonly text: string | null;
}

export interface Licences {
  /** Normscope's own. */
  readonly own: string;
  readonly packages: readonly LicensedPackage[];
  /** Of images that come with the app. */
  readonly attributions: string;
  /** Of the pretrained network that comes with the app: origin, changes, licence. */
  readonly backbone: string;
}

export const licenceMethods = {
  'licences.list': method<Licences>()(z.strictObject({})),
} as const;
