// A refit with verdicts: real workers, the bundled backbone, features from the cache.

import { join } from 'node:path';
import { rename } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  copyOf,
  makeTemplate,
  openProject,
  smallTraining,
  succeeded,
  train,
  type CoreClient,
} from './project.ts';

const newFolder = tempFolders();
const counts = { normal: 48, anomalous: 12, outliers: 8 };
const images = counts.normal + counts.anomalous;
const held = 9;

async function frozen(client: CoreClient): Promise<number> {
  const { jobId, runId } = await client.call('runs.train', {
    ...{ dataset: 'cells', method: 'frozen', rank: true },
  });
  await succeeded(client, jobId);
  return (await client.call('runs.show', { runId })).modelId!;
}

async function judge(
  client: CoreClient,
  imageIds: readonly number[],
  verdict: 'normal' | 'anomalous',
): Promise<void> {
  await client.call('reviews.add', { imageIds: [...imageIds], verdict, reviewer: 'Mia' });
}

async function idsOf(client: CoreClient, role: 'anomaly' | 'normal', split?: 'test') {
  const page = await client.call('images.page', { dataset: 'cells', role, limit: 100 });
  return page.images
    .filter((image) => split === undefined || image.split === split)
    .map(({ imageId }) => imageId);
}

async function refit(client: CoreClient, modelId: number) {
  const started = await client.call('refits.start', { modelId, dataset: 'cells' });
  await succeeded(client, started.jobId);
  return await client.call('runs.show', { runId: started.runId });
}

describe('a refit', () => {
  let template: string;
  beforeAll(async () => {
    template = await makeTemplate(newFolder(), counts);
  });

  it('ranks all images from cached features, and leaves the earlier model as it is', async () => {
    const folder = newFolder();
    const { client } = await openProject(await makeTemplate(folder, counts));
    const modelId = await frozen(client);
    const asked = { modelId, dataset: 'cells' };
    const crosses = await idsOf(client, 'anomaly');
    await judge(client, crosses.slice(0, 2), 'anomalous');
    const few = await client.call('refits.offer', asked);
    expect(few).toMatchObject({ verdicts: { normal: 0, anomalous: 2, heldOut: 0 } });
    expect(few.obstacle).toMatch(
      /^At least 3 images confirmed as anomalous are needed, and there are 2\./,
    );
    await expect(client.call('refits.start', asked)).rejects.toMatchObject({
      code: 'too-few-images',
    });
    await judge(client, crosses.slice(0, 6), 'anomalous');
    const normals = await idsOf(client, 'normal', 'test');
    await judge(client, normals.slice(0, 3), 'normal');
    // Held out to validate: its verdict is not used.
    const selection = { dataset: 'cells', imageIds: [crosses[5]!] };
    await client.call('items.edit', { selection, set: { split: 'calibrate' } });
    expect(await client.call('refits.offer', asked)).toEqual({
      verdicts: { normal: 3, anomalous: 5, heldOut: 1 },
      obstacle: null,
    });
    const before = await client.call('scores.rank', asked);
    // It reads no pixels.
    for (const name of ['disc', 'cross'])
      await rename(join(folder, name), join(folder, `no ${name}`));

    const run = await refit(client, modelId);
    expect(run).toMatchObject({
      method: 'refit',
      state: 'succeeded',
      dataset: 'cells',
      epochs: [],
    });
    expect(run.warnings).toEqual([
      expect.stringMatching(/^Only 9 normal images were held out to calibrate on/),
    ]);
    expect(run.scores).toEqual(['refit', 'refitReadOut', 'refitHead']);
    expect(run.threshold).toMatchObject({ scoreName: 'refit', calibratedOn: held });
    expect(run.config).toMatchObject({
      seed: 0,
      refit: {
        ...{ model: modelId, run: 1, verdicts: { normal: 3, anomalous: 5, heldOut: 1 } },
        images: { anomalous: crosses.slice(0, 5).sort((a, b) => a - b) },
      },
    });
    const { comparison } = run;
    expect(comparison).toMatchObject({
      ...{ otherModelId: modelId, basis: 'verdicts' },
      counts: { normal: held + 3, anomalous: 5 },
    });
    // By the AUROC, or by the distance where both separate the verdicts completely.
    expect(comparison!.auroc!.own).toBeGreaterThan(0.9);
    expect(comparison!.reason).toMatch(
      comparison!.ranks === 'own'
        ? /^Model 2 ranks, refitted with 5 images confirmed as anomalous and 3 as normal: /
        : /^The earlier ranking is kept, because /,
    );

    const list = await client.call('scores.rank', { modelId: run.modelId!, dataset: 'cells' });
    expect(list).toHaveLength(images);
    expect(await client.call('scores.rank', asked)).toEqual(before);
    // What it learnt from does not measure it.
    const evaluation = await client.call('scores.evaluate', {
      ...{ modelId: run.modelId!, dataset: 'cells' },
    });
    expect(evaluation.counts.anomalous).toBe(counts.anomalous - 6);
    // Two others of the drawn discs are near duplicates of normals that it knows.
    expect(evaluation.counts.normal).toBe(normals.length - 3 - 2);

    // The same verdicts again are refused, more of them are not, also from the refit itself.
    await expect(client.call('refits.start', asked)).rejects.toThrow(
      `Model ${run.modelId} was fitted with these very verdicts`,
    );
    await judge(client, [crosses[6]!], 'anomalous');
    const again = await refit(client, run.modelId!);
    expect(again.comparison!.otherModelId).toBe(modelId);
    expect(again.config).toMatchObject({ refit: { model: modelId, run: 1 } });
    // It is deleted like any run, and a refit of a deleted base says so.
    await client.call('runs.delete', { runId: again.id });
    await client.call('runs.delete', { runId: 1 });
    await expect(
      client.call('refits.offer', { modelId: run.modelId!, dataset: 'cells' }),
    ).rejects.toThrow(/whose run 1 was deleted\. Restore run 1/);
  });

  it('scores new images with its own file, the same as from the cache', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const modelId = await frozen(client);
    await judge(client, (await idsOf(client, 'anomaly')).slice(0, 4), 'anomalous');
    const run = await refit(client, modelId);
    const { jobId } = await client.call('scores.compute', {
      ...{ modelId: run.modelId!, dataset: 'pack' },
    });
    expect(await succeeded(client, jobId)).toMatchObject({ scored: counts.outliers, failed: [] });
    const { normals, outliers } = await client.call('scores.neighbours', {
      ...{ modelId: run.modelId!, dataset: 'cells', imageId: 1 },
    });
    expect(normals.length).toBeGreaterThan(0);
    // The outliers of a refit are the confirmed anomalies.
    expect(outliers.length).toBeGreaterThan(0);
  });

  it('starts from a trained network too, while a training of that lane would wait', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const modelId = await train(client, 4, 2);
    const { jobId } = await client.call('scores.compute', { modelId, dataset: 'cells' });
    await succeeded(client, jobId);
    await judge(client, (await idsOf(client, 'anomaly')).slice(0, 5), 'anomalous');
    const long = await client.call('runs.train', {
      ...smallTraining,
      overrides: { ...smallTraining.overrides, steps: 100_000 },
    });
    const run = await refit(client, modelId);
    expect(run.state).toBe('succeeded');
    expect((await client.call('runs.show', { runId: long.runId })).state).toBe('running');
    await client.call('jobs.stop', { jobId: long.jobId });
    expect(run.config).toMatchObject({ settings: { network: 'conv4', width: 4, views: 0 } });
    const list = await client.call('scores.rank', { modelId: run.modelId!, dataset: 'cells' });
    expect(list).toHaveLength(images);
  });
});
