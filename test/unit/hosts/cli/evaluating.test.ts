import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Evaluation } from '#contract/core.ts';
import type { TypeEvaluation } from '#contract/evaluation.ts';
import { evaluationLines } from '../../../../src-main/hosts/cli/evaluating.ts';

const metrics = { auroc: 0.9, auroc95: [0.8, 1], aupr: 0.9, fpr95: 0.2 } as const;
const none = { groups: [], images: 0, leftOut: 0 };

function evaluation(types: readonly TypeEvaluation[]): Evaluation {
  return {
    ...{ model: 2, dataset: 'cells', counts: { normal: 2000, anomalous: 7 }, rankBy: 'stages' },
    ...{ scores: { stages: metrics }, threshold: null, flagged: null, groups: [], types },
    effort: [
      { share: 0.01, images: 10_000, imagesToFirst: 3.04, precisionAt10: 0.812 },
      { share: 0.001, images: 10_000, imagesToFirst: 26.25, precisionAt10: 0.3 },
    ],
    shared: { normal: { groups: ['p\n1'], images: 3, leftOut: 3 }, anomalous: none },
    warnings: ['3 normal test images share a group with training images (p\n1), …'],
    lineage: {
      ...{ model: 2, modelHash: 'ab', run: 5, trainedOn: 'normals', snapshot: '0123456789abcdef' },
      ...{ codeVersion: '0.1.0', dataset: 'cells', scoredAt: '2026-11-24T13:05:10.000Z' },
    },
  };
}

describe('evaluationLines', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('say the effort of a review, each type, what flatters, and where the figures come from', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    const rare = { type: 'rare', count: 2, flagged: null, auroc: 0.61, auroc95: [0.2, 1] } as const;
    const other = { type: null, count: 5, flagged: 4, auroc: 0.97, auroc95: [0.9, 1] } as const;
    expect(evaluationLines(evaluation([rare, other]))).toEqual([
      'Model 2 on "cells": 2,000 normal and 7 anomalous images that it has not seen',
      '3 normal test images share a group with training images (p\\n1), …',
      '',
      'score     AUROC  95 % interval   AUPR  FPR95',
      'stages *  0.900    0.800-1.000  0.900  0.200',
      '* ranks the images and sets the threshold',
      '',
      'At 1 % anomalies: 3.0 images to look at until the first true one; 8.1 of the first 10 are true.',
      'At 0.1 % anomalies: 26.3 images to look at until the first true one; 3.0 of the first 10 are true.',
      '',
      'per type   anomalous  flagged  AUROC  95 % interval',
      'rare               2           0.610  0.200-1.000',
      '(no type)          5        4  0.970  0.900-1.000',
      '',
      'From model 2 of run 5, trained on "normals" (snapshot 0123456789ab) by Normscope 0.1.0; images of ' +
        '"cells", scored 2026-11-24 14:05.',
    ]);
  });

  it('have no table for a single type', () => {
    const one = { type: 'rare', count: 7, flagged: null, auroc: 0.9, auroc95: [0.8, 1] } as const;
    expect(evaluationLines(evaluation([one])).filter((line) => line.includes('type'))).toEqual([]);
  });
});
