// How long a run would take.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { tempFolders } from '../../../support/temp-folder.ts';
import { makeTemplate, openProject, smallTraining } from '../project.ts';

const newFolder = tempFolders();

it('a training is estimated from its own steps, and is called off', async () => {
  const project = await makeTemplate(newFolder(), { normal: 48, anomalous: 12, outliers: 12 });
  const { client } = await openProject(project);
  const estimate = await client.call('runs.estimate', smallTraining);
  expect(estimate).toMatchObject({ engine: 'cpu', steps: 20 });
  expect(estimate.seconds).toBeCloseTo((20 * estimate.stepMilliseconds) / 1000, 6);
  expect(estimate.stepMilliseconds).toBeGreaterThan(0);
  expect(estimate.checkpointSeconds).toBe(0);
  // Long enough for checkpoints.
  const overrides = { ...smallTraining.overrides, steps: 100_000 };
  const long = await client.call('runs.estimate', { ...smallTraining, overrides });
  const ofSteps = (long.steps * long.stepMilliseconds) / 1000;
  expect(long.checkpointSeconds).toBeGreaterThan(0);
  expect(long.checkpointSeconds).toBeLessThanOrEqual(0.05 * long.seconds);
  expect(long.seconds).toBeCloseTo(ofSteps + long.checkpointSeconds, 6);
  expect((await readdir(join(project, 'cache'))).join()).not.toContain('scoring');
  await expect(
    client.call('runs.estimate', { ...smallTraining, overrides: { stepz: 1 } }),
  ).rejects.toThrow('the nearest is "steps"');
  const controller = new AbortController();
  const paper = { dataset: 'cells', preset: 'paper', outliers: smallTraining.outliers } as const;
  const failure = client.call('runs.estimate', paper, controller.signal).catch((e: unknown) => e);
  await setTimeout(1000);
  controller.abort();
  expect(await failure).toMatchObject({ code: 'stopped' });
});
