import { expect, it } from 'vitest';
import { preflight } from '#core/training/preflight.ts';
import { startRun } from '#core/training/start-run.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { openCatalogue, put, request } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();

it('counts what teaches, sets the threshold and is to be scored', async () => {
  const { database } = await openCatalogue(newFolder());
  put(database, 'cells', [1, 40], { role: 'normal', split: 'train' });
  put(database, 'cells', [41, 60], { role: 'normal', split: 'calibrate' });
  put(database, 'cells', [61, 65], { role: 'normal', split: 'test' });
  put(database, 'cells', [66, 90], { role: 'unlabelled', split: 'none' });
  const found = await preflight(request({ overrides: { inputSize: 16 } }), database);
  expect(found).toMatchObject({
    ...{ needed: 8, normals: { teach: 40, setLine: 20, test: 5 }, toScore: 30, refusal: null },
  });
  // The images have 30 × 20 pixels.
  expect(found.checks).toEqual([
    { kind: 'normals', state: 'ok', text: '40 normal images teach (8 needed)' },
    {
      ...{ kind: 'threshold', state: 'ok' },
      text: '20 more set the threshold: budgets down to 48 false alarms in 1,000',
    },
    { kind: 'pixels', state: 'ok', text: 'The model sees images of 30 pixels at 16 pixels' },
  ]);
});

it('warns of small inputs and of a missing threshold', async () => {
  const { database } = await openCatalogue(newFolder());
  put(database, 'cells', [1, 9], { role: 'normal', split: 'train' });
  database.transact((writer) => writer.run('update image set width = 640, height = 480'));
  const { checks } = await preflight(request({}), database);
  expect(checks.map(({ state }) => state)).toEqual(['ok', 'warning', 'warning']);
  expect(checks[2]!.text).toMatch(
    /^The model sees 32 pixels of 640: details smaller than about 20 pixels/,
  );
});

it.each([
  [
    0,
    0,
    /^Training needs at least 8 normal images, .* has 0 in its training part\. Import images into it with the role normal/,
  ],
  [5, 2, /has 5 in its training part\. It has 7 normal images in all: add 1 or more\.$/],
  [6, 3, /It has 9 normal images in all: set the split of 2 more of them to train\.$/],
])('refuses %i of %i more for the reason that starting gives', async (train, others, reason) => {
  const ports = await openCatalogue(newFolder());
  const { database } = ports;
  put(database, 'cells', [50, 50], { role: 'unlabelled', split: 'none' });
  if (train > 0) put(database, 'cells', [1, train], { role: 'normal', split: 'train' });
  if (others > 0) put(database, 'cells', [20, 19 + others], { role: 'normal', split: 'test' });
  const { refusal, checks } = await preflight(request({}), database);
  expect(refusal).toMatch(reason);
  expect(checks[0]).toMatchObject({ kind: 'normals', state: 'refused' });
  expect(() => startRun(request({}), ports)).toThrow(refusal!);
});
