import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '#core/app.ts';
import { connectToOwner } from '#core/project/control-socket.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { clientOn, ended, importPictures, openProject, smallTraining } from './project.ts';
import { drawPictures } from './pictures.ts';
import { untilEvent } from './project.ts';

const newFolder = tempFolders();
const ownerScript = fileURLToPath(new URL('./idle-owner.ts', import.meta.url));
const isWindows = process.platform === 'win32';

/** A process that has the project open and does nothing. */
async function startOwner(project: string): Promise<{ kill: () => Promise<void>; pid: number }> {
  const child = spawn(process.execPath, [ownerScript, project], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  onTestFinished(kill);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { kill, pid: child.pid! };
}

async function controlSocketOf(project: string): Promise<string> {
  const owner = JSON.parse(await readFile(join(project, 'project.owner'), 'utf8')) as {
    controlSocket: string;
  };
  return owner.controlSocket;
}

describe('a project', () => {
  it('is created only on request, and the message says how', async () => {
    const project = join(newFolder(), 'New.normscope');
    await expect(openApp(project)).rejects.toMatchObject({
      code: 'not-found',
      path: project,
      message: expect.stringContaining('importing images') as string,
    });
    expect(existsSync(project)).toBe(false);
    await openProject(project);
    for (const name of ['project.sqlite', 'cache', 'models', 'exports', 'backups']) {
      expect(existsSync(join(project, name))).toBe(true);
    }
  });

  it('is not created in a folder that holds other files', async () => {
    const folder = newFolder();
    await writeFile(join(folder, 'image.png'), '');
    await expect(openApp(folder, { create: true })).rejects.toMatchObject({
      ...{ code: 'bad-input', message: expect.stringContaining('image.png') as string },
    });
    const empty = newFolder();
    await mkdir(join(empty, 'cache'));
    await openProject(empty);
  });

  it('is laid into a folder that holds nothing but what systems leave in folders', async () => {
    const folder = newFolder();
    for (const name of ['.DS_Store', 'Thumbs.db', 'desktop.ini', '._x', '.localized']) {
      await writeFile(join(folder, name), 'x');
    }
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models', '.DS_Store'), 'x');
    await openProject(folder);
    expect(existsSync(join(folder, 'project.sqlite'))).toBe(true);
  });

  it('is not begun anew over the models of a catalogue that is gone', async () => {
    const project = join(newFolder(), 'Gone.normscope');
    await mkdir(join(project, 'models', 'run-1'), { recursive: true });
    await mkdir(join(project, 'backups'));
    const copy = join(project, 'backups', 'project-20261124T120000Z-v10.sqlite');
    await writeFile(copy, '');
    for (const create of [true, false]) {
      await expect(openApp(project, { create })).rejects.toMatchObject({
        ...{ code: 'project-damaged', message: expect.stringContaining(copy) as string },
      });
    }
  });

  it('is a folder, not a file', async () => {
    const path = join(newFolder(), 'image.png');
    await writeFile(path, '');
    await expect(openApp(path, { create: true })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('takes images by absolute paths alone: another process has another working folder', async () => {
    const { client } = await openProject(join(newFolder(), 'Paths.normscope'));
    const asked = client.call('images.import', { paths: ['here/a.png'], dataset: 'cells' });
    await expect(asked).rejects.toMatchObject({ code: 'bad-input', path: 'here/a.png' });
  });

  it('tells of an import that found none of its paths, which makes no dataset', async () => {
    const folder = newFolder();
    const { client } = await openProject(join(folder, 'Typo.normscope'));
    const missing = join(folder, 'celsl');
    const input = { paths: [missing], dataset: 'typo', role: 'normal' as const };
    const { jobId } = await client.call('images.import', input);
    expect(await ended(client, jobId)).toMatchObject({
      state: 'failed',
      failure: {
        code: 'not-found',
        message: `There is no file or folder ${missing}. Check the path and import again. Nothing has been changed.`,
      },
      result: { imported: 0, duplicates: 0, failed: [{ path: missing, code: 'not-found' }] },
    });
    expect(await client.call('datasets.list', {})).toEqual([]);

    const paths = await drawPictures(join(folder, 'disc'), 'disc', 2);
    const some = await client.call('images.import', { ...input, paths: [missing, ...paths] });
    expect(await ended(client, some.jobId)).toMatchObject({
      state: 'succeeded',
      result: { imported: 2, failed: [{ path: missing }] },
    });
  });

  it('has one owner, who is named to the second, and is free again when he is killed', async () => {
    const project = join(newFolder(), 'One.normscope');
    await (await openApp(project, { create: true })).close();
    const owner = await startOwner(project);
    await expect(openApp(project)).rejects.toMatchObject({
      ...{
        code: 'project-in-use',
        message: expect.stringContaining(`process ${owner.pid}`) as string,
      },
    });
    await owner.kill();
    const { client } = await openProject(project);
    expect(await client.call('jobs.list', {})).toEqual([]);
  });

  it('refuses a second opening in the same process', async () => {
    const project = join(newFolder(), 'Twice.normscope');
    const { app } = await openProject(project);
    await expect(openApp(project)).rejects.toMatchObject({ code: 'project-in-use' });
    await app.close();
    await (await openApp(project)).close();
  });

  it('can be closed twice', async () => {
    const { app } = await openProject(join(newFolder(), 'Closed.normscope'));
    await app.close();
    await app.close();
  });
});

describe('the control socket', () => {
  it('lets another process list and cancel the runs of the owner', async () => {
    const folder = newFolder();
    const project = join(folder, 'Control.normscope');
    const { client: owner } = await openProject(project);
    await importPictures(owner, folder, { normal: 24, anomalous: 4, outliers: 4 });
    const overrides = { ...smallTraining.overrides, steps: 2000 };
    const { jobId } = await owner.call('runs.train', { ...smallTraining, overrides });

    const client = clientOn((await connectToOwner(project))!);
    await untilEvent(client, 'run.step');
    expect((await client.call('runs.list', {}))[0]).toMatchObject({ id: 1, state: 'running' });
    await expect(client.call('runs.cancel', { runId: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await client.call('runs.cancel', { runId: 1 })).toEqual({ state: 'stopped' });
    expect(await ended(owner, jobId)).toMatchObject({ state: 'stopped' });
    client.close();
    expect(await owner.call('runs.list', {})).toHaveLength(1);
  });

  it('accepts another process, and is removed when its owner closes', async () => {
    const project = join(newFolder(), 'Trace.normscope');
    const { app } = await openProject(project);
    const address = await controlSocketOf(project);
    if (!isWindows) {
      const { mode } = await stat(dirname(address));
      expect(mode & 0o777).toBe(0o700);
    }
    const client = clientOn((await connectToOwner(project))!);
    const closed = new Promise<void>((resolve) => client.onClose(resolve));
    await app.close();
    await closed;
    await expect(client.call('jobs.list', {})).rejects.toMatchObject({ code: 'link-closed' });
    expect(existsSync(dirname(address))).toBe(false);
    expect(await connectToOwner(project)).toBeUndefined();
  });

  it('of a killed owner accepts no connection, and is removed by the next owner', async () => {
    const project = join(newFolder(), 'Stale.normscope');
    await (await openApp(project, { create: true })).close();
    const owner = await startOwner(project);
    const client = clientOn((await connectToOwner(project))!);
    expect(await client.call('jobs.list', {})).toEqual([]);
    const address = await controlSocketOf(project);
    await owner.kill();
    expect(await connectToOwner(project)).toBeUndefined();
    await openProject(project);
    if (!isWindows) expect(existsSync(dirname(address))).toBe(false);
    expect(await connectToOwner(project)).toBeDefined();
  });

  it('is not connected to at an address that Normscope did not choose, nor at that of an old version', async () => {
    const project = newFolder();
    const address = isWindows ? String.raw`\\.\pipe\foreign` : join(project, 'foreign');
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(address, resolve));
    onTestFinished(() => void server.close());
    const owner = { pid: process.pid, host: hostname(), controlSocket: address };
    await writeFile(join(project, 'project.owner'), JSON.stringify(owner));
    expect(await connectToOwner(project)).toBeUndefined();
    const earlier = { pid: process.pid, host: hostname(), door: address };
    for (const text of ['', '{', '{"pid":1}', '[]', JSON.stringify(earlier)]) {
      await writeFile(join(project, 'project.owner'), text);
      expect(await connectToOwner(project)).toBeUndefined();
    }
    expect(await connectToOwner(join(tmpdir(), 'no such project'))).toBeUndefined();
    expect(connections).toBe(0);
  });

  it('drops malformed messages and disconnects a client that floods it, without effect on others', async () => {
    const project = join(newFolder(), 'Flood.normscope');
    await openProject(project);
    const other = clientOn((await connectToOwner(project))!);
    const flooding = createConnection(await controlSocketOf(project));
    const gone = new Promise((resolve) => flooding.once('close', resolve));
    flooding.on('error', () => undefined);
    const answers: unknown[] = [];
    let text = '';
    flooding.setEncoding('utf8').on('data', (part: string) => (text += part));
    flooding.write('no json\n\n{"kind":"call"}\n{"kind":"call","id":1,"name":"constructor"}\n');
    flooding.write('{"kind":"call","id":2,"name":"jobs.show","input":{"jobId":"1"}}\n');
    flooding.write('{"kind":"call","id":3,"name":"jobs.list","input":{}}\n');
    while (text.split('\n').length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    for (const line of text.trim().split('\n')) answers.push(JSON.parse(line));
    expect(answers).toMatchObject([
      { id: 1, kind: 'error', error: { code: 'not-found' } },
      { id: 2, kind: 'error', error: { code: 'bad-input' } },
      { id: 3, kind: 'result', output: [] },
    ]);
    flooding.write('x'.repeat(5 * 2 ** 20));
    await gone;
    expect(await other.call('jobs.list', {})).toEqual([]);
  });
});
