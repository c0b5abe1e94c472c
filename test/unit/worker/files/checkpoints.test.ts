import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Checkpoint } from '#worker/files/checkpoints.ts';
import { Checkpoints } from '#worker/files/checkpoints.ts';
import { encodeTensors, readTensors } from '#worker/files/safetensors.ts';
import { identityOf } from '#worker/files/training-identity.ts';
import { bars, normals, program, state, task, temporaryFolder, without } from '../small-run.ts';

const identity = identityOf(task, normals, [bars]);
/** Of a method with few settings of its own. */
const simclr = {
  ...identity,
  method: 'simclr',
  settings: resolveSettings({
    ...{ preset: 'quick', specimen: 'fluorescence', method: 'simclr', overrides: {} },
  }),
};

function checkpoint(step: number): Checkpoint {
  return {
    step,
    sums: {
      steps: 1,
      loss: 0.1 + 0.2,
      terms: { ntxent: 1e-17, normalNorm: 3 },
      distributions: { normalNorms: { first: -3, counts: [1, 0, 7] } },
      seconds: 1,
    },
    lastEpoch: null,
    ...{ engine: 'cpu', device: 'CPU, 2 threads', codeVersion: '1.2.3', parts: 2, state },
  };
}

const silent = (text: string) => {
  throw new Error(text);
};

test('the newest checkpoint comes back as it was, of which two are kept', async () => {
  const folder = join(await temporaryFolder(), 'deep', 'run');
  const checkpoints = await Checkpoints.open(folder, identity, program);
  expect(await checkpoints.newest(silent)).toBeUndefined();
  const paths: string[] = [];
  for (const step of [9, 10, 100]) paths.push(await checkpoints.write(checkpoint(step)));
  expect(await checkpoints.newest(silent)).toEqual(checkpoint(100));
  expect((await readdir(folder)).map((name) => join(folder, name)).sort()).toEqual(paths.slice(1));
});

test('unfinished files of a killed process are removed when a folder is opened', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, '.checkpoint-00000001.safetensors.1.tmp'), 'x');
  await mkdir(join(folder, 'other'));
  await Checkpoints.open(folder, identity, program);
  expect(await readdir(folder)).toEqual(['other']);
});

test('damaged checkpoints are skipped, reported and removed', async () => {
  const folder = await temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, identity, program);
  const good = await checkpoints.write(checkpoint(1));
  const whole = await readTensors(good);
  const weight = whole.tensors['stem.conv.weight']!;
  const changes: [string, Parameters<typeof encodeTensors>[0]][] = [
    ['holds NaN', changed({ ...weight, values: new Float32Array(36).fill(NaN) })],
    ['is [36], not [4, 1, 3, 3]', changed({ ...weight, shape: [36] })],
    ['stem.conv.weight is missing', changed(undefined)],
    ['description', { ...whole, metadata: { ...whole.metadata, progress: '{"step":-1}' } }],
    ['description', { ...whole, metadata: { ...whole.metadata, identity: 'none' } }],
    ['not a checkpoint', { ...whole, metadata: { ...whole.metadata, format: 'normscope-model' } }],
  ];
  function changed(tensor: typeof weight | undefined) {
    const rest = without(whole.tensors, 'stem.conv.weight');
    return { ...whole, tensors: tensor ? { ...rest, 'stem.conv.weight': tensor } : rest };
  }
  for (const [fault, file] of changes) {
    const path = join(folder, 'checkpoint-00000002.safetensors');
    await writeFile(path, Buffer.concat(encodeTensors(file)));
    const told: string[] = [];
    const newest = await checkpoints.newest((text) => told.push(text));
    // Not toEqual, which takes a second for so many numbers.
    expect(isDeepStrictEqual(newest, checkpoint(1))).toBe(true);
    expect(told).toEqual([expect.stringContaining(fault)]);
    expect(told[0]).toContain(path);
    expect(await readdir(folder)).toEqual(['checkpoint-00000001.safetensors']);
  }
});

test('a checkpoint of a later format is refused and kept', async () => {
  const folder = await temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, identity, program);
  const path = await checkpoints.write(checkpoint(1));
  const { tensors, metadata } = await readTensors(path);
  const later = { tensors, metadata: { ...metadata, formatVersion: '2' } };
  await writeFile(path, Buffer.concat(encodeTensors(later)));
  await expect(checkpoints.newest(silent)).rejects.toMatchObject({ code: 'bad-input', path });
  expect(await readdir(folder)).toHaveLength(1);
});

test('a run resumes from a checkpoint with the settings of all methods, as older versions wrote it', async () => {
  const folder = await temporaryFolder();
  const checkpoints = await Checkpoints.open(folder, simclr, program);
  const path = await checkpoints.write(checkpoint(3));
  const whole = await readTensors(path);
  const written = JSON.parse(whole.metadata['identity']!) as typeof simclr;
  expect(Object.keys(written.settings)).not.toContain('alpha');
  const rewrite = async (settings: Readonly<Record<string, unknown>>) => {
    const identity = JSON.stringify({ ...written, settings });
    const file = { ...whole, metadata: { ...whole.metadata, identity } };
    await writeFile(path, Buffer.concat(encodeTensors(file)));
  };
  await rewrite({ ...written.settings, alpha: 1, anchor: 1, warmup: 0.05 });
  expect(await checkpoints.newest(silent)).toEqual(checkpoint(3));
  // A setting that it did not know has the value that means what it did.
  await rewrite(without(written.settings, 'trust'));
  expect(await checkpoints.newest(silent)).toEqual(checkpoint(3));
  await rewrite({ ...written.settings, temperature: 0.7 });
  await expect(checkpoints.newest(silent)).rejects.toThrow(
    'the setting temperature (0.5, there 0.7) differs',
  );
});
