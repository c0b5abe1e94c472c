// Ranking with a frozen network before a training ends, and the comparison after it: real workers, the
// bundled backbone.

import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  copyOf,
  ended,
  folderOfRun,
  makeTemplate,
  openProject,
  score,
  smallTraining,
  succeeded,
  type CoreClient,
} from './project.ts';

const newFolder = tempFolders();
const counts = { normal: 48, anomalous: 12, outliers: 8 };
const images = counts.normal + counts.anomalous;
/** Normals that the seeded split of the import holds out to calibrate on. */
const held = 9;

const quick = { ...smallTraining, overrides: { ...smallTraining.overrides, views: 2 }, rank: true };
const frozen = { dataset: 'cells', method: 'frozen' as const };

async function scoredBy(client: CoreClient, modelId: number): Promise<number> {
  return (await client.call('scores.rank', { modelId, dataset: 'cells' })).length;
}

describe('a training that ranks', () => {
  let template: string;
  beforeAll(async () => {
    template = await makeTemplate(newFolder(), counts);
  });

  it('is preceded by the list of a frozen network, and ends with a comparison of both', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const states: string[] = [];
    client.on('run.step', () => void states.push('step'));
    const started = await client.call('runs.train', quick);
    const first = started.frozen!;
    await succeeded(client, first.jobId);
    expect(states).toEqual([]);
    const ranked = await client.call('runs.show', { runId: first.runId });
    expect(ranked).toMatchObject({
      method: 'frozen',
      state: 'succeeded',
      stepsDone: 0,
      epochs: [],
    });
    expect(ranked.threshold).toMatchObject({ scoreName: 'frozen', calibratedOn: held });
    expect(await scoredBy(client, ranked.modelId!)).toBe(images);
    // Crosses are stranger than discs that it has not seen.
    const { scores } = await client.call('scores.evaluate', {
      ...{ modelId: ranked.modelId!, dataset: 'cells' },
    });
    expect(scores['frozen']!.auroc).toBeGreaterThan(0.9);

    await succeeded(client, started.jobId);
    const run = await client.call('runs.show', { runId: started.runId });
    expect(await scoredBy(client, run.modelId!)).toBe(images);
    const { comparison } = run;
    expect(comparison).toMatchObject({ otherModelId: ranked.modelId, basis: 'shifts' });
    const [low] = comparison!.difference95!;
    expect(comparison!.ranks).toBe(low > 0 ? 'own' : 'other');
    expect(comparison!.reason).toMatch(/ranks.*AUROC/);
    expect(run.scores.filter((name) => comparison!.backwards.includes(name))).toEqual([]);

    // The same images again: no second frozen run.
    const again = await client.call('runs.train', { ...quick, seed: 8 });
    expect(again.frozen).toBeNull();
    await succeeded(client, again.jobId);
    const { comparison: second } = await client.call('runs.show', { runId: again.runId });
    expect(second).toMatchObject({ otherModelId: ranked.modelId });

    // A frozen run with other settings is another one.
    const upright = await client.call('runs.train', {
      ...quick,
      overrides: { ...quick.overrides, turns: 'none' },
    });
    expect(upright.frozen).not.toBeNull();
    await client.call('jobs.stop', { jobId: upright.jobId });
    await succeeded(client, upright.frozen!.jobId);
  });

  it('leaves the ranking to the frozen network when too few normal images are held out', async () => {
    const folder = newFolder();
    const project = await makeTemplate(folder, { ...counts, normal: 16 });
    const { client } = await openProject(project);
    const started = await client.call('runs.train', quick);
    await succeeded(client, started.jobId);
    const { comparison } = await client.call('runs.show', { runId: started.runId });
    expect(comparison).toMatchObject({ basis: 'none', ranks: 'other', auroc: null });
    expect(comparison!.reason).toMatch(/cannot be measured, because \d normal images are held out/);
  });

  it('stores nothing when its backbone cannot be used', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const asked = { ...frozen, overrides: { backbone: 'gone' } };
    await expect(client.call('runs.train', asked)).rejects.toMatchObject({ code: 'not-found' });
    expect(await client.call('runs.list', {})).toEqual([]);
  });

  it('is compared on anomalies that were set aside to validate, when there are enough', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const { images: crosses } = await client.call('images.page', {
      ...{ dataset: 'cells', role: 'anomaly', limit: 8 },
    });
    const imageIds = crosses.map(({ imageId }) => imageId);
    const selection = { dataset: 'cells', imageIds };
    await client.call('items.edit', { selection, set: { split: 'calibrate' } });
    const started = await client.call('runs.train', quick);
    await succeeded(client, started.jobId);
    const { comparison } = await client.call('runs.show', { runId: started.runId });
    expect(comparison).toMatchObject({
      basis: 'anomalies',
      counts: { normal: held, anomalous: 8 },
    });
  });
});

describe('a frozen model', () => {
  it('scores the same again, finds neighbours, and is refused when its file has changed', async () => {
    const project = await copyOf(await makeTemplate(newFolder(), counts), newFolder());
    const { client } = await openProject(project);
    const { jobId, runId, frozen: none } = await client.call('runs.train', frozen);
    expect(none).toBeNull();
    await succeeded(client, jobId);
    const { modelId } = await client.call('runs.show', { runId });
    expect(await score(client, modelId!)).toMatchObject({
      scored: images - held,
      alreadyScored: held,
    });
    const [strangest] = await client.call('scores.rank', { modelId: modelId!, dataset: 'cells' });
    expect(strangest!.role).toBe('anomaly');
    const { normals } = await client.call('scores.neighbours', {
      ...{ modelId: modelId!, dataset: 'cells', imageId: strangest!.imageId },
    });
    expect(normals.length).toBeGreaterThan(0);
    await appendFile(join(await folderOfRun(project, runId), 'model.safetensors'), 'x');
    const { jobId: broken } = await client.call('scores.compute', {
      ...{ modelId: modelId!, dataset: 'pack' },
    });
    expect((await ended(client, broken)).failure).toMatchObject({ code: 'checkpoint-damaged' });
  });

  it('takes no settings that it does not read, and no outliers', async () => {
    const { client } = await openProject(
      await copyOf(await makeTemplate(newFolder(), counts), newFolder()),
    );
    const train = (change: object) => client.call('runs.train', { ...frozen, ...change });
    await expect(train({ overrides: { width: 16 } })).rejects.toThrow(
      /frozen method has no setting "width"/,
    );
    await expect(train({ overrides: { backbone: 'lite9' } })).rejects.toThrow(
      /no backbone "lite9"/,
    );
    await expect(train({ outliers: [{ name: 'pack', weight: 1 }] })).rejects.toThrow(
      /learns from normal images alone/,
    );
  });
});
