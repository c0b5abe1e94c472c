import { expect, it } from 'vitest';
import { calibrate } from '#core/scores/calibrate.ts';
import { listAgreement } from '#core/scores/compare/list-agreement.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';
import { giveScore, openCatalogue, put, request, runWithModel } from '../small-catalogue.ts';

const newFolder = tempFolders();

it('says what only one of two models flags, and how far their orders agree', async () => {
  const ports = await openCatalogue(newFolder());
  const { database } = ports;
  put(database, 'cells', [1, 8], { role: 'normal', split: 'train' });
  put(database, 'cells', [9, 18], { role: 'normal', split: 'calibrate' });
  put(database, 'new', [21, 26], { role: 'unlabelled', split: 'none' });
  const models = [1, 2].map((seed) => {
    const modelId = runWithModel(ports, request({ seed, shifts: [{ name: 'noise', weight: 1 }] }));
    const held = Array.from({ length: 10 }, (_, i) => i + 9);
    giveScore(database, modelId, 'cells', new Map(held.map((number) => [number, number])));
    calibrate(database, modelId, held, 0.1);
    return modelId;
  });
  const [one, other] = [models[0]!, models[1]!];
  const agreement = () =>
    database.read((reader) => listAgreement(reader, { one, other, dataset: 'new' }));
  expect(agreement).toThrow('Both models have scored fewer than two images of “new”');

  const give = (modelId: number, scores: number[]) =>
    giveScore(database, modelId, 'new', new Map(scores.map((score, i) => [21 + i, score])));
  // Both lines are at 18.
  give(one, [30, 25, 20, 3, 2, 1]);
  give(other, [40, 4, 5, 50, 2, 1]);
  const found = agreement();
  expect(found).toMatchObject({
    images: 6,
    flagged: {
      both: 1,
      onlyOne: { count: 2, images: [{ path: '/22.png', anomalyScore: 25 }, { path: '/23.png' }] },
      onlyOther: { count: 1, images: [{ path: '/24.png', anomalyScore: 50 }] },
    },
  });
  // Ranks 5 4 3 2 1 0 and 4 2 3 5 1 0: 1 − 6 · 14 / (6 · 35).
  expect(found.rankCorrelation).toBeCloseTo(0.6, 9);
});
