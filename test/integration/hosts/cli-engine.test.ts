// `normscope engine install tensorflow` where it cannot work. That it works is shown by CI, which installs
// it before test/parity/engine/tensorflow.test.ts.

import { readdirSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { tempFolders } from '../../support/temp-folder.ts';
import { cli } from './cli-process.ts';

const folder = tempFolders();

afterEach(() => void vi.unstubAllEnvs());

// The one system that TensorFlow is installed for.
it.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'names the compiler that is missing, and leaves nothing behind',
  async () => {
    const engines = folder();
    vi.stubEnv('NORMSCOPE_ENGINES', engines);
    vi.stubEnv('PATH', folder());
    const { code, err } = await cli('engine', 'install', 'tensorflow');
    expect(code).toBe(1);
    expect(err).toContain('A C++ compiler is missing. On Debian or Ubuntu: apt-get install g++');
    expect(readdirSync(engines)).toEqual([]);
  },
);

it('refuses other arguments', async () => {
  const { code, err } = await cli('engine', 'install', 'pytorch');
  expect(code).toBe(2);
  expect(err).toContain('engine install tensorflow');
});
