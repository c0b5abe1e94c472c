// The core's process as Electron's main process starts, asks and ends it, without a window.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { CoreProcess, type CoreEnd } from '#hosts/electron/core-process.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const coreEntry = join(root, 'src-main', 'hosts', 'electron', 'core-entry.ts');

async function start(folder: string, create: boolean, node = process.execPath) {
  return await new Promise<{ core: CoreProcess; end: Promise<CoreEnd>; isReady: boolean }>(
    (resolve) => {
      const end = new Promise<CoreEnd>((onEnd) => {
        const places = { node, coreEntry, page: '', preload: '' };
        const core: CoreProcess = new CoreProcess(places, folder, create, {
          onReady: () => resolve({ core, end, isReady: true }),
          onEnd: (told) => {
            onEnd(told);
            resolve({ core, end, isReady: false });
          },
        });
        onTestFinished(() => core.close());
      });
    },
  );
}

it('answers main and its clients, finds pictures, and ends on request', async () => {
  const { core, end, isReady } = await start(join(newFolder(), 'Cells.normscope'), true);
  expect(isReady).toBe(true);
  expect(await core.client.call('jobs.list', {})).toEqual([]);
  expect(await core.picture({ kind: 'thumb', hash: 'a'.repeat(64), look: undefined })).toBeNull();
  const texts: string[] = [];
  const { send } = core.add((text) => void texts.push(text));
  send(JSON.stringify({ kind: 'call', id: 1, name: 'jobs.list', input: {} }));
  await expect.poll(() => texts).toEqual(['{"kind":"result","id":1,"output":[]}']);
  await core.close();
  expect(await end).toEqual({ failure: undefined, log: '' });
  // Each client receives the empty text.
  expect(texts.at(-1)).toBe('');
  expect(await core.picture({ kind: 'thumb', hash: 'a'.repeat(64), look: undefined })).toBeNull();
  await expect(core.client.call('jobs.list', {})).rejects.toMatchObject({ code: 'link-closed' });
});

it('reports why no core could be started: no project, or no Node', async () => {
  const missing = await start(join(newFolder(), 'None.normscope'), false);
  expect((await missing.end).failure).toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('no Normscope project') as string,
  });
  const broken = await start(join(newFolder(), 'Cells.normscope'), true, '/nowhere/node');
  expect((await broken.end).failure).toMatchObject({
    code: 'internal',
    message: expect.stringContaining('ENOENT') as string,
  });
});
