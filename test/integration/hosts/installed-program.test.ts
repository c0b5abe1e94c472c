// The program that npm installs as `normscope`: it runs the command line with the bundled Node.

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { cli, startCli } from './cli-process.ts';

const tempFolder = tempFolders();
const wrapper = fileURLToPath(
  new URL('../../../src-main/hosts/cli/normscope.cjs', import.meta.url),
);

describe('the program that npm installs', () => {
  it('runs the command line with the bundled Node', async () => {
    expect(await startCli(['--version'], wrapper).ended).toEqual(await cli('--version'));
    expect(await startCli(['rns'], wrapper).ended).toEqual(await cli('rns'));
  });

  it('names what is missing without that Node', async () => {
    const copy = join(tempFolder(), 'normscope.cjs');
    await copyFile(wrapper, copy);
    const { code, err } = await startCli(['runs', 'P'], copy).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/^normscope: The Node.js that Normscope runs on is missing/);
    const asJson = await startCli(['runs', 'P', '--json'], copy).ended;
    expect(JSON.parse(asJson.err)).toMatchObject({ error: { code: 'not-found' } });
  });
});
