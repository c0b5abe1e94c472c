import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialState } from '#ml/networks/initial-weights.ts';
import { networks } from '#ml/networks/networks.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { describeScoring } from '#ml/score.ts';
import { fitReference } from '#ml/scores/reference.ts';
import type { Model } from '#worker/files/model-file.ts';
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
    { h: ramp(6 * d), z: ramp(6 * embeddingSize), pooled: ramp(6 * sumOf(lengths)) },
    ...([6, lengths, 1] as const),
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
      'reference.embeddings is [5, 128], not [6, 128]',
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
