// The mix of outliers, previews of shifts, advice on them, and overlaps.

import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { shiftNames } from '#domain/shift-table.ts';
import { budget } from '../../../support/budget.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  copyOf,
  makeTemplate,
  openProject,
  smallTraining,
  succeeded,
  train,
  untilEvent,
  workersOf,
  type CoreClient,
} from '../project.ts';

const newFolder = tempFolders();

async function firstNormal(client: CoreClient): Promise<string> {
  const { images } = await client.call('images.page', { dataset: 'cells', role: 'normal' });
  return images[0]!.hash;
}

describe('outliers', () => {
  let template: string;
  let pictures: string;
  beforeAll(async () => {
    pictures = newFolder();
    template = await makeTemplate(pictures, { normal: 48, anomalous: 12, outliers: 12 });
  });

  describe('the mix', () => {
    it('is kept with the project, and told to everybody', async () => {
      const project = await copyOf(template, newFolder());
      const { client, app } = await openProject(project);
      expect(await client.call('mix.show', {})).toEqual({ sources: [], shifts: [] });
      const mix = {
        sources: [{ name: 'pack', weight: 2, isUsed: false, licence: 'own pictures' }],
        shifts: [
          { name: 'dust', weight: 3, isUsed: true, strength: 0.7, parameters: { specks: 5 } },
        ],
      };
      const told = untilEvent(client, 'mix.changed');
      await client.call('mix.set', mix);
      expect(await told).toEqual(mix);
      await app.close();
      const again = await openProject(project);
      expect(await again.client.call('mix.show', {})).toEqual(mix);
    });

    it('refuses what a run would refuse', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const shift = { name: 'gamma', weight: 1, isUsed: true, strength: 0.5 };
      const set = (odd: object) =>
        client.call('mix.set', { sources: [], shifts: [{ ...shift, ...odd }] });
      await expect(set({ name: 'gama' })).rejects.toThrow('the nearest is "gamma"');
      await expect(set({ parameters: { towards: 2 } })).rejects.toThrow('from -1 to 1');
      await expect(set({ parameters: { toward: 1 } })).rejects.toThrow('the nearest is "towards"');
      await expect(set({ weight: 0 })).rejects.toThrow('weight');
    });
  });

  it('come from sources with what they would give to a training', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const { images } = await client.call('images.page', { dataset: 'pack' });
    await client.call('items.edit', {
      selection: { dataset: 'pack', imageIds: [images[0]!.imageId] },
      set: { split: 'none' },
    });
    const [source, ...others] = await client.call('outliers.sources', { examples: 3 });
    expect(others).toEqual([]);
    expect(source).toMatchObject({ name: 'pack', images: 11, leftOut: 1, licence: null });
    expect(new Set(source!.examples).size).toBe(3);
    expect(source!.examples).not.toContain(images[0]!.hash);
  });

  describe('previews of shifts', () => {
    it('change the picture, are the same again, and differ with seed and parameters', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const hash = await firstNormal(client);
      const preview = async (name: string, seed: number, strength = 0.5) => {
        const { side, channels, pixels } = await client.call('shifts.preview', {
          ...{ dataset: 'cells', hash, seed, side: 32 },
          shift: { name, strength },
        });
        expect([side, channels]).toEqual([32, 3]);
        expect(Buffer.from(pixels, 'base64').length).toBe(32 * 32 * 3);
        return pixels;
      };
      const all = await Promise.all(shiftNames.map((name) => preview(name, 1)));
      expect(new Set(all).size).toBe(shiftNames.length);
      expect(await Promise.all(shiftNames.map((name) => preview(name, 1)))).toEqual(all);
      expect(await preview('dust', 2)).not.toBe(await preview('dust', 1));
      expect(await preview('dust', 1, 0.9)).not.toBe(await preview('dust', 1));
      // One process for all of them, and none once the project is closed.
      expect(workersOf(process.pid).length).toBe(1);
    });

    it('of unknown images and shifts are refused in words', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const ask = (hash: string, name: string) =>
        client.call('shifts.preview', { dataset: 'cells', hash, seed: 0, shift: { name } });
      await expect(ask('0'.repeat(64), 'dust')).rejects.toThrow('There is no image 000');
      await expect(ask(await firstNormal(client), 'dusk')).rejects.toThrow('nearest is "dust"');
    });

    it('go on after their worker was killed', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const input = { dataset: 'cells', hash: await firstNormal(client), seed: 0 };
      const ask = () => client.call('shifts.preview', { ...input, shift: { name: 'flip' } });
      const before = await ask();
      for (const pid of workersOf(process.pid)) process.kill(pid, 'SIGKILL');
      while (workersOf(process.pid).length > 0) await setTimeout(10);
      expect(await ask()).toEqual(before);
    });
  });

  describe('advice on shifts', () => {
    const shifts = [{ name: 'rotate' }, { name: 'channel-swap', strength: 1 }];

    it('rejects a turned disc, tells another colour always, and keeps the answer', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const told = untilEvent(client, 'advice.progress', ({ done, total }) => done === total);
      const advice = await client.call('shifts.advise', { dataset: 'cells', shifts });
      expect(await told).toEqual({ dataset: 'cells', done: 90, total: 90 });
      expect(advice).toMatchObject({ backbone: 'lite0', images: 30, model: null });
      const [turned, coloured] = advice.shifts;
      expect(turned).toMatchObject({ name: 'rotate', decision: 'normal', rank: null });
      expect(coloured!.separability).toBeGreaterThan(0.95);
      expect(coloured!.decision).not.toBe('normal');
      const start = performance.now();
      expect(await client.call('shifts.advise', { dataset: 'cells', shifts })).toEqual(advice);
      // From the cache: without a worker, whose start alone takes longer.
      expect(workersOf(process.pid)).toEqual([]);
      expect(performance.now() - start).toBeLessThan(60_000);
    });

    it('asks the trained model as well, of normals that it has not learnt', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const modelId = await train(client);
      const asked = { dataset: 'cells', shifts, withModel: true };
      const { model } = await client.call('shifts.advise', asked);
      expect(model!.modelId).toBe(modelId);
      expect(model!.images).toBeLessThan(48);
      expect(model!.separability.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(await client.call('shifts.advise', asked)).toMatchObject({ model });
    });

    it('becomes the recommended mix, with the sources by number of images', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const asked = { dataset: 'cells', method: 'anchored' as const, sources: ['pack'] };
      const mix = await client.call('mix.recommend', asked);
      expect(mix).toMatchObject({ basis: 'advice', outliers: [{ name: 'pack', weight: 1 }] });
      expect(mix.shifts.length).toBeGreaterThan(0);
      expect(mix.shifts.map(({ name }) => name)).not.toContain('rotate');
      expect(mix.sentence).toMatch(
        /^Shifts .+ as normal for this specimen.*: pack \(weight 1\)\.$/,
      );
      const run = { ...smallTraining, ...mix, recommended: mix.sentence };
      const { outliers, shifts: taken, dataset, overrides, engine, seed } = run;
      const { runId, jobId } = await client.call('runs.train', {
        ...{ dataset, overrides, engine, seed, outliers: [...outliers], shifts: [...taken] },
        recommended: run.recommended,
      });
      await succeeded(client, jobId);
      const { config } = await client.call('runs.show', { runId });
      expect(config).toMatchObject({ recommended: mix.sentence });
      // A method without shifts gets the sources alone.
      expect(await client.call('mix.recommend', { ...asked, method: 'oecl' })).toMatchObject({
        ...{ basis: 'standard', shifts: [], outliers: [{ name: 'pack', weight: 1 }] },
      });
    });

    it('is the usual shifts, and says so, where too few normals train', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      const { images } = await client.call('images.page', { dataset: 'cells', role: 'normal' });
      await client.call('items.edit', {
        selection: { dataset: 'cells', imageIds: images.slice(0, 40).map((one) => one.imageId) },
        set: { split: 'none' },
      });
      const mix = await client.call('mix.recommend', { dataset: 'cells', method: 'anchored' });
      expect(mix.basis).toBe('standard');
      expect(mix.shifts.map(({ name }) => name)).toEqual(['cut-mix', 'cut-out', 'small-paste']);
      expect(mix.sentence).toContain('needs at least 20 normal images');
    });

    it('is cancelled when asked', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      // So many that also a fast machine is at work when it is called off.
      const many = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((strength) =>
        shiftNames.map((name) => ({ name, strength })),
      );
      await budget('core: stop of the advice on shifts', async () => {
        const controller = new AbortController();
        const input = { dataset: 'cells', shifts: many };
        const asked = client.call('shifts.advise', input, controller.signal);
        const failure = asked.catch((error: unknown) => error);
        await setTimeout(700);
        const start = performance.now();
        controller.abort();
        expect(await failure).toMatchObject({ code: 'stopped' });
        while (workersOf(process.pid).length > 0) await setTimeout(20);
        return performance.now() - start;
      });
    });
  });

  it('say how many of them help and which source does not, on known anomalies', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const asked = { dataset: 'cells', sources: ['pack', 'cells'] };
    await expect(client.call('outliers.budget', asked)).rejects.toMatchObject({
      code: 'too-few-images',
      message: expect.stringContaining('0 known anomalies') as string,
    });
    const { images } = await client.call('images.page', { dataset: 'cells', role: 'anomaly' });
    await client.call('items.edit', {
      selection: { dataset: 'cells', imageIds: images.map((one) => one.imageId) },
      set: { split: 'train' },
    });
    const found = await client.call('outliers.budget', asked);
    expect(found.basis).toBe('few-shot');
    expect(found.counts.anomalous).toBe(12);
    expect(found.points.map(({ outliers }) => outliers)).toEqual([0, 10, 24]);
    expect(found.sources.map(({ name, images: count }) => [name, count])).toEqual([
      ['pack', 12],
      ['cells', 12],
    ]);
    for (const { auroc, difference95, sentence, name } of found.sources) {
      expect(auroc).toBeGreaterThan(0.5);
      expect(difference95[0]).toBeLessThanOrEqual(difference95[1]);
      expect(sentence).toContain(name);
    }
    expect(await client.call('outliers.budget', asked)).toEqual(found);
  });

  describe('that overlap', () => {
    it('with normal and test images are found: equal, saved again and resized; others are not', async () => {
      const { client } = await openProject(await copyOf(template, newFolder()));
      expect(await client.call('outliers.overlaps', { dataset: 'cells' })).toMatchObject({
        count: 0,
        outliers: 12,
        others: 60,
      });
      const folder = newFolder();
      const disc = (index: number) => join(pictures, 'disc', `disc 000${index}.png`);
      await copyFile(disc(1), join(folder, 'same.png'));
      await sharp(await readFile(disc(2)))
        .jpeg({ quality: 85 })
        .toFile(join(folder, 'again.jpg'));
      await sharp(await readFile(disc(3)))
        .resize(64, 64)
        .png()
        .toFile(join(folder, 'larger.png'));
      const cross = join(pictures, 'cross', 'cross 0002.png');
      await sharp(await readFile(cross))
        .jpeg({ quality: 85 })
        .toFile(join(folder, 'cross.jpg'));
      const { jobId } = await client.call('images.import', {
        ...{ paths: [folder], dataset: 'dubious', role: 'outlier' },
      });
      await succeeded(client, jobId);

      const { count, overlaps } = await client.call('outliers.overlaps', { dataset: 'cells' });
      expect(count).toBe(4);
      const found = overlaps.map(({ outlier, other, kind }) => [
        outlier.path.split('/').at(-1),
        other.path.split('/').at(-1),
        kind,
      ]);
      // The same content is one image, which each dataset shows under the name it joined with.
      expect(found[0]).toEqual(['same.png', 'disc 0001.png', 'equal']);
      expect(found.slice(1)).toContainEqual(['again.jpg', 'disc 0002.png', 'near']);
      expect(found.slice(1)).toContainEqual(['larger.png', 'disc 0003.png', 'near']);
      expect(found.slice(1)).toContainEqual(['cross.jpg', 'cross 0002.png', 'near']);

      const asked = { ...smallTraining, outliers: [{ name: 'dubious', weight: 1 }] };
      await expect(client.call('runs.train', asked)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(
          /^4 outliers cannot .* "cells": 1 identical and 3 that look the same\..* Leave them out: [^.]*\.$/,
        ) as unknown,
      });
      // An image that is known as normal is not accepted; one that looks like one is, and that is kept.
      const accepting = { ...asked, acceptOverlaps: true };
      await expect(client.call('runs.train', accepting)).rejects.toThrow('learnt as both');
      await client.call('items.edit', {
        selection: { dataset: 'dubious', imageIds: [overlaps[0]!.outlier.imageId] },
        set: { split: 'none' },
      });
      await expect(client.call('runs.train', asked)).rejects.toThrow('with --accept-overlaps.');
      const { runId } = await client.call('runs.train', accepting);
      const { warnings } = await client.call('runs.show', { runId });
      expect(warnings).toContainEqual(expect.stringContaining('accepted'));
      await client.call('runs.cancel', { runId });
      await client.call('edits.undo', {});

      // One click leaves them out, and one takes that back.
      await client.call('items.edit', {
        selection: { dataset: 'dubious', imageIds: overlaps.map(({ outlier }) => outlier.imageId) },
        set: { split: 'none' },
      });
      expect((await client.call('outliers.overlaps', { dataset: 'cells' })).count).toBe(0);
      await client.call('edits.undo', {});
      expect((await client.call('outliers.overlaps', { dataset: 'cells' })).count).toBe(4);
    });
  });
});
