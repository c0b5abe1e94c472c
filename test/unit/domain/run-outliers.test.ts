// Which outliers each method takes.

import { describe, expect, it } from 'vitest';
import { checkOutliers, takesSources } from '#domain/run-outliers.ts';
import { cardOf, methodNames, type MethodName } from '#domain/methods/methods.ts';

const some = { outlierBatch: 64 };

describe('the outliers of a run', () => {
  // How many external sources and how many shifts.
  const mixes = [
    [0, 0],
    [2, 0],
    [0, 2],
    [1, 1],
  ] as const;

  it.each<readonly [MethodName, readonly boolean[]]>([
    ['oecl', [false, true, false, false]],
    ['self-oecl', [false, false, true, false]],
    ['mixed', [false, true, true, true]],
    ['anchored', [false, true, true, true]],
    ['simclr', [true, false, false, false]],
  ])('of %s are none, external, shifts, both: %j', (method, allowed) => {
    const taken = mixes.map(([external, shifts]) => {
      try {
        checkOutliers(method, external, shifts, some);
        return true;
      } catch (error) {
        expect(error).toMatchObject({
          name: 'Failure',
          code: 'bad-input',
          message: expect.stringMatching(/^The .*\.$/) as string,
        });
        return false;
      }
    });
    expect(taken).toEqual(allowed);
  });

  it('are needed in every step by methods that take some', () => {
    for (const method of methodNames) {
      const { outliers } = cardOf(method);
      const external = takesSources(method) ? 1 : 0;
      const shifts = outliers === 'shifts' ? 1 : 0;
      const check = () => checkOutliers(method, external, shifts, { outlierBatch: 0 });
      if (outliers === 'none') expect(check).not.toThrow();
      else expect(check).toThrow(/outlierBatch is 0. Set outlierBatch to at least 1/);
    }
  });
});
