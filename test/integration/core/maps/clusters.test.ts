// Cluster maps of a project: real workers, a frozen network.

import { beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { cli, cliJson } from '../../hosts/cli-process.ts';
import { clientOf, copyOf, makeTemplate, openProject, score, succeeded } from '../project.ts';

const newFolder = tempFolders();
const counts = { normal: 40, anomalous: 30, outliers: 8 };

describe('clusters', () => {
  let template: string;
  beforeAll(async () => {
    template = await makeTemplate(newFolder(), counts);
    const app = await openApp(template);
    const client = clientOf(app);
    const { jobId } = await client.call('runs.train', { dataset: 'cells', method: 'frozen' });
    await succeeded(client, jobId);
    await score(client, 1);
    await app.close();
  });

  const asked = { modelId: 1, dataset: 'cells' } as const;

  it('tell discs and crosses apart, and are the same again', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const steps: number[] = [];
    client.on('clusters.progress', ({ search, done, total }) => {
      if (search === 'mine') steps.push(done / total);
    });
    const map = await client.call('clusters.find', { ...asked, search: 'mine' });
    expect(steps).toEqual([0, 1]);
    expect(map.images).toHaveLength(70);
    expect(map.left).toEqual({ unsampled: 0, unreadable: 0 });
    expect(map.clusters.length).toBeGreaterThan(1);
    for (const { cluster, images, exemplars, meanAnomalyScore } of map.clusters) {
      const own = map.images.filter((image) => image.cluster === cluster);
      expect(own.length).toBe(images);
      expect(new Set(own.map(({ role }) => role)).size, `cluster ${cluster}`).toBe(1);
      expect(exemplars.every((id) => own.some(({ imageId }) => imageId === id))).toBe(true);
      const mean = own.reduce((sum, one) => sum + one.anomalyScore!, 0) / own.length;
      expect(meanAnomalyScore).toBeCloseTo(mean, 9);
    }
    const again = await client.call('clusters.find', asked);
    expect(again).toEqual(map);
  });

  it('become domains in one edit, which is undone in one', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const map = await client.call('clusters.find', asked);
    const parts = map.clusters.map(({ cluster }) => ({
      imageIds: map.images.flatMap((one) => (one.cluster === cluster ? one.imageId : [])),
      set: { domain: `cluster ${cluster}` },
    }));
    const domains = async () => {
      const { domains: found } = await client.call('images.facets', { dataset: 'cells' });
      return Object.fromEntries(found.map(({ value, count }) => [String(value), count]));
    };
    const before = await domains();
    const words = 'Set domains to clusters';
    const edit = await client.call('items.editEach', { dataset: 'cells', words, parts });
    expect(edit).toMatchObject({ changed: 70, state: { undo: `${words}: cells` } });
    expect(await domains()).toEqual(
      Object.fromEntries(map.clusters.map((one) => [`cluster ${one.cluster}`, one.images])),
    );
    // Nothing changes: no further edit.
    const same = await client.call('items.editEach', { dataset: 'cells', words, parts });
    expect(same.changed).toBe(0);
    await client.call('edits.undo', {});
    expect(await domains()).toEqual(before);
    await expect(
      client.call('items.editEach', {
        ...{ dataset: 'cells', words },
        parts: [{ imageIds: [9999], set: { domain: 'x' } }],
      }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leave out what is left out, and say what is missing', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const find = (role: 'normal' | 'anomaly' | 'outlier') =>
      client.call('clusters.find', { ...asked, role });
    const { images } = await find('normal');
    const left = images.slice(0, 4).map(({ imageId }) => ({ dataset: 'cells', imageId }));
    await client.call('items.leaveOut', { images: left });
    expect((await find('normal')).images).toHaveLength(36);
    await expect(find('outlier')).rejects.toThrow(/need 24 images, and "cells" has 0 outlier/);
    const stopped = new AbortController();
    const asking = client.call('clusters.find', { ...asked, role: 'anomaly' }, stopped.signal);
    stopped.abort();
    await expect(asking).rejects.toMatchObject({ code: 'stopped' });
  });

  it('are listed and set by the command line', async () => {
    const project = await copyOf(template, newFolder());
    const words = ['clusters', project, 'cells', '--model', '1'];
    const said = await cli(...words, '--as-domains');
    expect(said.code, said.err).toBe(0);
    expect(said.out).toMatch(/70 images in \d clusters\n[^]*typical images[^]*disc 00\d\d\.png/);
    expect(said.out).toMatch(/Set the domain of 70 images\./);
    expect(await cliJson(...words, '--role', 'anomaly')).toMatchObject({ domainsSet: null });
  });
});
