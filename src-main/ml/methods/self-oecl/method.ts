// self-OECL: the loss of OECL with shifted copies of the normal images as outliers. The reference
// takes rotations by 180° and 270°, with 0° and 90° as separate normals (setting normalRotation).

import { selfOecl as card } from '#domain/methods/self-oecl.ts';
import { exposureMethod } from '../contrast.ts';

export const selfOecl = exposureMethod(card);
