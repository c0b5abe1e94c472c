// A graphics card that is lost in the middle of a training and of a scoring: the work continues on the
// processor, says so, and loses nothing. The driver really fails (test/support/faulty-gpu.ts).

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import type { ScoreOutcome } from '#contract/core.ts';
import { hasFaultyGpu, useFaultyGpu, type FaultyGpu } from '../../support/faulty-gpu.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  clientOf,
  copyOf,
  ended,
  makeTemplate,
  openProject,
  scoreRows,
  scoresOfCopy,
  smallTraining,
  succeeded,
  untilEvent,
} from '../../integration/core/project.ts';

const newFolder = tempFolders();

describe.runIf(hasFaultyGpu)('a graphics card that fails', { timeout: 600_000 }, () => {
  let gpu: FaultyGpu;
  let template: string;

  beforeAll(async () => {
    gpu = useFaultyGpu();
    template = await makeTemplate(newFolder(), { normal: 24, anomalous: 6, outliers: 8 });
  });
  beforeEach(() => gpu.heal());

  it('is followed by the processor, from the last checkpoint, when it is lost in training', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    // So many that the card is lost before their end; the processor takes what is left in no time.
    const overrides = { ...smallTraining.overrides, steps: 200, views: 1 };
    const request = { ...smallTraining, overrides, engine: 'webgpu' } as const;
    const { jobId, runId } = await client.call('runs.train', request);
    await untilEvent(client, 'run.step');
    // With a checkpoint.
    await client.call('runs.cancel', { runId });
    expect(await ended(client, jobId)).toMatchObject({ state: 'stopped' });
    const { jobId: again } = await client.call('runs.resume', { runId });
    await untilEvent(client, 'run.step');
    gpu.lose();
    expect(await ended(client, again)).toMatchObject({ state: 'succeeded', failure: null });
    const run = await client.call('runs.show', { runId });
    expect(run).toMatchObject({
      engine: 'cpu',
      engineWhy: 'the webgpu engine failed',
      stepsDone: 200,
    });
    expect(run.warnings[0]).toMatch(
      /^The webgpu engine failed\. Training continued from the last checkpoint \(step \d+\) on the processor\..*stopped working/,
    );
    expect(run.warnings.join('\n')).toMatch(/started with the webgpu engine .*SwiftShader/);
  });

  describe('while images are scored', () => {
    let trained: string;
    let expected: readonly object[];

    beforeAll(async () => {
      trained = await copyOf(template, newFolder());
      const app = await openApp(trained);
      const overrides = { ...smallTraining.overrides, steps: 6, views: 6 };
      const { jobId } = await clientOf(app).call('runs.train', { ...smallTraining, overrides });
      await succeeded(clientOf(app), jobId);
      await app.close();
      expected = (await scoresOfCopy(trained, newFolder())) as object[];
    });

    it('is followed by the processor, and no score is lost', async () => {
      const project = await copyOf(trained, newFolder());
      const before = (await scoreRows(project)).length;
      const { client, app } = await openProject(project);
      const { jobId } = await client.call('scores.compute', {
        ...{ modelId: 1, dataset: 'cells', engine: 'webgpu' },
      });
      await untilEvent(client, 'job.changed', ({ id, done }) => id === jobId && done > before);
      gpu.lose();
      const { warnings, scored } = (await succeeded(client, jobId)) as ScoreOutcome;
      expect(scored).toBe(expected.length - before);
      expect(warnings).toEqual([
        expect.stringMatching(
          /SwiftShader.* stopped working.*The webgpu engine failed, and scoring continued on the processor\.$/,
        ),
      ]);
      const run = await client.call('runs.show', { runId: 1 });
      expect(run.warnings).toEqual(expect.arrayContaining([...warnings]));
      await app.close();
      const rows = await scoreRows(project);
      expect(rows).toHaveLength(expected.length);
      rows.forEach((row, index) => {
        for (const [name, value] of Object.entries(row as object)) {
          const wanted = (expected[index] as Record<string, unknown>)[name];
          if (typeof wanted !== 'number') expect(value).toEqual(wanted);
          else
            expect(Math.abs((value as number) - wanted)).toBeLessThan(
              1e-3 * Math.abs(wanted) + 1e-4,
            );
        }
      });
    });
  });
});
