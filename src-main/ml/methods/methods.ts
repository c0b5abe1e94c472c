// The list of methods.

import { isTrained, type MethodName, type TrainedName } from '#domain/methods/methods.ts';
import { anchored } from './anchored/method.ts';
import type { Method } from './method.ts';
import { bce } from './bce/method.ts';
import { csi } from './csi/method.ts';
import { deepsad } from './deepsad/method.ts';
import { hsc } from './hsc/method.ts';
import { mixed } from './mixed/method.ts';
import { oecl } from './oecl/method.ts';
import { selfOecl } from './self-oecl/method.ts';
import { simclr } from './simclr/method.ts';

/** Those that train a network. */
const methods: Readonly<Record<TrainedName, Method>> = {
  oecl,
  'self-oecl': selfOecl,
  mixed,
  anchored,
  simclr,
  csi,
  hsc,
  bce,
  deepsad,
};

/** Throws an Error for a method that trains no network. */
export function methodOf(name: MethodName): Method {
  if (!isTrained(name)) throw new Error(`The method ${name} trains no network`);
  return methods[name];
}
