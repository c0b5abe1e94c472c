// A catalogue is restored, trained on, and the one before it restored in turn: every model stays its own
// run's, and no id means two things.

import { beforeAll, describe, expect, it } from 'vitest';
import { setTimeout } from 'node:timers/promises';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  copyOf,
  ended,
  makeTemplate,
  openProject,
  score,
  smallTraining,
  succeeded,
  untilEvent,
  type CoreClient,
} from './project.ts';

const newFolder = tempFolders();

describe('runs of a catalogue that was restored', () => {
  let template: string;
  beforeAll(async () => {
    template = await makeTemplate(newFolder(), { normal: 16, anomalous: 4, outliers: 4 });
  });

  const begin = (client: CoreClient, seed: number, steps: number) =>
    client.call('runs.train', {
      ...{ ...smallTraining, seed },
      overrides: { ...smallTraining.overrides, steps, views: 0 },
    });

  it('keep their models, whatever is trained between', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const { name } = await client.call('backups.make', {});
    const first = await begin(client, 1, 4);
    await succeeded(client, first.jobId);
    const model = (await client.call('runs.show', { runId: first.runId })).modelId!;
    // Copies are named by the second.
    await setTimeout(1100);
    const { savedAs } = await client.call('backups.restore', { name });

    const second = await begin(client, 2, 4);
    await succeeded(client, second.jobId);
    const other = (await client.call('runs.show', { runId: second.runId })).modelId!;
    expect(second.runId).toBeGreaterThan(first.runId);
    expect(second.jobId).toBeGreaterThan(first.jobId);
    expect(other).toBeGreaterThan(model);
    expect(await score(client, other)).toMatchObject({ failed: [] });

    await client.call('backups.restore', { name: savedAs.name });
    expect(await score(client, model)).toMatchObject({ failed: [] });
    const third = await begin(client, 3, 4);
    expect(third.runId).toBeGreaterThan(second.runId);
    await succeeded(client, third.jobId);
  });

  it('are trained in folders of their own, past what a paused run left', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const { name } = await client.call('backups.make', {});
    const paused = await begin(client, 1, 2000);
    await untilEvent(client, 'run.step', ({ step }) => step > 10);
    await client.call('runs.cancel', { runId: paused.runId });
    await client.call('backups.restore', { name });
    const next = await begin(client, 2, 4);
    expect(await ended(client, next.jobId)).toMatchObject({ state: 'succeeded', failure: null });
  });
});
