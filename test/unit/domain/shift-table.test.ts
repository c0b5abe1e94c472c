// Shift names and their parameters.

import { describe, expect, it } from 'vitest';
import { parseShiftName, shiftNames, shiftParameters, shiftTable } from '#domain/shift-table.ts';

describe('shift names', () => {
  it('are read as they are', () => {
    for (const name of shiftNames) expect(parseShiftName(name)).toBe(name);
  });

  it('that are wrong are refused with the nearest right one', () => {
    expect(() => parseShiftName('cutmix')).toThrow(
      expect.objectContaining({
        code: 'unknown-option',
        message: 'There is no shift transform "cutmix"; the nearest is "cut-mix".',
      }),
    );
    expect(() => parseShiftName('constructor')).toThrow('no shift transform "constructor".');
  });
});

describe.each(shiftNames)('the parameters of %s', (name) => {
  it('are standard and in range when not given', () => {
    const values = shiftParameters(name);
    const { parameters } = shiftTable[name];
    expect(Object.keys(values)).toEqual(Object.keys(parameters));
    for (const [key, { min, max, step, standard, meaning }] of Object.entries(parameters)) {
      expect(values[key]).toBe(standard);
      expect(standard).toBeGreaterThanOrEqual(min);
      expect(standard).toBeLessThanOrEqual(max);
      // A slider can stand at the standard value and at both ends.
      for (const value of [standard, max]) {
        const steps = (value - min) / step;
        expect(steps).toBeCloseTo(Math.round(steps), 6);
      }
      expect(meaning.length).toBeGreaterThan(20);
    }
  });

  it('are refused out of range or unknown, with the remedy', () => {
    for (const [key, { min, max }] of Object.entries(shiftTable[name].parameters)) {
      for (const value of [min - 0.01, max + 0.01, NaN]) {
        expect(() => shiftParameters(name, { [key]: value })).toThrow(
          `${key} of the shift transform "${name}" is a number from ${min} to ${max}`,
        );
      }
      expect(shiftParameters(name, { [key]: max })[key]).toBe(max);
      expect(() => shiftParameters(name, { [`${key}x`]: min })).toThrow(`the nearest is "${key}"`);
    }
    expect(() => shiftParameters(name, { size: 1 })).toThrow('has no parameter "size"');
  });
});
