import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examineBatch } from '#core/scores/batch/examine.ts';
import { imageMeasures } from '#core/store/images/image-measures.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';
import { ours, smallProject, type Look, type SmallProject } from './batch-pictures.ts';

const newFolder = tempFolders();

const examine = ({ ports, modelId }: SmallProject, dataset: string) =>
  examineBatch({ modelId, dataset }, neverStop, ports);

const other: Look = { background: 180, cell: [170, 130, 190], radius: 0.36, blur: 1.5 };

describe('a batch of another microscope', () => {
  it('is named with what differs, and never flagged in silence', async () => {
    const project = await smallProject(newFolder());
    const strange = { score: () => 40, count: 50 };
    await project.add({
      dataset: 'monday',
      look: other,
      ...strange,
      score: (_, i) => (i === 0 ? -9 : 40),
    });
    expect(await examine(project, 'monday')).toMatchObject({
      ...{ images: 50, verdict: 'foreign', line: 'model' },
      share: { images: 50, flagged: 49, expectedShare: 0.05, isFarAbove: true },
      differing: ['background', 'stain', 'colour', 'sharpness', 'scale', 'range'],
      sentence:
        'This batch does not look like what the model learnt: 49 of 50 above the line (5 % expected). ' +
        'Background, stain, colour, sharpness, scale and range of values differ.',
      measured: { batch: 50, training: 60 },
    });

    // One property alone, of another kind each.
    await project.add({ dataset: 'dim', look: { ...ours, background: 190 }, ...strange });
    const dim = await examine(project, 'dim');
    expect(dim).toMatchObject({ verdict: 'foreign' });
    expect(dim!.differing).toContain('background');
    expect(dim!.differing).not.toContain('scale');
    await project.add({ dataset: 'near', look: { ...ours, radius: 0.32 }, ...strange });
    const near = await examine(project, 'near');
    expect(near!.differing).toContain('scale');
    expect(near!.differing).not.toContain('background');
    await project.add({ dataset: 'blurred', look: { ...ours, blur: 1.2 }, ...strange });
    expect((await examine(project, 'blurred'))!.differing).toContain('sharpness');
    await project.add({ dataset: 'deep', look: { ...ours, isDeep: true }, ...strange });
    const deep = await examine(project, 'deep');
    expect(deep!.differing).toContain('depth');
    expect(deep!.sentence).toContain('pixel depth or channels');
  });

  it('is named even where the scores do not show it', async () => {
    const project = await smallProject(newFolder());
    await project.add({
      dataset: 'quiet',
      look: other,
      count: 40,
      score: (random) => random.normal(),
    });
    const found = await examine(project, 'quiet');
    expect(found).toMatchObject({ verdict: 'foreign', share: { isFarAbove: false } });
    expect(found!.sentence).toMatch(
      /^This batch does not look like .* of 40 above the line \(5 % expected\): that promises nothing here\.$/,
    );
  });
});

describe('a batch of the same source', () => {
  it('raises nothing over seeded splits, and keeps what it measured', async () => {
    const project = await smallProject(newFolder());
    for (let split = 0; split < 8; split++) {
      const dataset = `split ${split}`;
      await project.add({ dataset, look: ours, count: 30, score: (random) => random.normal() });
      const found = await examine(project, dataset);
      expect(found).toMatchObject({ verdict: 'quiet', sentence: null, differing: [] });
      expect(Math.max(...found!.measures.map(({ distance }) => distance))).toBeLessThan(0.5);
    }
    const { database } = project.ports;
    const all = Array.from({ length: 400 }, (_, i) => i + 1);
    const measured = () => database.read((reader) => imageMeasures(reader, all));
    // The training normals and every batch, but not the normals held out to calibrate on.
    expect(measured().size).toBe(60 + 8 * 30);
    const before = [...measured()];
    await examine(project, 'split 0');
    expect([...measured()]).toEqual(before);
  });

  it('with many true anomalies says that they look alike', async () => {
    const project = await smallProject(newFolder());
    const score = (_: unknown, index: number) => (index < 20 ? 30 : 0);
    await project.add({ dataset: 'mixed', look: ours, count: 60, score });
    expect(await examine(project, 'mixed')).toMatchObject({
      ...{ verdict: 'many', differing: [] },
      sentence:
        '20 of 60 above the line (5 % expected), more than chance alone explains. Background, stain, ' +
        'colour, sharpness, scale and range are like those of the training normals, so these may be true ' +
        'anomalies: look at the strangest first.',
    });
  });
});

it('names the plate that differs in a batch that does not', async () => {
  const project = await smallProject(newFolder());
  const plates = {
    dataset: 'plates',
    count: 150,
    score: (random: { normal: () => number }) => random.normal(),
  };
  await project.add({ ...plates, look: ours, item: (index) => ({ group: `plate ${index % 5}` }) });
  await project.add({
    ...plates,
    look: other,
    count: 12,
    score: () => 40,
    item: () => ({ group: 'plate 9' }),
  });
  const found = await examine(project, 'plates');
  expect(found).toMatchObject({
    by: 'group',
    parts: [{ name: 'plate 9', flagged: 12, images: 12 }],
  });
  expect(found!.parts[0]!.differing).toContain('background');
  expect(found!.sentence).toContain(
    '1 group has far more images above the line than expected: “plate 9” (12 of 12; background',
  );
});

it('says that images cannot be measured where their files are gone', async () => {
  const project = await smallProject(newFolder());
  await project.add({ dataset: 'gone', look: other, count: 30, score: () => 40 });
  const pictures = join(project.ports.folder, 'pictures');
  const [gone] = (await readdir(pictures)).filter((name) => name.startsWith('gone'));
  await rename(join(pictures, gone!), join(pictures, 'moved'));
  const found = await examine(project, 'gone');
  expect(found).toMatchObject({ verdict: 'many', measured: { batch: 0 }, measures: [] });
  expect(found!.sentence).toContain('could not be measured');
});

it('is nothing before images are scored', async () => {
  const project = await smallProject(newFolder());
  expect(await examine(project, 'cells')).toBeNull();
});
