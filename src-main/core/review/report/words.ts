// Words and figures that the parts of the report share.

import type { RankedImage } from '#contract/core.ts';
import { part } from '#domain/figures.ts';

/** What the image really is, as far as it is known. */
export function trueType({ role, class: type }: RankedImage): string {
  switch (role) {
    case 'normal':
      return type === null || type === 'good' ? 'normal' : `${type} (normal)`;
    case 'anomaly':
      return type ?? 'anomaly';
    case 'outlier':
    case 'unlabelled':
      return type ?? 'not labelled';
  }
}

/** "0.902–0.956". */
export function interval([low, high]: readonly [number, number]): string {
  return `${part(low)}–${part(high)}`;
}

/** The file and its folder: where a project lies on somebody's disk is nobody else's business. */
export function shortName(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}
