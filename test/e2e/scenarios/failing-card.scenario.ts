// A graphics card that is lost while durations and shifts are measured: the window shows the
// results of the processor, and a warning. The driver really fails (test/support/faulty-gpu.ts).

import { cp } from 'node:fs/promises';
import { beforeAll, describe } from 'vitest';
import { makeTrained, smallTraining } from '../../integration/core/project.ts';
import { hasFaultyGpu, preferGpu, useFaultyGpu, type FaultyGpu } from '../../support/faulty-gpu.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { goTo } from '../support/go-to.ts';
import { scenario } from '../support/host.ts';

const newFolder = tempFolders();
const hook = new URL('../support/lose-when-computing.ts', import.meta.url);

describe.runIf(hasFaultyGpu)('a graphics card that fails', () => {
  let gpu: FaultyGpu;
  let template: string;

  beforeAll(async () => {
    // With a model, shifts are measured by that model on an engine.
    template = await makeTrained(newFolder(), { normal: 48, anomalous: 6, outliers: 8 }, 6);
    gpu = useFaultyGpu();
    for (const threads of [0, smallTraining.overrides.threads]) await preferGpu(threads);
    // Inherited by the server that the host starts, and its workers.
    process.env['NODE_OPTIONS'] = `--import ${hook.href}`;
  });

  // Browser only: the packaged app ignores NODE_OPTIONS, and shows the same page.
  scenario(
    'is named beside the durations and measures that the processor computed instead',
    async ({ host, projectFolder }) => {
      await cp(template, projectFolder('Cells'), { recursive: true });
      await host.openProject('Cells');
      const page = host.page();
      await goTo(page, 'Train');
      await page
        .getByText(/The webgpu engine failed, and the steps were timed on the processor\.$/)
        .waitFor({ timeout: 120_000 });
      await page
        .getByText(/ on CPU, \d+ threads?.*, until every image is scored \(300 steps of /)
        .waitFor();

      await goTo(page, 'Shifts');
      gpu.heal();
      await page.getByRole('button', { name: 'Measure separability' }).click();
      await page
        .getByText(/The webgpu engine failed, and the shifts were measured on the processor\.$/)
        .waitFor({ timeout: 120_000 });
      await page.getByText(/Measured on \d+ normal images with a frozen network/).waitFor();
    },
    'browser',
  );
});
