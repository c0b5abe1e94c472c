// A process that owns a project and does what is left of its main job (train, then score), telling how
// far it is, to be killed by a test at any moment. It ends by itself when everything is done.

import { openApp } from '#core/app.ts';
import { clientOf, ended, scoring, smallTraining, type CoreClient } from './project.ts';

export const steps = 30;

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function finishTraining(client: CoreClient): Promise<void> {
  const [run] = await client.call('runs.list', {});
  if (run?.state === 'succeeded') return;
  // So many views that scoring takes a second.
  const overrides = { ...smallTraining.overrides, steps, views: 256, inputSize: 32 };
  const { jobId } = run
    ? await client.call('runs.resume', { runId: run.id })
    : await client.call('runs.train', { ...smallTraining, overrides });
  await assertSuccess(client, jobId);
}

async function assertSuccess(client: CoreClient, jobId: number): Promise<void> {
  const job = await ended(client, jobId);
  if (job.state !== 'succeeded') throw new Error(JSON.stringify(job));
}

if (process.argv[2] !== undefined) {
  const app = await openApp(process.argv[2]);
  const client = clientOf(app);
  client.on('run.step', ({ step }) => tell(`train ${step}`));
  client.on('job.changed', ({ kind, done, note }) => {
    if (kind === 'score') tell(`score ${done}`);
    else if (note?.startsWith('Scoring')) tell('calibrate 0');
  });
  await finishTraining(client);
  const { jobId } = await client.call('scores.compute', scoring);
  await assertSuccess(client, jobId);
  await app.close();
  tell('done 0');
}
