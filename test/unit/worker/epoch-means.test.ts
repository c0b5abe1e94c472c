import { expect, test } from 'vitest';
import type { StepDone } from '#ml/train.ts';
import { EpochMeans, epochSums } from '#worker/epoch-means.ts';

function step(number: number, epoch: number, outlierNorm: number | null = number / 7): StepDone {
  return {
    kind: 'step',
    ...{ step: number, steps: 10, epoch, learningRate: 0.1 / number, alpha: 1, endsEpoch: false },
    ...{ loss: number / 3, ntxent: Math.sqrt(number), normalNorm: number, outlierNorm },
    normalNorms: { first: number, counts: [1] },
    outlierNorms: outlierNorm === null ? null : { first: -number, counts: [2] },
  };
}

test('a report holds the means of its epoch and the rates of its last step', () => {
  const means = new EpochMeans();
  means.add(step(1, 0), 0.5);
  means.add(step(2, 0), 0.25);
  expect(means.finish(step(2, 0))).toEqual({
    ...{ epoch: 0, step: 2, learningRate: 0.05, alpha: 1, seconds: 0.75 },
    loss: (1 / 3 + 2 / 3) / 2,
    ntxent: (1 + Math.SQRT2) / 2,
    normalNorm: 1.5,
    outlierNorm: (1 / 7 + 2 / 7) / 2,
    normalNorms: { first: 1, counts: [1, 1] },
    outlierNorms: { first: -2, counts: [2, 2] },
  });
  means.add(step(3, 1, null), 1);
  expect(means.finish(step(3, 1, null))).toMatchObject({
    ...{ epoch: 1, loss: 1, outlierNorm: null },
    ...{ normalNorms: { first: 3, counts: [1] }, outlierNorms: null },
  });
});

test('sums that went through a file give the same bits', () => {
  const [unbroken, before] = [new EpochMeans(), new EpochMeans()];
  for (const number of [1, 2, 3]) {
    unbroken.add(step(number, 0), 0.1);
    before.add(step(number, 0), 0.1);
  }
  const after = new EpochMeans(epochSums.parse(JSON.parse(JSON.stringify(before.sums))));
  for (const number of [4, 5]) {
    unbroken.add(step(number, 0), 0.1);
    after.add(step(number, 0), 0.1);
  }
  expect(after.finish(step(5, 0))).toEqual(unbroken.finish(step(5, 0)));
});
