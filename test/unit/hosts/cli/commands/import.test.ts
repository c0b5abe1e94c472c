import { expect, it } from 'vitest';
import { parseSplit } from '#hosts/cli/commands/import.ts';

it('takes one side for all images, or shares of the normal ones', () => {
  expect(parseSplit('calibrate')).toBe('calibrate');
  expect(parseSplit('70/15/15')).toEqual([70, 15, 15]);
  expect(parseSplit('0.8/0.2/0')).toEqual([0.8, 0.2, 0]);
});

it.each(['', 'vald', '70/30', '70/15/15/0', '-1/1/1', '0/0/0', '1e3/1/1', 'a/b/c', '1//1'])(
  'refuses %j',
  (text) => {
    expect(() => parseSplit(text)).toThrow(
      /--split is one of train, calibrate, test, none, or three/,
    );
  },
);

it('says how shares with a decimal comma are written', () => {
  expect(() => parseSplit('0,7/0,15/0,15')).toThrow('not "0,7/0,15/0,15". Write 0.7/0.15/0.15.');
  expect(() => parseSplit('70,5/15/14,5')).toThrow('Write 70.5/15/14.5.');
  expect(() => parseSplit('0,7,1/1/1')).toThrow(/not "0,7,1\/1\/1"\.$/);
});
