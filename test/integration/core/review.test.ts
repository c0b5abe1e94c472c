// What review asks of the core, over a link, with a model that was trained: images that are alike, and
// the report.

import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { clientOf, copyOf, makeTemplate, openProject, score, train, workersOf } from './project.ts';

const newFolder = tempFolders();
const asked = { modelId: 1, dataset: 'cells' } as const;
let folder: string;
let scored: string;

beforeAll(async () => {
  folder = newFolder();
  scored = await makeTemplate(folder, { normal: 60, anomalous: 24, outliers: 8 });
  const app = await openApp(scored);
  await train(clientOf(app), 12);
  await score(clientOf(app));
  await app.close();
});

describe('images that are alike', () => {
  it('come from the training normals and the outliers, the likest first', async () => {
    const { client } = await openProject(await copyOf(scored, newFolder()));
    const ranked = await client.call('scores.rank', asked);
    const normals = ranked.filter(({ role, split }) => role === 'normal' && split === 'train');
    const cross = ranked.find(({ role }) => role === 'anomaly')!;
    const near = await client.call('scores.neighbours', { ...asked, imageId: cross.imageId });
    expect(near.normals).toHaveLength(6);
    expect(near.outliers).toHaveLength(6);
    const trained = new Set(normals.map(({ imageId }) => imageId));
    for (const { imageId } of near.normals) expect(trained.has(imageId)).toBe(true);
    for (const { path } of near.outliers) expect(path).toContain('stripes');
    for (const list of [near.normals, near.outliers]) {
      const likeness = list.map((neighbour) => neighbour.likeness);
      expect(likeness).toEqual([...likeness].sort((a, b) => b - a));
      for (const cosine of likeness) expect(Math.abs(cosine)).toBeLessThan(1.0001);
    }
    // An image of the training is none of its own neighbours.
    const own = normals[0]!.imageId;
    const most = normals.length;
    const others = await client.call('scores.neighbours', { ...asked, imageId: own, most });
    expect(others.normals).toHaveLength(most - 1);
    expect(others.normals.map(({ imageId }) => imageId)).not.toContain(own);
    expect(workersOf(process.pid)).toEqual([]);
  });

  it('are the five whose likeness is the score', async () => {
    const { client } = await openProject(await copyOf(scored, newFolder()));
    const [strangest] = await client.call('scores.rank', { ...asked, by: 'nearest5' });
    const { imageId, anomalyScore } = strangest!;
    const near = await client.call('scores.neighbours', { ...asked, imageId, most: 5 });
    const mean = near.normals.reduce((sum, { likeness }) => sum + likeness / 5, 0);
    expect(mean).toBeCloseTo(-anomalyScore, 4);
  });

  it('are known again after the project was reopened, without the model’s file', async () => {
    const folder = await copyOf(scored, newFolder());
    const ask = async (imageId: number) => {
      const app = await openApp(folder);
      try {
        return await clientOf(app).call('scores.neighbours', { ...asked, imageId });
      } finally {
        await app.close();
      }
    };
    const [first, last] = await clientOf((await openProject(await copyOf(scored, newFolder()))).app)
      .call('scores.rank', asked)
      .then((ranked) => [ranked[0]!.imageId, ranked.at(-1)!.imageId] as const);
    const before = await ask(first);
    // What is computed again would need it.
    await rm(join(folder, 'models'), { recursive: true });
    expect(await ask(first)).toEqual(before);
    // Cleared, it is computed again.
    await rm(join(folder, 'cache', 'features'), { recursive: true });
    await expect(ask(last)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  it('are refused in words for an image or a model that is not there', async () => {
    const { client } = await openProject(await copyOf(scored, newFolder()));
    await expect(
      client.call('scores.neighbours', { ...asked, modelId: 9, imageId: 1 }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(
      client.call('scores.neighbours', { ...asked, imageId: 999 }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('may still be looked for when the project is closed', async () => {
    const app = await openApp(await copyOf(scored, newFolder()));
    const asking = clientOf(app)
      .call('scores.neighbours', { ...asked, imageId: 1 })
      .catch((error: unknown) => error);
    await app.close();
    expect(await asking).toMatchObject({ code: 'link-closed' });
    expect(workersOf(process.pid)).toEqual([]);
  });
});

describe('the report', () => {
  it('has the figures, the verdicts and no image that the model was trained on', async () => {
    const project = await copyOf(scored, newFolder());
    const { client } = await openProject(project);
    const ranked = await client.call('scores.rank', asked);
    const [first] = ranked;
    await client.call('reviews.add', {
      ...{ imageIds: [first!.imageId], modelId: 1, verdict: 'anomalous', reviewer: 'Zoë <b>' },
      note: 'Two nuclei',
    });
    const note = 'Zeiss, 40×';
    const { path, images } = await client.call('exports.report', { ...asked, pictures: 5, note });
    expect(dirname(path)).toBe(join(project, 'exports'));
    expect(basename(path)).toMatch(/^cells-model-1-\d{8}T\d{6}Z\.html$/);
    const unseen = ranked.filter(({ role, split }) => role === 'anomaly' || split === 'test');
    expect(images).toBe(unseen.length);
    const page = await readFile(path, 'utf8');
    expect(page).toMatch(/judged anomalous<\/b> by Zoë &lt;b&gt;/);
    expect(page).toContain('“Two nuclei”');
    expect(page).toContain('AUROC');
    expect(page).toContain('Zeiss, 40×');
    expect(page).toMatch(
      /<p class="lead">Finds \d+ of 24 known anomalies \(\d+(\.\d)? %\) at 20 false alarms/,
    );
    const own = ranked.find(({ role, split }) => role === 'normal' && split === 'train')!;
    await client.call('reviews.add', { imageIds: [own.imageId], verdict: 'unsure', reviewer: 'B' });
    const again = await client.call('exports.report', { ...asked, pictures: 5 });
    expect(await readFile(again.path, 'utf8')).toContain('the model was trained on it');
    expect(page.match(/src="data:image\/webp/g)).toHaveLength(5);
    expect(page).toContain(`${images - 5} images are not shown here`);
  });

  it('does without anomalies to measure with', async () => {
    const { client } = await openProject(await copyOf(scored, newFolder()));
    const filter = { dataset: 'cells', role: 'anomaly' } as const;
    await client.call('items.edit', { selection: { filter }, set: { role: 'unlabelled' } });
    const { path, images } = await client.call('exports.report', asked);
    expect(images).toBeGreaterThan(24);
    const page = await readFile(path, 'utf8');
    expect(page).not.toContain('<dt>AUROC</dt>');
    expect(page).toContain('not labelled');
  });
});
