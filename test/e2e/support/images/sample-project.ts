// Opens a copy of a project that set-up.ts has imported, for scenarios whose subject is not the import.

import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import type { Scenario } from '../host.ts';
import { sampleIsThere } from './import-sample.ts';

const commandLine = fileURLToPath(
  new URL('../../../../src-main/hosts/cli/main.ts', import.meta.url),
);

/** The sample, as the project "Cells"; waits until its images are shown. */
export async function openSampleProject(my: Scenario): Promise<void> {
  await openCopy(my, inject('sampleProject'));
  await sampleIsThere(my.host.page());
}

/**
 * A tenth of the sample, as the project "Cells"; waits until its images are shown. For trainings whose
 * figures do not matter: it is ranked by the frozen network in a second.
 */
export async function openSmallProject(my: Scenario): Promise<void> {
  await openCopy(my, inject('smallProject'));
  await my.host
    .page()
    .getByRole('tab', { name: /^natural images \d+$/ })
    .waitFor();
}

/** The same, ranked by the frozen network before it is opened. */
export async function openRankedProject(my: Scenario): Promise<void> {
  const project = my.projectFolder('Cells');
  await cp(inject('smallProject'), project, { recursive: true });
  const words = ['train', project, '--dataset', 'blood cells', '--method', 'frozen'];
  await promisify(execFile)(process.execPath, [commandLine, ...words]);
  await my.host.openFolder('Cells');
}

async function openCopy({ host, projectFolder }: Scenario, project: string): Promise<void> {
  await cp(project, projectFolder('Cells'), { recursive: true });
  await host.openFolder('Cells');
}
