import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { cardOf } from '#domain/methods/methods.ts';
import { openApp, type App } from '#core/app.ts';
import type { CoreEvents, RunDetails } from '#contract/core.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { clientOf, ended, importPictures, score, smallTraining, succeeded } from './project.ts';
import type { CoreClient } from './project.ts';

const newFolder = tempFolders();
const counts = { normal: 48, anomalous: 16, outliers: 12 };

describe('the main job', () => {
  let folder: string;
  let project: string;
  let app: App;
  let client: CoreClient;
  let run: RunDetails;
  const events: { [K in keyof CoreEvents]: CoreEvents[K][] } = {
    'job.changed': [],
    'run.step': [],
    'run.epoch': [],
    'run.warning': [],
    'edits.changed': [],
    'project.restored': [],
    'mix.changed': [],
    'advice.progress': [],
    'images.compared': [],
    'clusters.progress': [],
  };

  beforeAll(async () => {
    folder = newFolder();
    project = join(folder, 'Blood cells.normscope');
    app = await openApp(project, { create: true });
    client = clientOf(app);
    for (const [name, list] of Object.entries(events)) {
      client.on(name as keyof CoreEvents, (event) => (list as unknown[]).push(event));
    }
    await importPictures(client, folder, counts);
    const { jobId, runId } = await client.call('runs.train', {
      ...{ ...smallTraining, engine: 'auto' as const },
    });
    expect(await succeeded(client, jobId)).toEqual({ runId: 1, modelId: 1, steps: 20 });
    run = await client.call('runs.show', { runId });
  });

  it('lists the datasets that were imported', async () => {
    expect(await client.call('datasets.list', {})).toEqual([
      { name: 'cells', items: 64, roles: { normal: 48, anomaly: 16 } },
      { name: 'pack', items: 12, roles: { outlier: 12 } },
    ]);
  });

  it('keeps everything that would be needed to do the run again', () => {
    const { config, epochs, createdAt, endedAt, threshold, ...rest } = run;
    const overrides = smallTraining.overrides;
    const chosen = { preset: 'quick', specimen: 'stained', method: 'anchored' } as const;
    expect(rest).toEqual({
      resources: {
        ...{ parts: 1, peakMemory: expect.any(Number) as number },
        ...{ seconds: expect.any(Number) as number, waitSeconds: expect.any(Number) as number },
      },
      scores: cardOf('anchored').scores.map(({ name }) => name),
      ...{ id: 1, name: null, method: 'anchored', preset: 'quick', dataset: 'cells', seed: 7 },
      ...{ engine: 'cpu', device: expect.stringContaining('') as string, state: 'succeeded' },
      engineWhy: expect.stringMatching(
        /^(the fastest (in a short test|with steps of this run)|the only engine)/,
      ) as string,
      ...{
        failure: null,
        stepsDone: 20,
        stepsTotal: 20,
        modelId: 1,
        comparison: null,
        isCancelled: false,
        warnings: [],
      },
      codeVersion: expect.stringMatching(/^\d+\.\d+\.\d+(\+[0-9a-f]{12}(-dirty)?)?$/) as string,
      snapshotHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(config).toEqual({
      ...{ dataset: 'cells', snapshotHash: run.snapshotHash, ...chosen, overrides },
      settings: resolveSettings({ ...chosen, overrides }),
      outliers: [
        {
          ...{ name: 'pack', weight: 1, images: 12 },
          snapshotHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      ],
      ...{ shifts: smallTraining.shifts, seed: 7, engine: 'auto', codeVersion: run.codeVersion },
    });
    expect(threshold).toMatchObject({ scoreName: 'stages', falseAlarms: 0.2 });
    expect(Date.parse(endedAt!)).toBeGreaterThan(Date.parse(createdAt));
    expect(epochs.at(-1)!.step).toBe(20);
    expect(epochs.map(({ epoch }) => epoch)).toEqual(epochs.map((_, index) => index));
    for (const { loss, terms } of epochs) {
      expect(loss).toBeGreaterThan(0);
      expect(terms['outlierNorm']).toBeGreaterThan(0);
    }
    expect(events['run.epoch'].map(({ report }) => report)).toEqual(epochs);
  });

  it('tells steps and progress while it trains', () => {
    expect(events['run.step'].at(-1)).toMatchObject({ runId: 1, step: 20, steps: 20 });
    const states = events['job.changed'].filter(({ kind }) => kind === 'train');
    expect(states.map(({ state }) => state).filter((s, i, all) => s !== all[i - 1])).toEqual([
      ...['queued', 'running', 'succeeded'],
    ]);
    expect(states.some(({ note, total }) => note === 'Training' && total === 20)).toBe(true);
  });

  it('scores every image of the dataset once, and only once', async () => {
    const held = (await client.call('scores.rank', { modelId: 1, dataset: 'cells' })).length;
    expect(await score(client)).toEqual({
      ...{
        modelId: 1,
        dataset: 'cells',
        scored: 64 - held,
        alreadyScored: held,
        failed: [],
        warnings: [],
      },
      drift: expect.objectContaining({ alarm: null }) as unknown,
      batch: expect.objectContaining({ differing: [] }) as unknown,
    });
    expect(await score(client)).toEqual({
      ...{ modelId: 1, dataset: 'cells', scored: 0, alreadyScored: 64, failed: [], warnings: [] },
      drift: expect.objectContaining({ alarm: null }) as unknown,
      batch: expect.objectContaining({ differing: [] }) as unknown,
    });
  });

  it('measures every score on test normals and anomalies, and keeps a threshold', async () => {
    const found = await client.call('scores.evaluate', { modelId: 1, dataset: 'cells' });
    const ranked = await client.call('scores.rank', { modelId: 1, dataset: 'cells' });
    const normals = ranked.filter(({ role, split }) => role === 'normal' && split === 'test');
    const { scores, threshold, flagged, types, effort, lineage, ...rest } = found;
    expect(rest).toEqual({
      ...{ model: 1, dataset: 'cells', rankBy: 'stages', groups: [] },
      // Two of the drawn discs are near duplicates of training images.
      counts: { normal: normals.length - 2, anomalous: 16 },
      shared: {
        normal: { groups: [], images: 0, leftOut: 0 },
        anomalous: { groups: [], images: 0, leftOut: 0 },
      },
      warnings: [expect.stringMatching(/^2 normal test images look the same as images that/)],
    });
    const { auroc, auroc95 } = scores['stages']!;
    expect(types).toMatchObject([{ count: 16, flagged: flagged!.anomalous, auroc, auroc95 }]);
    expect(effort.map(({ share }) => share)).toEqual([0.01, 0.001]);
    expect(lineage).toMatchObject({ model: 1, run: 1, trainedOn: 'cells', dataset: 'cells' });
    expect(Date.parse(lineage.scoredAt!)).toBeLessThanOrEqual(Date.now());
    expect(Object.keys(scores)).toEqual(cardOf('anchored').scores.map(({ name }) => name));
    for (const { auroc, auroc95, aupr, fpr95 } of Object.values(scores)) {
      expect(auroc95[0]).toBeLessThanOrEqual(auroc);
      expect(auroc95[1]).toBeGreaterThanOrEqual(auroc);
      for (const value of [auroc, ...auroc95, aupr, fpr95]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }
    const calibration = ranked.filter(({ split }) => split === 'calibrate');
    expect(threshold).toMatchObject({
      ...{ scoreName: 'stages', falseAlarms: 0.2, calibratedOn: calibration.length },
    });
    const isFlagged = (image: { anomalyScore: number }) =>
      image.anomalyScore > threshold!.anomalyScore;
    expect(flagged).toEqual({
      normal: expect.toSatisfy(
        (count: number) => count <= normals.filter(isFlagged).length,
      ) as unknown,
      anomalous: ranked.filter(({ role }) => role === 'anomaly').filter(isFlagged).length,
    });
  });

  it('ranks the strangest first, against the normals held out to calibrate on', async () => {
    const ranked = await client.call('scores.rank', { modelId: 1, dataset: 'cells' });
    const held = ranked.filter(({ split }) => split === 'calibrate');
    const { threshold } = await client.call('scores.evaluate', { modelId: 1, dataset: 'cells' });
    expect(ranked).toHaveLength(64);
    expect(ranked.map(({ anomalyScore }) => anomalyScore)).toEqual(
      ranked.map(({ anomalyScore }) => anomalyScore).sort((a, b) => b - a),
    );
    for (const { anomalyScore, anomalyRank, flagged, role, path } of ranked) {
      const less = held.filter((other) => other.anomalyScore < anomalyScore).length;
      expect(anomalyRank).toBe(less / held.length);
      expect(flagged).toBe(anomalyScore > threshold!.anomalyScore);
      expect(path).toContain(role === 'normal' ? 'disc' : 'cross');
    }
    expect(
      await client.call('scores.rank', { modelId: 1, dataset: 'cells', offset: 10, limit: 5 }),
    ).toEqual(ranked.slice(10, 15));
    const byNorm = await client.call('scores.rank', {
      ...{ modelId: 1, dataset: 'cells', by: 'normOfMean' },
    });
    expect(byNorm.map(({ imageId }) => imageId)).not.toEqual(ranked.map(({ imageId }) => imageId));
    expect(byNorm[0]!.anomalyScore).toBeLessThanOrEqual(0);
  });

  it('compares with the baseline without training, which separates crosses from discs', async () => {
    const { counts: judged, auroc } = await client.call('scores.baseline', {
      ...{ modelId: 1, dataset: 'cells' },
    });
    const { counts } = await client.call('scores.evaluate', { modelId: 1, dataset: 'cells' });
    expect(judged).toEqual(counts);
    expect(auroc).toBeGreaterThan(0.9);
  });

  it('leaves no pixels of scoring on the disk, but features', async () => {
    expect((await readdir(join(project, 'cache'))).sort()).toEqual([
      ...['features', 'originals', 'shards', 'thumbnails'],
    ]);
  });

  it('finds everything again after it was closed', async () => {
    const questions = async () => ({
      run: await client.call('runs.show', { runId: 1 }),
      runs: await client.call('runs.list', {}),
      ranked: await client.call('scores.rank', { modelId: 1, dataset: 'cells' }),
      evaluation: await client.call('scores.evaluate', { modelId: 1, dataset: 'cells' }),
      jobs: await client.call('jobs.list', {}),
    });
    const before = await questions();
    await app.close();
    app = await openApp(project);
    client = clientOf(app);
    expect(await questions()).toEqual(before);
    const again = await client.call('scores.compute', { modelId: 1, dataset: 'cells' });
    expect(await ended(client, again.jobId)).toMatchObject({
      state: 'succeeded',
      result: { scored: 0, alreadyScored: 64 },
    });
    await app.close();
  });
});
