import { describe, expect, it } from 'vitest';
import {
  figure,
  interval,
  part,
  percent,
} from '../../../../../src-renderer/parts/text/score-format.ts';

describe('figures of an evaluation', () => {
  it('have only significant digits', () => {
    expect([0.8921, 1].map(part)).toEqual(['0.892', '1.000']);
    expect(interval([0.849, 0.9342])).toBe('0.849–0.934');
    expect([0, 0.05, 0.0357, 0.148, 1].map(percent)).toEqual(
      ['0', '5', '3.6', '15', '100'].map((digits) => `${digits}\u00a0%`),
    );
    expect([0, 62.851, -0.5, 1e-5, 12345678].map(figure)).toEqual([
      '0.000',
      '62.85',
      '-0.5000',
      '1.00e-5',
      '1.23e+7',
    ]);
  });
});
