// The warnings for norms that do not separate normal images from outliers.

import { describe, expect, it } from 'vitest';
import { normWarning } from '#ml/methods/norm-collapse.ts';

const warningOf = (normalNorm: number, outlierNorm?: number) =>
  normWarning({ normalNorm, ...(outlierNorm === undefined ? {} : { outlierNorm }) });

describe('norms', () => {
  it('that are far apart give no warning, nor does a run without outliers', () => {
    expect(warningOf(6.4, 0.05)).toBeNull();
    expect(warningOf(0.6, 0.2)).toBeNull();
    expect(warningOf(0.01)).toBeNull();
  });

  it('that are both near zero give a warning with a remedy', () => {
    expect(warningOf(0.012, 0.009)).toMatch(
      /^normal and outlier norms are both near zero \(0\.012 and 0\.009\): .*the anchored method\.$/,
    );
  });

  it('that are nearly equal give a warning, also when the outlier norm is larger', () => {
    for (const outlier of [0.67, 2]) {
      expect(warningOf(0.69, outlier)).toMatch(/nearly equal \(0\.690 and .*other outliers/);
    }
  });
});
