// Texts and figures shared by the parts of the report.

import type { RankedImage } from '#contract/core.ts';
import { part } from '#domain/figures.ts';

/** The image's true type, as far as it is known. */
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

/** The file and its folder only: the full path of a project is private. */
export function shortName(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}
