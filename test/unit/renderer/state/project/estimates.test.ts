import { describe, expect, it } from 'vitest';
import type { RunEstimate } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { Datasets } from '../../../../../src-renderer/state/project/datasets.svelte.ts';
import { Estimates } from '../../../../../src-renderer/state/project/estimates.svelte.ts';
import type { TrainInput } from '../../../../../src-renderer/state/project/train-form.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const estimate: RunEstimate = {
  ...{ engine: 'cpu', device: 'CPU', steps: 10, stepMilliseconds: 100, seconds: 1 },
  ...{ imagesPerSecond: 9, checkpointSeconds: 0, warnings: [] },
  parts: { ranking: 0, training: 1, scoring: 0, comparison: 0 },
};
const input: TrainInput = { dataset: 'cells', preset: 'quick' };

function measured() {
  let normal = 100;
  const answers: { resolve: (found: RunEstimate) => void; reject: (error: Error) => void }[] = [];
  const core = fakeCore({
    'datasets.list': () => [{ name: 'cells', items: normal, roles: { normal } }],
    'runs.estimate': () =>
      new Promise((resolve, reject) => {
        answers.push({ resolve, reject });
      }),
  });
  const datasets = new Datasets(core.client);
  return {
    estimates: new Estimates(core.client, datasets),
    datasets,
    answers,
    add: () => normal++,
  };
}

describe('estimates', () => {
  it('that are restarted are not ended by the stop of the previous ones', async () => {
    const { estimates, answers } = measured();
    const [first, second] = [estimates.measure([input]), estimates.measure([input])];
    await expect.poll(() => answers.length).toBe(2);
    answers[0]!.reject(new Failure('stopped', 'Stopped.'));
    await first;
    expect(estimates.of(input)).toEqual({ kind: 'measuring' });
    answers[1]!.resolve(estimate);
    await second;
    expect(estimates.of(input)).toEqual({ kind: 'measured', estimate });
  });

  it('are not measured after a stop', async () => {
    const { estimates, answers } = measured();
    void estimates.measure([input]);
    await expect.poll(() => answers.length).toBe(1);
    estimates.stop();
    expect(estimates.of(input)).toBeUndefined();
  });

  it('are unknown after the number of images has changed', async () => {
    const { estimates, datasets, answers, add } = measured();
    await datasets.list.load();
    const measuring = estimates.measure([input]);
    await expect.poll(() => answers.length).toBe(1);
    answers[0]!.resolve(estimate);
    await measuring;
    expect(estimates.of(input)?.kind).toBe('measured');
    add();
    await datasets.list.load();
    expect(estimates.of(input)).toBeUndefined();
  });
});
