// Backbones, bundled and added: real files through a real worker, and their features beside a model.

import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openApp } from '#core/app.ts';
import { Backbones } from '#core/backbones/backbones.ts';
import { withLease } from '#core/workers/compute.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { conv4File, lite0Path, oddModel } from '../../parity/engine/support/model-files.ts';
import { clientOf, copyOf, makeTemplate, makeTrained, workersOf } from './project.ts';

const newFolder = tempFolders();

const conv4Card = {
  name: 'conv4',
  title: 'Conv-4 with weights of the test',
  licence: 'Apache-2.0',
  source: 'written by the test',
  input: {
    ...{ name: 'images', size: 16, channels: 3, layout: 'NCHW', range: [0, 1] },
    ...{ mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
  },
  outputs: [
    { name: 'h', kind: 'vector', channels: 32 },
    { name: 'stage2', kind: 'map', channels: 8 },
  ],
};

function lab() {
  const folder = newFolder();
  const kept = join(folder, 'backbones');
  const backbones = new Backbones(kept);
  const file = join(folder, 'conv4.onnx');
  writeFileSync(file, conv4File(1).bytes);
  const cardFile = join(folder, 'card.json');
  const add = (change: object = {}, of = file) => {
    writeFileSync(cardFile, JSON.stringify({ ...conv4Card, ...change }));
    return backbones.add(of, cardFile, neverStop);
  };
  const names = async () => (await backbones.list()).backbones.map(({ card }) => card.name);
  return { folder, kept, backbones, file, cardFile, add, names };
}

describe('a backbone', () => {
  it('is run, copied under its hash, listed, found and removed', async () => {
    const { kept, backbones, file, add, names } = lab();
    expect(await names()).toEqual(['lite0']);
    // A lab's share may be read-only; the copy can be removed all the same.
    chmodSync(file, 0o444);
    const { backbone, trial } = await add();
    expect(trial.outputs).toEqual([
      { name: 'h', shape: [1, 32] },
      { name: 'stage2', shape: [1, 8, 4, 4] },
    ]);
    expect(readFileSync(backbone.path)).toEqual(readFileSync(file));
    expect(backbone.path).toBe(join(kept, `${backbone.card.sha256}.onnx`));
    expect(await backbones.find('conv4')).toEqual(backbone);
    await expect(backbones.find('conv3')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/no backbone "conv3"; the nearest is "conv4"/) as string,
    });
    // The same file with another card shares the copy, which goes with the last one.
    await add({ name: 'conv4-h', outputs: [conv4Card.outputs[0]] });
    expect(await names()).toEqual(['lite0', 'conv4', 'conv4-h']);
    await backbones.remove('conv4');
    expect(existsSync(backbone.path)).toBe(true);
    await backbones.remove('conv4-h');
    expect(readdirSync(kept)).toEqual([]);
    await expect(backbones.remove('conv4')).rejects.toMatchObject({ code: 'not-found' });
    expect(workersOf(process.pid)).toEqual([]);
  });

  it('is refused, and nothing is kept, when card and file do not fit', async () => {
    const { kept, folder, cardFile, add, backbones } = lab();
    const { input, outputs } = conv4Card;
    const odd = join(folder, 'odd.onnx');
    const refused: [string, () => Promise<unknown>, RegExp][] = [
      ['another size', () => add({ input: { ...input, size: 32 } }), /cannot be run with images/],
      [
        'another input',
        () => add({ input: { ...input, name: 'x' } }),
        /has no input "x"; its inputs are: images/,
      ],
      [
        'another output',
        () => add({ outputs: [{ ...outputs[0], name: 'y' }] }),
        /has no output "y"/,
      ],
      [
        'other channels',
        () => add({ outputs: [{ ...outputs[0], channels: 64 }] }),
        /gives "h" as \[1, 32\].*\[1, 64\]/,
      ],
      [
        'another kind',
        () => add({ outputs: [{ ...outputs[1], kind: 'vector' }] }),
        /gives "stage2" as \[1, 8, 4, 4\]/,
      ],
      ['another hash', () => add({ sha256: 'a'.repeat(64) }), /does not match the card.*says aaaa/],
      [
        'a name that is a path',
        () => add({ name: '../x' }),
        /card\.json does not describe a backbone: name: /,
      ],
      [
        'two means',
        () => add({ input: { ...input, mean: [0, 0] } }),
        /input\.mean: needs a number for each channel/,
      ],
      [
        'an output twice',
        () => add({ outputs: [outputs[0], outputs[0]] }),
        /outputs: name one twice/,
      ],
      ['an unknown entry', () => add({ script: 'rm' }), /script/],
      ['no file', () => add({}, join(folder, 'none.onnx')), /There is no file .*none\.onnx/],
      ['a folder', () => add({}, folder), /There is no file/],
      [
        'no card',
        () => backbones.add(odd, join(folder, 'none.json'), neverStop),
        /There is no card/,
      ],
    ];
    for (const [name, attempt, message] of refused) {
      await expect(attempt(), name).rejects.toMatchObject({
        code: expect.stringMatching(/bad-input|not-found/) as string,
        message: expect.stringMatching(message) as string,
      });
    }
    writeFileSync(cardFile, 'name: conv4');
    await expect(backbones.add(odd, cardFile, neverStop)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/card\.json is not JSON/) as string,
    });
    const bytes: [string, Uint8Array][] = [
      ['is empty', new Uint8Array(0)],
      ['is no ONNX model', new TextEncoder().encode('<html>')],
      ['is no ONNX model', conv4File(1).bytes.subarray(0, 9000)],
      ['the operator Sorcery', oddModel({ operator: 'Sorcery' })],
      ['weights in other files', oddModel({ location: 'w.bin' })],
      ['cannot be loaded', oddModel({ dimensions: [2 ** 40] })],
    ];
    for (const [message, content] of bytes) {
      writeFileSync(odd, content);
      // The user's own file is named, and not the copy.
      await expect(add({}, odd), message).rejects.toMatchObject({
        code: 'bad-input',
        path: odd,
        message: expect.stringContaining(message) as string,
      });
    }
    expect(existsSync(kept) ? readdirSync(kept) : []).toEqual([]);
    expect(workersOf(process.pid)).toEqual([]);
  });

  it('whose card or file was damaged is listed as such', async () => {
    const { kept, backbones, add } = lab();
    const { backbone } = await add();
    await add({ name: 'other' });
    writeFileSync(join(kept, 'other.json'), '{');
    rmSync(backbone.path);
    const { backbones: sound, broken } = await backbones.list();
    expect(sound.map(({ card }) => card.name)).toEqual(['lite0']);
    expect(broken).toEqual([
      { name: 'conv4', fault: expect.stringMatching(/its file .* is missing/) as string },
      { name: 'other', fault: expect.stringMatching(/its card .* is damaged/) as string },
    ]);
    await expect(backbones.find('other')).rejects.toMatchObject({ code: 'checkpoint-damaged' });
    await backbones.remove('other');
    await backbones.remove('conv4');
    expect(readdirSync(kept)).toEqual([]);
  });
});

describe('the bundled backbone', () => {
  it('is the file that its card describes', async () => {
    const { backbones } = lab();
    const { card, path, bytes, bundled } = await backbones.find('lite0');
    expect([card.name, card.licence, path, bundled]).toEqual([
      ...['lite0', 'Apache-2.0', lite0Path, true],
    ]);
    const file = readFileSync(path);
    expect(createHash('sha256').update(file).digest('hex')).toBe(card.sha256);
    expect(file.length).toBe(bytes);
    const trial = await withLease(localCompute, (lease) =>
      lease.call('tryBackbone', { model: { hash: card.sha256, path }, card }, neverStop),
    );
    expect(trial.outputs).toEqual(
      [24, 40, 80, 112, 192].map((channels) => {
        return { name: `s${channels}`, shape: [1, 2 * channels] };
      }),
    );
  });

  it('cannot be removed, and nothing else can have its name', async () => {
    const { kept, backbones, file, cardFile, add, names } = lab();
    await expect(backbones.remove('lite0')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'The backbone "lite0" comes with Normscope and cannot be removed.',
    });
    await expect(add({ name: 'lite0' })).rejects.toMatchObject({
      code: 'bad-input',
      path: cardFile,
      message: expect.stringMatching(/"lite0" is that of a backbone that comes with/) as string,
    });
    await expect(backbones.find('lite')).rejects.toMatchObject({
      message: expect.stringMatching(/the nearest is "lite0". There are: lite0\. Add/) as string,
    });
    expect(existsSync(kept)).toBe(false);
    // The user's own of that name, added before there was a bundled one.
    const { backbone } = await add();
    const card = { ...backbone.card, name: 'lite0' };
    writeFileSync(join(kept, 'lite0.json'), JSON.stringify(card));
    rmSync(join(kept, 'conv4.json'));
    expect((await backbones.find('lite0')).bundled).toBe(true);
    expect((await backbones.list()).broken).toEqual([
      { name: 'lite0', fault: expect.stringMatching(/is used in its place/) as string },
    ]);
    await backbones.remove('lite0');
    expect(readdirSync(kept)).toEqual([]);
    expect(await names()).toEqual(['lite0']);
    expect(existsSync(file)).toBe(true);
  });
});

describe('features of a backbone beside a model', () => {
  let kept: string;

  beforeEach(() => {
    kept = join(newFolder(), 'backbones');
    vi.stubEnv('NORMSCOPE_BACKBONES', kept);
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('tell crosses from discs, and are computed once', async () => {
    const counts = { normal: 48, anomalous: 10, outliers: 4 };
    const folder = await copyOf(await makeTrained(newFolder(), counts, 2), newFolder());
    const { file, cardFile } = lab();
    writeFileSync(cardFile, JSON.stringify(conv4Card));
    const { backbone } = await new Backbones().add(file, cardFile, neverStop);
    const ask = async (name: string) => {
      const app = await openApp(folder);
      const asked = { modelId: 1, dataset: 'cells', backbone: name };
      return await clientOf(app)
        .call('scores.baseline', asked)
        .finally(() => app.close());
    };
    const first = await ask('conv4');
    expect(first.counts.anomalous).toBe(10);
    expect(first.counts.normal).toBeGreaterThan(5);
    expect(first.auroc).toBeGreaterThan(0.9);
    // What is computed again would need the file as it was.
    writeFileSync(backbone.path, 'something else');
    expect(await ask('conv4')).toEqual(first);
    rmSync(join(folder, 'cache', 'features'), { recursive: true });
    await expect(ask('conv4')).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      path: backbone.path,
    });
    await expect(ask('conv5')).rejects.toMatchObject({ code: 'not-found' });

    expect((await ask('lite0')).auroc).toBeGreaterThan(0.9);
  });

  it('are listed for a client, and timed for the method frozen', async () => {
    const folder = await makeTemplate(newFolder(), { normal: 32, anomalous: 4, outliers: 2 });
    const { file, cardFile } = lab();
    writeFileSync(cardFile, JSON.stringify(conv4Card));
    await new Backbones().add(file, cardFile, neverStop);
    const app = await openApp(folder);
    try {
      const client = clientOf(app);
      const { backbones, broken } = await client.call('backbones.list', {});
      expect(broken).toEqual([]);
      expect(backbones).toMatchObject([
        { name: 'lite0', inputSize: 112, bundled: true },
        { name: 'conv4', title: conv4Card.title, inputSize: 16, bundled: false },
      ]);
      const asked = {
        dataset: 'cells',
        method: 'frozen',
        overrides: { backbone: 'conv4' },
      } as const;
      const estimate = await client.call('runs.estimate', asked);
      expect(estimate).toMatchObject({ engine: 'cpu', steps: 0, checkpointSeconds: 0 });
      const { splits } = await client.call('images.facets', { dataset: 'cells', role: 'normal' });
      const normals = (wanted: string) => splits.find(({ value }) => value === wanted)!.count;
      const [fitted, calibrated] = [normals('train'), normals('calibrate')];
      const { stepMilliseconds } = estimate;
      expect(estimate.seconds).toBeCloseTo(((fitted + calibrated) * stepMilliseconds) / 1000, 9);
      expect(estimate.imagesPerSecond).toBeCloseTo(1000 / estimate.stepMilliseconds, 6);
      const ranked = await client.call('runs.estimate', { ...asked, rank: true });
      // Each of the 36 is computed once.
      expect(ranked.seconds).toBeCloseTo((36 * ranked.stepMilliseconds) / 1000, 9);
      await expect(
        client.call('runs.estimate', { ...asked, overrides: { backbone: 'conv5' } }),
      ).rejects.toMatchObject({ code: 'not-found' });
    } finally {
      await app.close();
    }
  });
});
