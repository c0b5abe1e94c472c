// A share of the outliers: those nearest to the normals are learnt.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { neverStop } from '#domain/stop.ts';
import { FeatureCache } from '#core/features/feature-cache.ts';
import { hardOutliers } from '#core/training/hard-outliers.ts';
import { shardImages } from '#core/scores/shard-images.ts';
import { findDataset, items } from '#core/store/images/datasets.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  copyOf,
  inCatalogue,
  makeTemplate,
  openProject,
  smallTraining,
  succeeded,
  weightsOf,
} from '../project.ts';

const newFolder = tempFolders();

it('are those that a frozen network finds nearest, in their order', async () => {
  const folder = newFolder();
  const project = await makeTemplate(folder, { normal: 40, anomalous: 4, outliers: 6 });
  const images = await inCatalogue(project, (database) => {
    const of = (name: string) =>
      database.read((reader) => items(reader, findDataset(reader, name)!));
    const discs = of('cells').filter(({ role }) => role === 'normal');
    const stripes = of('pack');
    // Other discs beside stripes: a source in which some images are much like the normals.
    const mixed = [...stripes.slice(0, 3), ...discs.slice(30, 36), ...stripes.slice(3)];
    return Promise.all([
      shardImages(database, project, discs.slice(0, 30)),
      shardImages(database, project, mixed),
    ]);
  });
  const [normals, mixed] = images;
  const ports = {
    ...{ folder: project, compute: localCompute, stop: neverStop },
    cache: new FeatureCache(join(project, 'cache', 'features')),
  };
  const pixels = { side: 32, channels: 3, type: 'uint8' as const, window: [] };
  const window = Array.from({ length: 3 }, (): [number, number] => [0, 255]);
  const choice = { specimen: 'stained' as const, seed: 0, pixels: { ...pixels, window } };
  const half = await hardOutliers(mixed, normals, { ...choice, share: 0.5 }, ports);
  expect(half).toEqual(mixed.slice(3, 9));
  expect(await hardOutliers(mixed, normals, { ...choice, share: 0.01 }, ports)).toHaveLength(1);
  expect(await hardOutliers(mixed, [], { ...choice, share: 1 }, ports)).toBe(mixed);
});

it('are recorded with the run, and make another model than all outliers', async () => {
  const template = await makeTemplate(newFolder(), { normal: 40, anomalous: 4, outliers: 12 });
  const weights = await Promise.all(
    [1, 0.25].map(async (hardOutlierShare) => {
      const project = await copyOf(template, newFolder());
      const { client } = await openProject(project);
      const overrides = { ...smallTraining.overrides, hardOutliers: hardOutlierShare };
      const { jobId, runId } = await client.call('runs.train', { ...smallTraining, overrides });
      await succeeded(client, jobId);
      const { config } = await client.call('runs.show', { runId });
      expect(config).toMatchObject({ settings: { hardOutliers: hardOutlierShare } });
      return await weightsOf(project, runId);
    }),
  );
  expect(weights[0]).not.toBe(weights[1]);
});
