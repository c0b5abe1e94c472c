// What a run may learn to push away, by rule: which outliers each method takes. How a loss is
// composed is in ml.

import { Failure } from './failure.ts';
import type { MethodName, RunSettings } from './run-settings.ts';
import type { ShiftName } from './shift-table.ts';

/** Shifts whose results stay near the specimen: of all outliers they teach the norm most. */
const nearShifts: readonly ShiftName[] = ['cut-mix', 'cut-out', 'small-paste'];

/** The shifts of a run for which the user named neither outlier sources nor shifts. */
export function standardShifts(method: MethodName): readonly ShiftName[] {
  return ['any', 'shifts'].includes(methodOutliers[method]) ? nearShifts : [];
}

/** Where the outliers of a method come from. */
export const methodOutliers: Readonly<Record<MethodName, 'none' | 'external' | 'shifts' | 'any'>> =
  {
    oecl: 'external',
    'self-oecl': 'shifts',
    mixed: 'any',
    anchored: 'any',
    simclr: 'none',
  };

/** Throws `bad-input`, with the remedy, when the method cannot work with these outliers. */
export function checkOutliers(
  method: MethodName,
  external: number,
  shifts: number,
  settings: Pick<RunSettings, 'outlierBatch'>,
): void {
  const fault = faultOf(method, external, shifts);
  if (fault !== undefined) throw new Failure('bad-input', fault);
  if (methodOutliers[method] !== 'none' && settings.outlierBatch === 0) {
    throw new Failure(
      'bad-input',
      `The ${method} method needs outliers in every step, but outlierBatch is 0. Set outlierBatch ` +
        'to at least 1 (64 is usual), or take the simclr method.',
    );
  }
}

function faultOf(method: MethodName, external: number, shifts: number): string | undefined {
  switch (methodOutliers[method]) {
    case 'none':
      if (external + shifts === 0) return undefined;
      return (
        `The ${method} method learns from normal images alone. Leave the outlier sources and shift ` +
        'transforms out, or take the mixed or anchored method.'
      );
    case 'external':
      if (external === 0) {
        return 'OECL needs an outlier source. Name one, or use self-OECL with shift transforms.';
      }
      if (shifts === 0) return undefined;
      return 'OECL takes no shift transforms. Use the mixed or anchored method.';
    case 'shifts':
      if (shifts === 0) {
        return 'self-OECL needs at least one shift transform, for instance cut-mix.';
      }
      if (external === 0) return undefined;
      return 'self-OECL takes no outlier sources. Use the mixed method.';
    case 'any':
      if (external + shifts > 0) return undefined;
      return `The ${method} method needs outliers: name an outlier source or a shift transform.`;
  }
}
