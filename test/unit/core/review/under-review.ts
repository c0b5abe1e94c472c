// A real catalogue of thirty scored images with the methods that judge them.

import { FeatureCache } from '#core/features/feature-cache.ts';
import { Features } from '#core/scores/features.ts';
import { Edits } from '#core/edits/edits.ts';
import { reviewMethods } from '#core/review/review-methods.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { reviewMethods as contract } from '#contract/review.ts';
import { neverStop as never } from '#domain/stop.ts';
import { giveScore, openCatalogue, put, request, runWithModel } from '../scores/small-catalogue.ts';

/** Every image's anomaly score is its number: 1–8 trained on, 9–18 held out, 19–30 the rest. */
export async function catalogueUnderReview(folder: string) {
  const ports = await openCatalogue(folder);
  const { database, now } = ports;
  put(database, 'cells', [1, 8], { role: 'normal', split: 'train' });
  put(database, 'cells', [9, 18], { role: 'normal', split: 'calibrate' });
  put(database, 'cells', [19, 22], { role: 'normal', split: 'test' });
  put(database, 'cells', [23, 26], { role: 'unlabelled', split: 'none', group: 'anna' });
  put(database, 'cells', [27, 30], { role: 'anomaly', split: 'test' });
  const modelId = runWithModel(ports, request({}));
  const numbers = Array.from({ length: 30 }, (_, index) => index + 1);
  giveScore(database, modelId, 'cells', new Map(numbers.map((n) => [n, n === 20 ? 28.5 : n])));
  const edits = new Edits({
    ...{ database, now },
    onChange: () => undefined,
    assertIdleRun: () => undefined,
    assertIdleDataset: () => undefined,
    onRenamed: () => undefined,
  });
  const features = new Features({
    database,
    folder: '/nowhere',
    compute: localCompute,
    cache: new FeatureCache('/nowhere/cache/features'),
  });
  const methods = reviewMethods({
    database,
    now,
    edits,
    features,
    folder: '/nowhere',
    attribution: () => Promise.resolve([]),
  });
  const add = (review: Parameters<(typeof contract)['reviews.add']['input']['parse']>[0]) =>
    methods['reviews.add'](contract['reviews.add'].input.parse(review), never);
  const judge = (verdict: 'normal' | 'anomalous' | 'unsure', ...imageIds: number[]) =>
    add({ imageIds, modelId, verdict, reviewer: 'mia' });
  const queue = async (more: object = {}) => {
    const input = contract['reviews.queue'].input.parse({ modelId, dataset: 'cells', ...more });
    return await methods['reviews.queue'](input, never);
  };
  return { database, modelId, edits, methods, add, judge, queue };
}
