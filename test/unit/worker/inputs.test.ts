import { expect, test } from 'vitest';
import { inputChecker } from '#rpc/method.ts';
import { workerMethods } from '#worker/inputs.ts';
import { settings, task, without } from './small-run.ts';

const check = inputChecker(workerMethods);

test('a task of the contract passes unchanged', () => {
  expect(check('train', task)).toEqual(task);
  expect(check('describe', {})).toEqual({});
});

test('an invalid field is named', () => {
  const faults: [object, RegExp][] = [
    [{ ...task, settings: without(settings, 'momentum') }, /settings: The settings lack momentum/],
    [{ ...task, settings: { ...settings, speed: 1 } }, /speed/],
    [{ ...task, settings: { ...settings, batch: 1.5 } }, /settings: batch is a whole number/],
    [{ ...task, settings: { ...settings, optimiser: 'newton' } }, /settings: optimiser is one of/],
    [{ ...task, seed: 0.5 }, /seed/],
    [{ ...task, outliers: [{ ...task.outliers[0], weight: 0 }] }, /outliers\.0\.weight/],
    [{ ...task, shifts: [{ ...task.shifts[0], strength: 2 }] }, /shifts\.0\.strength/],
    [{ ...task, method: 'gan' }, /method/],
    [{ ...task, normals: { ...task.normals, hash: 'short' } }, /normals\.hash/],
  ];
  for (const [input, fault] of faults) expect(() => check('train', input)).toThrow(fault);
  const images = [{ index: 0, hash: 'not a hash' }];
  const model = { hash: 'e'.repeat(64), path: 'm' };
  const shard = { name: 's', hash: 'f'.repeat(64), path: 'p' };
  expect(() => check('score', { model, shard, images, seed: 1, engine: 'cpu' })).toThrow(
    /images\.0\.hash/,
  );
});
