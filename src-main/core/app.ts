// Opens a project and closes it again: lock, log, catalogue and control socket.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { PictureAddress } from '#contract/page.ts';
import { sweepTemporary } from '#files/whole-file.ts';
import type { Link } from '#rpc/link.ts';
import { readCodeVersion } from './project/code-version.ts';
import { Core } from './core.ts';
import { exportedFile } from './review/export-name.ts';
import { openControlSocket, removeControlSocket } from './project/control-socket.ts';
import type { Picture } from './reader/pictures.ts';
import { markInterrupted } from './jobs/recovery.ts';
import { Log } from './project/log.ts';
import { assertProject, projectFolders } from './project/project-folder.ts';
import { sweepScoring } from './scores/scoring-folder.ts';
import { isUnwritable } from './store/failures.ts';
import { openCopy } from './store/open-copy.ts';
import { openDatabase } from './store/open-database.ts';
import { readOnlyFailure, readOnlySentence } from './read-only.ts';
import { lockProject, readOwner } from './project/project-lock.ts';
import { localCompute } from './workers/local-compute.ts';

export interface AppOptions {
  /** Makes the project when there is none. */
  readonly create?: boolean;
  /** The clock; the computer's when left out. */
  readonly now?: () => Date;
}

/** An open project. It belongs to this process until `close`. */
export interface App {
  /** Absolute. */
  readonly folder: string;
  /** Why nothing can be written, and the remedy; null where it can. */
  readonly readOnly: string | null;
  /** Answers the contract on `link` until it closes, and sends it every event. */
  readonly serve: (link: Link) => void;
  /** The file with a picture of the image with this hash; undefined when there is none to show. */
  readonly picture: (wanted: PictureAddress) => Promise<Picture | undefined>;
  /** An exported file of the project by its name; undefined when there is none. */
  readonly exported: (name: string) => Promise<Picture | undefined>;
  /** Resolves once no client is connected any more, neither here nor from another process. */
  readonly whenUnused: () => Promise<void>;
  /** Stops all work, which can be resumed later, and releases the project. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the project in `folder`. Throws `not-found` when there is none and `create` is not set,
 * `bad-input` when the new folder holds other files, `project-in-use` when another process has it open (see
 * `connectToOwner` in core/project/control-socket.ts), `project-too-new` and `project-damaged`.
 */
export async function openApp(folder: string, options: AppOptions = {}): Promise<App> {
  const { create = false, now = () => new Date() } = options;
  const project = resolve(folder);
  await assertProject(project, create);
  const closers = new Closers();
  try {
    const { core, readOnly } = await openAnyCore(project, now, closers);
    return {
      folder: project,
      readOnly,
      serve: (link) => core.serve(link),
      picture: (wanted) => core.picture(wanted),
      exported: (name) => exportedFile(project, name),
      whenUnused: () => core.whenUnused(),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** To work with, or where the folder cannot be written, to look at. */
async function openAnyCore(
  folder: string,
  now: () => Date,
  closers: Closers,
): Promise<{ core: Core; readOnly: string | null }> {
  try {
    return { core: await openCore(folder, now, closers), readOnly: null };
  } catch (error) {
    if (!isUnwritable(error) || !existsSync(join(folder, 'project.sqlite'))) throw error;
    await closers.close();
    return { core: await openToLookAt(folder, now, closers), readOnly: readOnlySentence };
  }
}

/** Over a copy of the catalogue, without lock and control socket: nothing is written into the project. */
async function openToLookAt(folder: string, now: () => Date, closers: Closers): Promise<Core> {
  const { database, scratch, close } = await openCopy({ folder, now, onSlow: () => undefined });
  closers.add(close);
  markInterrupted(database, now());
  database.refuseWrites(readOnlyFailure());
  const log = new Log(scratch, now);
  closers.add(() => log.close());
  const refused = () => Promise.reject(readOnlyFailure());
  const codeVersion = await readCodeVersion();
  const core = new Core({
    ...{ folder, scratch, database, log, now, codeVersion },
    ...{ backUp: refused, restore: refused, compute: localCompute },
  });
  closers.add(() => core.close());
  return core;
}

/** Opens the parts in order and adds what closes each to `closers`. */
async function openCore(folder: string, now: () => Date, closers: Closers): Promise<Core> {
  const before = await readOwner(folder);
  const lock = await lockProject(folder);
  closers.add(lock.release);
  // An owner's file that is still there belongs to a killed process: otherwise the lock would be held.
  if (before?.controlSocket !== undefined && before.host === hostname()) {
    await removeControlSocket(before.controlSocket);
  }
  const log = new Log(folder, now);
  closers.add(() => log.close());
  const { database, backUp, restore, close } = await openDatabase({
    folder,
    now,
    onSlow: (sql, ms) => log.warn(`${ms.toFixed(0)} ms: ${sql}`),
  });
  closers.add(close);
  markInterrupted(database, now());
  await sweepScoring(folder);
  await sweepTemporary(join(folder, 'exports'));
  for (const name of projectFolders) await mkdir(join(folder, name), { recursive: true });
  const codeVersion = await readCodeVersion();
  const core = new Core({
    folder,
    database,
    backUp,
    restore,
    log,
    now,
    codeVersion,
    compute: localCompute,
  });
  closers.add(() => core.close());
  try {
    const socket = await openControlSocket((link) => core.serve(link));
    closers.add(socket.close);
    await lock.announce(socket.address);
  } catch (error) {
    // Without it everything works except commands from a second terminal.
    log.warn(`The control socket could not be opened: ${String(error)}`);
  }
  return core;
}

/** Closes what has been opened, in reverse order, once. */
class Closers {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Runs every step, and throws the first error at the end. */
  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      await step().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw faults[0];
  }
}
