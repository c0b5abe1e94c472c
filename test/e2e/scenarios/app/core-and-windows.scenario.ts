// The core of a window: killed, closed, or locked by another process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { appScenario, scenario } from '../../support/host.ts';
import { importSample, sampleIsThere } from '../../support/images/import-sample.ts';
import { openSampleProject } from '../../support/images/sample-project.ts';

const server = fileURLToPath(new URL('../../../../src-main/hosts/server/main.ts', import.meta.url));

appScenario('a killed core is restarted, and the project is unchanged', async ({ host }) => {
  await host.newProject('Cells');
  await importSample(host.page());
  await host.killCore('Cells');
  await host.page().getByRole('heading', { name: 'Cells has stopped' }).waitFor();
  await host.recover('Cells');
  await sampleIsThere(host.page());
});

appScenario('a project is there again after the app was closed', async (my) => {
  const { host } = my;
  await openSampleProject(my);
  await host.close();
  await host.openProject('Cells');
  await sampleIsThere(host.page());
});

scenario(
  'a project that another process has open is refused with a message',
  async ({ host, projectFolder }) => {
    const other = spawn(process.execPath, [server, projectFolder('Cells'), '--create'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(other.stdout, 'data');
    try {
      await host.newProject('Cells');
      const alert = host.page().getByRole('alert');
      await alert.getByRole('heading', { name: 'Cells cannot be opened' }).waitFor();
      expect(await alert.innerText()).toContain(`process ${String(other.pid)}`);
    } finally {
      const ended = once(other, 'exit');
      other.kill();
      await ended;
    }
    await host.page().getByRole('button', { name: 'Try again' }).click();
    await host.page().getByText('No images yet').waitFor();
  },
  'electron',
);

scenario(
  'a project that could not be created is created after the obstacle is removed',
  async ({ host, projectFolder }) => {
    const other = join(projectFolder('Cells'), 'letters');
    await mkdir(projectFolder('Cells'));
    await writeFile(other, 'Dear colleague');
    await host.newProject('Cells');
    await host.page().getByText('holds other files (letters)').waitFor();
    await rm(other);
    await host.page().getByRole('button', { name: 'Try again' }).click();
    await host.page().getByText('No images yet').waitFor();
  },
  'electron',
);
