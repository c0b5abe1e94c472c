import { expect, test } from 'vitest';
import {
  identityDifferences,
  identityOf,
  trainingIdentity,
} from '#worker/files/training-identity.ts';
import { bars, normals, settings, task } from '../small-run.ts';

const identity = identityOf(task, normals, [bars]);

test('the same training has no differences, also after a round trip as text', () => {
  const read = trainingIdentity.parse(JSON.parse(JSON.stringify(identity)));
  expect(identityDifferences(identity, read)).toEqual([]);
  // Where shards lie and what they are called does not matter.
  const moved = {
    ...task,
    folder: 'elsewhere',
    normals: { ...task.normals, name: 'x', path: 'y' },
    runId: 2,
  };
  expect(identityDifferences(identity, identityOf(moved, normals, [bars]))).toEqual([]);
  // Nor in which order a shift's numbers were put together.
  const [{ name, weight, strength }] = task.shifts as [(typeof task.shifts)[0]];
  const turned = { ...task, shifts: [{ strength, weight, name }] };
  expect(identityDifferences(identity, identityOf(turned, normals, [bars]))).toEqual([]);
});

test('each ingredient that differs is named', () => {
  const differ = (...other: Parameters<typeof identityOf>) =>
    identityDifferences(identity, identityOf(...other));
  expect(differ({ ...task, seed: 1 }, normals, [bars])).toEqual([
    'the seed (1099511627776, there 1)',
  ]);
  expect(differ({ ...task, method: 'mixed' }, normals, [bars])).toEqual([
    'the method ("anchored", there "mixed")',
  ]);
  const cooler = { ...settings, learningRate: 0.01, alpha: 2 };
  expect(differ({ ...task, settings: cooler }, normals, [bars])).toEqual([
    'the setting learningRate (0.1, there 0.01)',
    'the setting alpha (1, there 2)',
  ]);
  expect(differ(task, { ...normals, window: [[5, 901]] }, [bars])).toEqual([
    'the pixels of the normal images',
  ]);
  const heavier = [{ ...task.outliers[0]!, weight: 1 }];
  expect(differ({ ...task, outliers: heavier }, normals, [bars])).toEqual(['the outlier sources']);
  expect(differ({ ...task, snapshotHash: 'x', shifts: [] }, normals, [bars])).toEqual([
    'the dataset',
    'the shift transforms ([{"name":"cut-mix","strength":0.5,"weight":1}], there [])',
  ]);
});

test('a checkpoint from before a setting has the value of the behaviour then', () => {
  const text = JSON.stringify(identity).replace('"network":"resnet18",', '');
  expect(text).not.toContain('network');
  const old = trainingIdentity.parse(JSON.parse(text));
  expect(identityDifferences(identity, old)).toEqual([]);
  const other = { ...task, settings: { ...settings, network: 'conv4' as const } };
  expect(identityDifferences(identityOf(other, normals, [bars]), old)).toEqual([
    'the setting network ("conv4", there "resnet18")',
  ]);
});
