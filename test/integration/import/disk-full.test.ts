// A disk that fills up during an import is reported; finished images are kept, and the import can be run
// again when there is free space (R5).

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomFillSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { newFolder } from './support/new-project.ts';
import { openProject } from './support/project.ts';
import { writePng } from './support/write-png.ts';
import { writeZip } from './support/write-zip.ts';

const run = promisify(execFile);

/** Mounts a small disk; undefined where that is not allowed. */
async function smallDisk(megabytes: number): Promise<string | undefined> {
  const disk = join(await newFolder(), 'disk');
  await mkdir(disk);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', disk]);
  } catch {
    return undefined;
  }
  onTestFinished(async () => {
    await run('umount', ['-l', disk]);
  });
  return disk;
}

test('a full disk ends the import and keeps what was read; with free space it continues', async (context) => {
  // As many images, of half a megabyte each, as are unpacked ahead of the readers fit on it.
  const ahead = 4 * (availableParallelism() + 1);
  const megabytes = 2 + ahead / 2;
  const disk = await smallDisk(megabytes);
  if (disk === undefined) context.skip('no disk can be mounted here: only the superuser may');
  const side = 700;
  const members = Array.from({ length: 12 + ahead }, (_, i) => {
    const data = randomFillSync(new Uint8Array(side * side));
    return { name: `${i}.png`, data: writePng({ width: side, height: side, data }) };
  });
  const archive = join(await newFolder(), 'a.zip');
  await writeFile(archive, writeZip(members));
  const project = await openProject(disk!);
  const error = await project.import(archive).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Failure);
  expect(error).toMatchObject({
    code: 'disk-full',
    message: expect.stringMatching(/^The disk/) as string,
  });
  const read = project.items().length;
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(members.length);

  await run('mount', ['-o', `remount,size=${10 * megabytes}m`, disk!]);
  const result = await project.import(archive);
  expect(result).toMatchObject({ imported: members.length - read, duplicates: read, failed: [] });
  project.database.close();
});
