// The list of methods. Nothing registers itself.

import { Failure } from '#domain/failure.ts';
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

/** Throws `bad-input`, with the remedy, when the method cannot work with these outliers. */
export function checkOutliers(name: MethodName, external: number, shifts: number): void {
  const refuse = (message: string): never => {
    throw new Failure('bad-input', message);
  };
  switch (methods[name].outliers) {
    case 'none':
      return;
    case 'external':
      if (external === 0) {
        refuse('OECL needs an outlier source. Name one, or use self-OECL with shift transforms.');
      }
      if (shifts > 0) refuse('OECL takes no shift transforms. Use the mixed or anchored method.');
      return;
    case 'shifts':
      if (shifts === 0)
        refuse('self-OECL needs at least one shift transform, for instance cut-mix.');
      if (external > 0) refuse('self-OECL takes no outlier sources. Use the mixed method.');
      return;
    case 'any':
      if (external + shifts === 0) {
        refuse(`The ${name} method needs outliers: name an outlier source or a shift transform.`);
      }
  }
}
