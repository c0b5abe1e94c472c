// One owner a project: among real processes, and after owners that were killed.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lockProject, readOwner } from '#core/project/project-lock.ts';
import { startProcess } from '../../../support/child-process.ts';
import { budget } from '../../../support/budget.ts';
import { sizes } from '../../../support/sizes.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const tempFolder = tempFolders();
const owner = (folder: string) =>
  startProcess(new URL('./owning-process.ts', import.meta.url), [folder]);

describe('the lock of a project', () => {
  it('is had by one process; the next is told which, and gets it afterwards', async () => {
    const folder = tempFolder();
    const first = owner(folder);
    expect(await first.line()).toBe('owns');
    await budget('store: refusal of a project in use', async () => {
      const start = performance.now();
      await expect(lockProject(folder)).rejects.toMatchObject({
        code: 'project-in-use',
        path: folder,
        message: `Another Normscope (process ${first.pid}) has this project open. Wait until it has finished, or close it.`,
      });
      return performance.now() - start;
    });
    await first.kill();
    await (await lockProject(folder)).release();
  });

  it('is had once within a process, too', async () => {
    const folder = tempFolder();
    const lock = await lockProject(folder);
    await expect(lockProject(folder)).rejects.toMatchObject({ code: 'project-in-use' });
    await lock.release();
    await (await lockProject(folder)).release();
  });

  it('survives a process that fails to get it', async () => {
    const folder = tempFolder();
    const lock = await lockProject(folder);
    for (let attempt = 0; attempt < 2; attempt++) {
      const other = owner(folder);
      expect(await other.line()).toBe('project-in-use');
      await other.kill();
    }
    await lock.release();
  });

  it(`is free after each of ${sizes.kills} owners that were killed`, async () => {
    const killedOwners = async (folder: string, count: number) => {
      for (let round = 0; round < count; round++) {
        const first = owner(folder);
        expect(await first.line()).toBe('owns');
        await first.kill();
        // It had no time to tidy up: what it said of itself must not keep anybody out.
        expect(await readOwner(folder)).toEqual({ pid: first.pid, host: hostname() });
      }
      await (await lockProject(folder)).release();
    };
    // Four folders at a time.
    const counts = [0, 1, 2, 3].map((at) => Math.floor((sizes.kills + at) / 4));
    await Promise.all(counts.map((count) => killedOwners(tempFolder(), count)));
  });

  it('goes to exactly one of several that ask at the same time', async () => {
    const folder = tempFolder();
    const all = Array.from({ length: 4 }, () => owner(folder));
    const answers = await Promise.all(all.map((one) => one.line()));
    await Promise.all(all.map((one) => one.kill()));
    expect(answers.sort()).toEqual(['owns', ...Array<string>(3).fill('project-in-use')]);
  });

  it('names the computer of an owner elsewhere', async () => {
    const folder = tempFolder();
    const lock = await lockProject(folder);
    writeFileSync(join(folder, 'project.owner'), '{"pid":12,"host":"microscope-pc"}');
    await expect(lockProject(folder)).rejects.toThrow(/\(process 12 on microscope-pc\)/);
    writeFileSync(join(folder, 'project.owner'), '{"pid":');
    await expect(lockProject(folder)).rejects.toThrow(/^Another Normscope has this project open/);
    await lock.release();
  });

  it('publishes the control socket of its owner, and leaves only an empty file', async () => {
    const folder = tempFolder();
    const lock = await lockProject(folder);
    await lock.announce('/run/control');
    const { pid } = process;
    expect(await readOwner(folder)).toEqual({
      pid,
      host: hostname(),
      controlSocket: '/run/control',
    });
    await lock.release();
    expect(await readOwner(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['project.lock']);
    expect(readFileSync(join(folder, 'project.lock'), 'utf8')).toBe('');
  });

  it('can be had when something was written into its file', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'project.lock'), 'no lock at all, '.repeat(500));
    const lock = await lockProject(folder);
    await expect(lockProject(folder)).rejects.toMatchObject({ code: 'project-in-use' });
    await lock.release();
  });

  it('is let go of when the owner cannot be written down', async () => {
    const folder = tempFolder();
    // A folder in its place.
    mkdirSync(join(folder, 'project.owner'));
    await expect(lockProject(folder)).rejects.toThrow();
    rmdirSync(join(folder, 'project.owner'));
    await (await lockProject(folder)).release();
    expect(existsSync(join(folder, 'project.owner'))).toBe(false);
  });
});
