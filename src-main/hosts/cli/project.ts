// The project a command works on: opened by this process, or reached through the process that has it
// open already.

import { resolve } from 'node:path';
import type { coreMethods, CoreEvents, Job } from '#contract/core.ts';
import type { App } from '#core/app.ts';
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
  const project = await open(resolve(folder), create, shell);
  try {
    return await work(project.client);
  } finally {
    project.client.close();
    await project.close();
  }
}

interface OpenProject {
  readonly client: CoreClient;
  readonly close: () => Promise<void>;
}

async function open(folder: string, create: boolean, shell: Shell): Promise<OpenProject> {
  // Loaded here and not above, so that help and errors in the words typed are there at once.
  const { knock } = await import('#core/project/door.ts');
  const guest = await knock(folder);
  if (guest) return asGuest(guest);
  const { openApp } = await import('#core/app.ts');
  try {
    const app = await openApp(folder, { create });
    const [ours, theirs] = memoryLink();
    app.serve(theirs);
    return { client: connect(ours), close: () => leave(app, shell) };
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'project-in-use')) throw error;
    // Another process may have opened the project in this very moment.
    const late = await knock(folder);
    if (!late) throw error;
    return asGuest(late);
  }
}

function asGuest(link: Link): OpenProject {
  return { client: connect(link), close: () => Promise.resolve() };
}

/** How long a guest is waited for without a word, milliseconds. */
const silentMs = 1000;

/** Another command may have handed its work to this process: closing now would break it off. */
async function leave(app: App, shell: Shell): Promise<void> {
  const note = setTimeout(() => {
    shell.note('Another command is using the project through this one, which waits for it.');
  }, silentMs);
  const { promise: enough, resolve: stop } = Promise.withResolvers<undefined>();
  await shell.interrupts.during(() => stop(undefined), Promise.race([app.whenUnused(), enough]));
  clearTimeout(note);
  await app.close();
}

export function isAlive(job: Pick<Job, 'state'>): boolean {
  return job.state === 'queued' || job.state === 'running';
}
