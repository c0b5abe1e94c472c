// The project a command works on: opened by this process, or reached through the process that has it
// open already.

import { resolve } from 'node:path';
import type { coreMethods, CoreEvents, Job } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { connect, type Client } from '#rpc/connect.ts';
import type { Link } from '#rpc/link.ts';
import { memoryLink } from '#rpc/memory-link.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { Shell } from './shell.ts';

export type CoreClient = Client<CallsOf<typeof coreMethods>, CoreEvents>;

export interface OpenOptions {
  /** Makes the project when there is none. */
  readonly create?: boolean;
}

/**
 * Gives `work` a client of the project in `folder`, and closes what was opened for it. Throws what
 * `openApp` throws.
 */
export async function withProject<T>(
  shell: Shell,
  folder: string,
  { create = false }: OpenOptions,
  work: (client: CoreClient) => Promise<T>,
): Promise<T> {
  const project = await open(resolve(folder), create);
  try {
    const result = await work(project.client);
    if (project.isOwn) await othersJobs(project.client, shell);
    return result;
  } finally {
    await project.close();
  }
}

interface OpenProject {
  readonly client: CoreClient;
  readonly isOwn: boolean;
  readonly close: () => Promise<void>;
}

async function open(folder: string, create: boolean): Promise<OpenProject> {
  // Loaded here and not above, so that help and errors in the words typed are there at once.
  const { knock } = await import('#core/door.ts');
  const guest = await knock(folder);
  if (guest) return asGuest(guest);
  const { openApp } = await import('#core/app.ts');
  try {
    const app = await openApp(folder, { create });
    const [ours, theirs] = memoryLink();
    app.serve(theirs);
    return { client: connect(ours), isOwn: true, close: app.close };
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'project-in-use')) throw error;
    // Another process may have opened the project in this very moment.
    const late = await knock(folder);
    if (!late) throw error;
    return asGuest(late);
  }
}

function asGuest(link: Link): OpenProject {
  const client: CoreClient = connect(link);
  return {
    client,
    isOwn: false,
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

/** A second command may have handed its work to this process: closing now would break it off. */
async function othersJobs(client: CoreClient, shell: Shell): Promise<void> {
  const alive = new Set((await client.call('jobs.list', {})).filter(isAlive).map(({ id }) => id));
  if (alive.size === 0) return;
  shell.note('Another command has work under way here; this process ends when that is done.');
  const { promise, resolve: finish } = Promise.withResolvers<undefined>();
  const off = client.on('job.changed', (job) => {
    if (isAlive(job)) alive.add(job.id);
    else alive.delete(job.id);
    if (alive.size === 0) finish(undefined);
  });
  for (const job of await client.call('jobs.list', {})) if (!isAlive(job)) alive.delete(job.id);
  if (alive.size > 0) await shell.interrupts.during(() => finish(undefined), promise);
  off();
}

export function isAlive(job: Pick<Job, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running';
}
