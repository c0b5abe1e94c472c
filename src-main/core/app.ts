// Opens a project and closes it again: its lock, its log, its catalogue, its door.

import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import type { PictureAddress } from '#contract/page.ts';
import { sweepTemporary } from '#files/whole-file.ts';
import type { Link } from '#rpc/link.ts';
import { readCodeVersion } from './project/code-version.ts';
import { Core } from './core.ts';
import { openDoor, sweepDoor } from './project/door.ts';
import type { Picture } from './reader/pictures.ts';
import { markInterrupted } from './jobs/recovery.ts';
import { Log } from './project/log.ts';
import { demandProject, projectFolders } from './project/project-folder.ts';
import { sweepScoring } from './scores/scoring-folder.ts';
import { openDatabase } from './store/open-database.ts';
import { lockProject, readOwner } from './store/project-lock.ts';
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
  /** Answers the contract on `link` until it closes, and sends it every event. */
  readonly serve: (link: Link) => void;
  /** The file with a picture of the image with this hash; undefined when there is none to show. */
  readonly picture: (wanted: PictureAddress) => Promise<Picture | undefined>;
  /** Resolves once nobody is connected any more, neither here nor from another process. */
  readonly whenUnused: () => Promise<void>;
  /** Stops all work, which can be taken up again, and lets go of the project. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the project in `folder`. Throws `not-found` when there is none and `create` is not set,
 * `bad-input` when the folder to be made holds other things, `project-in-use` when another process
 * has it open (see `knock` in core/project/door.ts), `project-too-new` and `project-damaged`.
 */
export async function openApp(folder: string, options: AppOptions = {}): Promise<App> {
  const { create = false, now = () => new Date() } = options;
  const project = resolve(folder);
  await demandProject(project, create);
  const closers = new Closers();
  try {
    const core = await openCore(project, now, closers);
    return {
      folder: project,
      serve: (link) => core.serve(link),
      picture: (wanted) => core.picture(wanted),
      whenUnused: () => core.whenUnused(),
      close: () => closers.close(),
    };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

/** Opens part after part; what closes them is left with `closers`. */
async function openCore(folder: string, now: () => Date, closers: Closers): Promise<Core> {
  const before = await readOwner(folder);
  const lock = await lockProject(folder);
  closers.add(lock.release);
  // Whoever owned it before was killed, or its lock would still hold.
  if (before?.door !== undefined && before.host === hostname()) await sweepDoor(before.door);
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
    const door = await openDoor((link) => core.serve(link));
    closers.add(door.close);
    await lock.announce(door.address);
  } catch (error) {
    // Without it everything works but the help of a second terminal.
    log.warn(`The door stays closed: ${String(error)}`);
  }
  return core;
}

/** What has been opened and must be closed again, in the opposite order, once. */
class Closers {
  readonly #steps: (() => Promise<void>)[] = [];

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  /** Takes every step, and throws what the first failing one threw. */
  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (const step of this.#steps.splice(0).reverse()) {
      await step().catch((error: unknown) => faults.push(error));
    }
    if (faults.length > 0) throw faults[0];
  }
}
