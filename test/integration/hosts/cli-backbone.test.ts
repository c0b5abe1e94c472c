// `normscope backbone` from a user's view.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { conv4File } from '../../parity/engine/support/model-files.ts';
import { cli, cliJson } from './cli-process.ts';

const newFolder = tempFolders();
let folder: string;

beforeEach(() => {
  folder = newFolder();
  vi.stubEnv('NORMSCOPE_BACKBONES', join(folder, 'backbones'));
});
afterEach(() => void vi.unstubAllEnvs());

it('adds a file, lists it and removes it', async () => {
  const file = join(folder, 'own.onnx');
  writeFileSync(file, conv4File(1).bytes);
  const card = join(folder, 'own.json');
  const input = { name: 'images', size: 16, channels: 3, layout: 'NCHW', range: [0, 1] };
  const description = {
    ...{ name: 'own', title: 'A small net', licence: 'Apache-2.0', source: 'the test' },
    input: { ...input, mean: [0, 0, 0], deviation: [1, 1, 1] },
    outputs: [{ name: 'h', kind: 'vector', channels: 32 }],
  };
  writeFileSync(card, JSON.stringify(description));
  expect((await cli('backbone', 'list')).out).toMatch(
    /^name .*\nlite0 +bundled +EfficientNet-Lite0 +Apache-2\.0 +112 px .* s24 s40 s80 s112 s192\n$/,
  );
  expect(await cliJson('backbone', 'add', file, '--card', card)).toMatchObject({
    backbone: {
      ...description,
      bundled: false,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    },
    outputs: [{ name: 'h', shape: [1, 32] }],
  });
  expect((await cli('backbone', 'list')).out).toMatch(
    /own +added +A small net +Apache-2\.0 +16 px .* h\n$/,
  );
  // The card beside the file needs no naming.
  const again = await cli('backbone', 'add', file);
  expect([again.code, again.err]).toEqual([2, expect.stringMatching(/"own" already/) as string]);
  expect(await cliJson('backbone', 'remove', 'own')).toEqual({ removed: 'own' });
  expect(await cliJson('backbone', 'list')).toEqual({
    backbones: [expect.objectContaining({ name: 'lite0', bundled: true })],
    broken: [],
  });
  const kept = await cli('backbone', 'remove', 'lite0');
  expect([kept.code, kept.err]).toEqual([2, expect.stringMatching(/cannot be removed/) as string]);
  const gone = await cli('backbone', 'remove', 'own');
  expect([gone.code, gone.err]).toEqual([1, expect.stringMatching(/no backbone "own"/) as string]);
});

it('names the card or the action that is missing', async () => {
  const add = await cli('backbone', 'add', 'x.onnx');
  expect([add.code, add.err]).toEqual([
    1,
    expect.stringMatching(/There is no card .*x\.json\. Write one/) as string,
  ]);
  const other = await cli('backbone', 'install');
  expect([other.code, other.err]).toEqual([
    2,
    expect.stringMatching(/no "backbone install"; there are: backbone add FILE/) as string,
  ]);
});
