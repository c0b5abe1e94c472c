import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Backbones } from '#core/backbones/backbones.ts';
import { resolveSettings, storedSettings } from '#domain/run-settings.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { networks } from '#ml/networks/networks.ts';
import { fitReadOut } from '#ml/read-out/read-out.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { fitNormals, headOf } from '#ml/refit/refit.ts';
import { describeScoring } from '#ml/score.ts';
import { fitReference } from '#ml/scores/reference.ts';
import type { FrozenModel, Model, RefitModel } from '#worker/files/model-file.ts';
import { describeModel, readModel, writeModel } from '#worker/files/model-file.ts';
import type { TensorFile } from '#worker/files/safetensors.ts';
import { encodeTensors, readTensors } from '#worker/files/safetensors.ts';
import { bars, normals, settings, state, task, temporaryFolder, without } from '../small-run.ts';

const { embeddingSize, featureSize } = networks[settings.network];
const d = featureSize(settings);
const lengths = stageLengths(settings);
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const ramp = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const scored = new Set(describeScoring(settings, 1, 1).state.map(({ name }) => name));

const model: Model = {
  description: describeModel(task, normals, [bars], 300, 'cpu'),
  state: Object.fromEntries(Object.entries(state).filter(([name]) => scored.has(name))),
  reference: fitReference(
    { h: ramp(8 * d), z: ramp(8 * embeddingSize), pooled: ramp(8 * sumOf(lengths)) },
    ...([8, lengths, 1] as const),
  ),
  fitted: { centre: ramp(5) },
};

test('a model comes back as it was, without the optimiser', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  // The slots of a training's state are left out.
  const hash = await writeModel(path, { ...model, state });
  expect(await readModel(path)).toEqual(model);
  expect(await writeModel(path, model)).toBe(hash);
  expect(Object.keys(state).length).toBeGreaterThan(scored.size);
});

test('a model from before the setting network is a ResNet-18; later ones name their network', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  await writeModel(path, model);
  const { tensors, metadata } = await readTensors(path);
  const text = metadata['model']!.replace('"network":"resnet18",', '');
  expect(text).not.toContain('network');
  await writeFile(
    path,
    Buffer.concat(encodeTensors({ tensors, metadata: { ...metadata, model: text } })),
  );
  expect(await readModel(path)).toEqual(model);

  const conv4 = { ...settings, network: 'conv4' as const };
  const small: Model = {
    description: describeModel({ ...task, settings: conv4 }, normals, [bars], 300, 'cpu'),
    state: initialState(describeScoring(conv4, 1, 1), 1),
    reference: model.reference,
    fitted: {},
  };
  await writeModel(path, small);
  expect(await readModel(path)).toEqual(small);
});

test('a model of a version that kept the settings of all methods is read', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  const { description } = model;
  const all = { ...description.settings, temperature: 0.5, anchor: 1 };
  await writeModel(path, { ...model, description: { ...description, settings: all }, fitted: {} });
  expect(await readModel(path)).toEqual({ ...model, fitted: {} });
});

test('a model of a version without the read-out has none', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  const older: Model = { ...model, reference: { ...model.reference, readOut: null } };
  await writeModel(path, older);
  expect(await readModel(path)).toEqual(older);
});

test('a frozen model has its backbone and card in the file, and is refused without either', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  const { card, path: onnxPath } = await new Backbones().find('lite0');
  const [output] = card.outputs;
  const small = { ...card, outputs: [output!] };
  const lengths = [output!.channels];
  const readOut = fitReadOut(ramp(10 * output!.channels), 10, lengths);
  const chosen = { preset: 'quick', specimen: 'natural', method: 'frozen' } as const;
  const settings = resolveSettings({ ...chosen, overrides: {} });
  const frozen: FrozenModel = {
    description: { ...model.description, method: 'frozen', settings },
    frozen: { card: small, onnx: new Uint8Array(await readFile(onnxPath)), readOut },
  };
  await writeModel(path, frozen);
  expect(await readModel(path)).toEqual(frozen);
  const whole = await readTensors(path);
  for (const name of ['backbone.onnx', 'readOut.mean', 'readOut.section1.factor']) {
    const tensors = without(whole.tensors, name);
    await writeFile(path, Buffer.concat(encodeTensors({ ...whole, tensors })));
    await expect(readModel(path)).rejects.toMatchObject({ code: 'checkpoint-damaged', path });
  }
  const metadata = { ...whole.metadata, backbone: '{}' };
  await writeFile(path, Buffer.concat(encodeTensors({ ...whole, metadata })));
  await expect(readModel(path)).rejects.toThrow(/card of its backbone is malformed/);
});

test('a refit has the network that it started from, and the head where there is one', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  const chosen = { preset: 'quick', specimen: 'stained', method: 'refit' } as const;
  const overrides = { ...settings, rankBy: 'refit', views: 0 };
  const description = {
    ...model.description,
    ...{ method: 'refit' as const, settings: storedSettings({ ...chosen, overrides }) },
  };
  const rows = Array.from({ length: 20 }, (_, row) =>
    ramp(sumOf(lengths)).map((value, i) => value + Math.cos(i * row)),
  );
  const shape = { lengths, pictures: 1 };
  const fitted = fitNormals(rows, shape);
  const trained = { frozen: null, state: model.state };
  const refit: RefitModel = {
    description,
    refit: { ...trained, readOut: fitted.readOut, head: null },
  };
  await writeModel(path, refit);
  expect(await readModel(path)).toEqual(refit);
  const head = headOf(rows.slice(0, 4), fitted);
  const second: RefitModel = { description, refit: { ...refit.refit, head } };
  await writeModel(path, second);
  expect(await readModel(path)).toEqual(second);
  const whole = await readTensors(path);
  for (const name of ['outlierHead.weight', 'readOut.mean', 'stem.conv.weight']) {
    const tensors = without(whole.tensors, name);
    await writeFile(path, Buffer.concat(encodeTensors({ ...whole, tensors })));
    await expect(readModel(path)).rejects.toMatchObject({ code: 'checkpoint-damaged', path });
  }
});

test('a damaged model is refused with the reason', async () => {
  const path = join(await temporaryFolder(), 'model.safetensors');
  await writeModel(path, model);
  const whole = await readTensors(path);
  const tensor = (name: string, change: object): TensorFile => {
    const tensors = { ...whole.tensors, [name]: { ...whole.tensors[name]!, ...change } };
    return { ...whole, tensors };
  };
  const lacking = (name: string): TensorFile => {
    return { ...whole, tensors: without(whole.tensors, name) };
  };
  const described = (change: object): TensorFile => ({
    ...whole,
    metadata: { ...whole.metadata, model: JSON.stringify({ ...model.description, ...change }) },
  });
  const nan = (length: number) => new Float32Array(length).fill(NaN);
  const cases: [string, TensorFile][] = [
    ['head.linear2.weight is missing', lacking('head.linear2.weight')],
    ['stem.conv.weight holds NaN', tensor('stem.conv.weight', { values: nan(36) })],
    ['stem.norm.mean holds NaN', tensor('stem.norm.mean', { values: nan(4) })],
    ['reference.mean is [1, 32]', tensor('reference.mean', { shape: [1, d] })],
    [
      'reference.factor is [32, 32]',
      tensor('reference.factor', { values: new Float32Array(d * d) }),
    ],
    ['no bank', lacking('reference.features')],
    ['no bank', tensor('reference.features', { shape: [0, d], values: new Float32Array(0) })],
    [
      'reference.embeddings is [5, 128], not [8, 128]',
      tensor('reference.embeddings', { shape: [5, 128], values: new Float32Array(5 * 128) }),
    ],
    ['description is malformed', described({ settings: { ...settings, width: 2 ** 40 } })],
    ['description is malformed', described({ channels: 0 })],
    ['description is malformed', described({ code: 'process.exit()' })],
    [
      'stem.conv.weight is [4, 1, 3, 3], not [8, 1, 3, 3]',
      described({ settings: { ...settings, width: 8 } }),
    ],
    ['contradicts', described({ channels: 3 })],
    [
      'not a Normscope model',
      { ...whole, metadata: { ...whole.metadata, format: 'normscope-checkpoint' } },
    ],
  ];
  for (const [fault, file] of cases) {
    await writeFile(path, Buffer.concat(encodeTensors(file)));
    await expect(readModel(path), fault).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      path,
      message: expect.stringContaining(fault) as string,
    });
  }
  const later = { ...whole, metadata: { ...whole.metadata, formatVersion: '9' } };
  await writeFile(path, Buffer.concat(encodeTensors(later)));
  await expect(readModel(path)).rejects.toMatchObject({ code: 'bad-input', path });
});
