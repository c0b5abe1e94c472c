// The system kills a worker for its memory in the middle of its work. The kills are real; that the system
// counts them is played, because only a group of processes with a limit of its own would make it do so
// without harm to others.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { ScoreOutcome } from '#contract/core.ts';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  clientOf,
  copyOf,
  ended,
  makeTemplate,
  openProject,
  score,
  scoring,
  scoreRows,
  scoresOfCopy,
  smallTraining,
  succeeded,
  workersOf,
  type CoreClient,
} from './project.ts';

const newFolder = tempFolders();
const images = 52;

const system = vi.hoisted(() => ({ kills: 0 }));
vi.mock('#processes/memory-kills.ts', async (original) => {
  return { ...(await original<object>()), memoryKills: () => system.kills };
});

function killForMemory(): void {
  system.kills++;
  for (const pid of workersOf(process.pid)) process.kill(pid, 'SIGKILL');
}

describe('a worker that is killed for its memory', () => {
  /** With a model that has scored nothing but the normals held out to calibrate on. */
  let trained: string;
  let held: number;
  let expected: readonly object[];

  beforeAll(async () => {
    trained = await makeTemplate(newFolder(), { normal: 40, anomalous: 12, outliers: 8 });
    const app = await openApp(trained);
    // So many views, of a network that takes its time, that every worker is killed before it has scored all.
    const long = { network: 'resnet18', inputSize: 32, views: 128 };
    const overrides = { ...smallTraining.overrides, steps: 6, ...long };
    const { jobId } = await clientOf(app).call('runs.train', { ...smallTraining, overrides });
    await succeeded(clientOf(app), jobId);
    await app.close();
    held = (await scoreRows(trained)).length;
    expected = (await scoresOfCopy(trained, newFolder())) as object[];
  });

  /** Starts scoring and kills each of the first `most` workers once it has scored something. */
  async function scoreAndKill(client: CoreClient, most: number): Promise<number> {
    const { jobId } = await client.call('scores.compute', scoring);
    let [done, kills] = [held, 0];
    client.on('job.changed', (job) => {
      if (job.id !== jobId || job.done <= done || kills === most) return;
      done = job.done;
      kills++;
      killForMemory();
    });
    return jobId;
  }

  it('is followed by one that takes half the views at once, with the same scores', async () => {
    const project = await copyOf(trained, newFolder());
    const { client, app } = await openProject(project);
    const jobId = await scoreAndKill(client, 2);
    const { warnings, ...outcome } = (await succeeded(client, jobId)) as ScoreOutcome;
    // Each image once, also those that a worker had scored before it was killed.
    expect(outcome).toMatchObject({ scored: images - held, alreadyScored: held, failed: [] });
    expect(warnings).toEqual(
      [64, 32].map(
        (views) =>
          expect.stringMatching(
            `signal SIGKILL.* Scoring continued with at most ${views} views at once\\.$`,
          ) as string,
      ),
    );
    await app.close();
    expect(await scoreRows(project)).toEqual(expected);
  });

  it('time and again ends the job with the reason, and what was scored is kept', async () => {
    const project = await copyOf(trained, newFolder());
    const { client, app } = await openProject(project);
    const job = await ended(client, await scoreAndKill(client, Infinity));
    expect(job).toMatchObject({ state: 'interrupted', failure: { code: 'link-closed' } });
    expect(job.failure!.message).toMatch(/signal SIGKILL.*because memory ran out/);
    const { warnings } = await client.call('runs.show', { runId: 1 });
    expect(warnings.join('\n')).toContain('Scoring continued with one view at a time.');
    expect(warnings.at(-1)).toMatch(/ Scoring continued with a new one\.$/);
    expect(job.done).toBeGreaterThan(held);
    // The core is alive, and goes on where it was.
    expect(await score(client)).toMatchObject({
      ...{ scored: images - job.done, alreadyScored: job.done, failed: [] },
    });
    await app.close();
    expect(await scoreRows(project)).toEqual(expected);
  });
});
