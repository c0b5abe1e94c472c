// The list of methods. Nothing registers itself.

import type { MethodName } from '#domain/run-settings.ts';
import { anchored } from './anchored.ts';
import type { Method } from './method.ts';
import { mixed } from './mixed.ts';
import { oecl } from './oecl.ts';
import { selfOecl } from './self-oecl.ts';
import { simclr } from './simclr.ts';

export const methods: Readonly<Record<MethodName, Method>> = {
  oecl,
  'self-oecl': selfOecl,
  mixed,
  anchored,
  simclr,
};
