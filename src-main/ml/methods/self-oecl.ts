// self-OECL: the loss of OECL with shifted copies of the normal images as outliers. The reference
// takes rotations by 180° and 270°, with 0° and 90° as separate normals (setting normalRotation).

import type { Method } from './method.ts';
import { contrastAndExposure } from './terms.ts';

export const selfOecl: Method = {
  meaning: 'the published loss with outliers made from the normal images by shift transforms',
  loss: contrastAndExposure,
};
