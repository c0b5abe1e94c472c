// Opens a copy of the project that set-up.ts has imported the sample into, for scenarios whose subject is
// not the import.

import { cp } from 'node:fs/promises';
import { inject } from 'vitest';
import type { Scenario } from './host.ts';
import { sampleIsThere } from './import-sample.ts';

/** Opens the copy as the project "Cells", and waits until its images are shown. */
export async function openSampleProject({ host, projectFolder }: Scenario): Promise<void> {
  await cp(inject('sampleProject'), projectFolder('Cells'), { recursive: true });
  await host.openFolder('Cells');
  await sampleIsThere(host.page());
}
