// Rules for the outliers of a run: the card of its method says which outliers it takes.

import { Failure } from './failure.ts';
import { cardOf, methodCards, type MethodName } from './methods/methods.ts';
import type { RunSettings } from './run-settings.ts';
import type { ShiftName } from './shift-table.ts';

/** Shifts whose results stay near the specimen: the most informative outliers. */
const nearShifts: readonly ShiftName[] = ['cut-mix', 'cut-out', 'small-paste'];

/** The dataset of the photographs that come with Normscope, where a project has them as outliers. */
export const builtInPack = 'natural images';

export function takesSources(method: MethodName): boolean {
  return ['any', 'sources'].includes(cardOf(method).outliers);
}

export function takesShifts(method: MethodName): boolean {
  return ['any', 'shifts'].includes(cardOf(method).outliers);
}

/** The shifts of a run for which the user named neither outlier sources nor shifts. */
export function standardShifts(method: MethodName): readonly ShiftName[] {
  return takesShifts(method) ? nearShifts : [];
}

/** Throws `bad-input`, with the remedy, when the method cannot work with these outliers. */
export function checkOutliers(
  method: MethodName,
  sources: number,
  shifts: number,
  settings: Pick<RunSettings, 'outlierBatch'>,
): void {
  const fault = faultOf(method, sources, shifts);
  if (fault !== undefined) throw new Failure('bad-input', fault);
  if (cardOf(method).outliers !== 'none' && settings.outlierBatch === 0) {
    throw new Failure(
      'bad-input',
      `The ${method} method needs outliers in every step, but outlierBatch is 0. Set outlierBatch ` +
        `to at least 1 (64 is usual), or take a method without outliers: ${methodsTaking('none')}.`,
    );
  }
}

function methodsTaking(outliers: string): string {
  const names = methodCards.filter((card) => card.outliers === outliers).map(({ name }) => name);
  return names.join(', ');
}

function faultOf(method: MethodName, sources: number, shifts: number): string | undefined {
  const { outliers } = cardOf(method);
  const takesBoth = `Methods that take both: ${methodsTaking('any')}.`;
  if (outliers === 'none') {
    if (sources + shifts === 0) return undefined;
    return (
      `The ${method} method learns from normal images alone. Leave the outlier sources and shift ` +
      `transforms out, or take another method. ${takesBoth}`
    );
  }
  if (sources > 0 && !takesSources(method)) {
    return `The ${method} method takes no outlier sources. ${takesBoth}`;
  }
  if (shifts > 0 && !takesShifts(method)) {
    return `The ${method} method takes no shift transforms. ${takesBoth}`;
  }
  if (sources + shifts > 0) return undefined;
  const wanted = {
    any: 'name an outlier source or a shift transform, for instance cut-mix',
    sources: `name an outlier source, or take a method that uses shift transforms (${methodsTaking('shifts')})`,
    shifts: 'name at least one shift transform, for instance cut-mix',
  }[outliers];
  return `The ${method} method needs outliers: ${wanted}.`;
}
