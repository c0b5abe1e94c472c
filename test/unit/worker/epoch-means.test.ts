import { expect, test } from 'vitest';
import type { StepDone } from '#ml/train.ts';
import { EpochMeans } from '#worker/epoch-means.ts';
import { epochReport, epochSums } from '#worker/files/progress-schema.ts';

function step(number: number, epoch: number, outlierNorm: number | null = number / 7): StepDone {
  const outliers = outlierNorm === null ? {} : { outlierNorm };
  return {
    kind: 'step',
    ...{ step: number, steps: 10, epoch, learningRate: 0.1 / number, endsEpoch: false },
    loss: number / 3,
    terms: { ntxent: Math.sqrt(number), normalNorm: number, ...outliers },
    scheduled: { alpha: number },
    distributions: {
      normalNorms: { first: number, counts: [1] },
      ...(outlierNorm === null ? {} : { outlierNorms: { first: -number, counts: [2] } }),
    },
  };
}

test('a report holds the means of its epoch and the scheduled values of its last step', () => {
  const means = new EpochMeans();
  means.add(step(1, 0), 0.5);
  means.add(step(2, 0), 0.25);
  expect(means.finish(step(2, 0))).toEqual({
    ...{ epoch: 0, step: 2, learningRate: 0.05, seconds: 0.75 },
    loss: (1 / 3 + 2 / 3) / 2,
    terms: {
      ntxent: (1 + Math.SQRT2) / 2,
      normalNorm: 1.5,
      outlierNorm: (1 / 7 + 2 / 7) / 2,
      alpha: 2,
    },
    distributions: {
      normalNorms: { first: 1, counts: [1, 1] },
      outlierNorms: { first: -2, counts: [2, 2] },
    },
  });
  means.add(step(3, 1, null), 1);
  expect(means.finish(step(3, 1, null))).toMatchObject({
    ...{ epoch: 1, loss: 1, terms: { ntxent: Math.sqrt(3), normalNorm: 3, alpha: 3 } },
    distributions: { normalNorms: { first: 3, counts: [1] } },
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

test('sums and reports of versions before terms were data are read', () => {
  const means = { loss: 4, ntxent: 3, normalNorm: 2, outlierNorm: null };
  const counts = { normalNorms: { first: 1, counts: [8] }, outlierNorms: null };
  const read = {
    ...{ loss: 4, terms: { ntxent: 3, normalNorm: 2 } },
    distributions: { normalNorms: { first: 1, counts: [8] } },
  };
  expect(epochSums.parse({ steps: 2, ...means, ...counts, seconds: 1 })).toEqual({
    ...{ steps: 2, ...read, seconds: 1 },
  });
  // Before norms were counted.
  expect(epochSums.parse({ steps: 2, ...means, seconds: 1 })).toEqual({
    ...{ steps: 2, ...read, distributions: {}, seconds: 1 },
  });
  const last = { epoch: 1, step: 9, learningRate: 0.1, seconds: 1 };
  expect(epochReport.parse({ ...last, ...means, ...counts, outlierNorm: 1, alpha: 0.5 })).toEqual({
    ...{ ...last, ...read, terms: { ntxent: 3, normalNorm: 2, outlierNorm: 1, alpha: 0.5 } },
  });
  expect(epochReport.safeParse({ ...last, ...means, device: 'cpu' }).success).toBe(false);
});
