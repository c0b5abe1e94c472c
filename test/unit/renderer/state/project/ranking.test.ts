import { describe, expect, it } from 'vitest';
import type { RunComparison, RunSummary } from '#contract/core.ts';
import {
  decisionOn,
  frozenRunOf,
  rankingModels,
  rankingRun,
  trainedRuns,
  trainingBeside,
} from '../../../../../src-renderer/state/project/ranking.ts';

function run(id: number, change: Partial<RunSummary> = {}): RunSummary {
  return {
    ...{ id, name: null, method: 'anchored', preset: 'quick', dataset: 'cells', seed: 0 },
    ...{ snapshotHash: 'a', engine: 'cpu', device: null, state: 'succeeded', failure: null },
    ...{ stepsDone: 5, stepsTotal: 5, createdAt: '2026-01-01T00:00:00Z', endedAt: null },
    ...{ modelId: null, comparison: null, isCancelled: false },
    ...change,
  };
}

function against(otherModelId: number, ranks: 'own' | 'other'): RunComparison {
  return {
    ...{ otherModelId, basis: 'shifts', counts: { normal: 9, anomalous: 9 }, ranks },
    ...{ auroc: { own: 0.8, other: 0.9 }, difference95: [-0.2, 0], backwards: [], reason: '' },
  };
}

/** As the core starts them: the training has the lower number, the frozen model is there first. */
const frozen = run(2, { method: 'frozen', modelId: 1 });
const training = run(1, { state: 'running', stepsDone: 2 });

function ranked(...runs: RunSummary[]): number | undefined {
  return rankingRun(trainedRuns(runs), 'cells')?.modelId;
}

describe('the model that ranks', () => {
  it('is the frozen one until the training has ended, also when its model is there', () => {
    expect(ranked(training)).toBeUndefined();
    expect(ranked(training, { ...frozen, state: 'running' })).toBe(1);
    expect(ranked(training, frozen)).toBe(1);
    expect(ranked({ ...training, modelId: 2 }, frozen)).toBe(1);
  });

  it('is then the one of the comparison', () => {
    const ended = (ranks: 'own' | 'other') => run(1, { modelId: 2, comparison: against(1, ranks) });
    expect(ranked(ended('own'), frozen)).toBe(2);
    expect(ranked(ended('other'), frozen)).toBe(1);
    // The frozen run is in the trash.
    expect(ranked(ended('other'))).toBe(2);
  });

  it('is a refit that takes over from the model that would rank, and from no other one', () => {
    const ended = run(1, { modelId: 2, comparison: against(1, 'own') });
    const refit = (of: number, ranks: 'own' | 'other') =>
      run(3, { method: 'refit', modelId: 3, comparison: against(of, ranks) });
    expect(ranked(frozen, refit(1, 'own'))).toBe(3);
    expect(ranked(frozen, refit(1, 'other'))).toBe(1);
    expect(ranked(ended, frozen, refit(2, 'own'))).toBe(3);
    expect(ranked(ended, frozen, refit(1, 'own'))).toBe(2);
    expect(ranked(frozen, { ...refit(1, 'own'), state: 'running' })).toBe(1);
  });

  it('is the newest where nothing was compared, of the runs of the dataset', () => {
    const others = run(3, { dataset: 'nuclei', modelId: 3 });
    expect(ranked(run(1, { modelId: 1 }), run(2, { modelId: 2 }), others)).toBe(2);
    const trained = trainedRuns([training, frozen, others]);
    expect(trained.map(({ modelId }) => modelId)).toEqual([3, 1]);
    expect([...rankingModels(trained)].sort()).toEqual([1, 3]);
  });
});

describe('a decision between two models', () => {
  const first = run(1, { modelId: 2, comparison: against(1, 'other') });
  const second = run(3, { modelId: 3, comparison: against(1, 'own') });
  const trained = trainedRuns([first, frozen, second]);

  it('is that of the trained model, and the newest with the frozen one', () => {
    expect(decisionOn(trained, { modelId: 2 })).toMatchObject({
      ...{ comparison: first.comparison, rankingModelId: 1, other: frozen },
    });
    expect(decisionOn(trained, { modelId: 1 })).toMatchObject({
      ...{ comparison: second.comparison, rankingModelId: 3, other: second },
    });
  });

  it('is that of the newest refit of a model', () => {
    const refit = run(4, { method: 'refit', modelId: 4, comparison: against(2, 'own') });
    expect(decisionOn(trainedRuns([first, frozen, refit]), { modelId: 2 })).toMatchObject({
      ...{ comparison: refit.comparison, rankingModelId: 4, other: refit },
    });
  });

  it('is there without the other model, and not of models that were never compared', () => {
    expect(decisionOn(trainedRuns([first]), { modelId: 2 })).toMatchObject({ other: undefined });
    expect(decisionOn(trainedRuns([frozen]), { modelId: 1 })).toBeUndefined();
  });
});

describe('a training and its frozen run', () => {
  const runs = [training, frozen, run(3, { method: 'frozen', snapshotHash: 'b' })];

  it('use the same images', () => {
    expect(frozenRunOf(runs, training)).toBe(frozen);
    expect(frozenRunOf(runs, { ...training, snapshotHash: 'c' })).toBeUndefined();
    expect(frozenRunOf(runs, frozen)).toBeUndefined();
    expect(trainingBeside(runs, frozen)).toBe(training);
    expect(trainingBeside(runs, runs[2]!)).toBeUndefined();
    expect(trainingBeside(runs, training)).toBeUndefined();
    expect(trainingBeside([{ ...training, state: 'stopped' }, frozen], frozen)).toBeUndefined();
  });
});
