// Opens the project a command works on, or connects to the process that has it open already.

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
  /** Creates the project when there is none. */
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
  // Loaded here and not above, so that help and usage errors appear immediately.
  const { connectToOwner } = await import('#core/project/control-socket.ts');
  const owner = await connectToOwner(folder);
  if (owner) return asClient(owner);
  const { openApp } = await import('#core/app.ts');
  try {
    const app = await openApp(folder, { create });
    if (app.readOnly !== null) shell.note(app.readOnly);
    const [ours, theirs] = memoryLink();
    app.serve(theirs);
    return { client: connect(ours), close: () => leave(app, shell) };
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'project-in-use')) throw error;
    // Another process may have opened the project since the first attempt.
    const newOwner = await connectToOwner(folder);
    if (!newOwner) throw error;
    return asClient(newOwner);
  }
}

function asClient(link: Link): OpenProject {
  return { client: connect(link), close: () => Promise.resolve() };
}

/** How long this process waits for other clients before it says so, milliseconds. */
const silentMs = 1000;

/** Another command may be using this process: closing now would interrupt its work. */
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
