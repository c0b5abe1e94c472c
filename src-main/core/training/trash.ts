// Names, deletes, restores and permanently deletes runs.

import { rm } from 'node:fs/promises';
import type { coreMethods } from '#contract/core.ts';
import type { EditState } from '#contract/edit.ts';
import type { DeletedRun } from '#contract/run.ts';
import { Failure } from '#domain/failure.ts';
import type { HandlersOf } from '#rpc/method.ts';
import { folderSize } from '../project/folder-size.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { ProjectDatabase } from '../store/database.ts';
import {
  deletedRuns,
  emptiedFolders,
  forgetRun,
  isInTrash,
  setRunName,
} from '../store/runs/run-trash.ts';
import { assertIdleRun } from './idle-run.ts';
import { runFolder } from '../store/runs/run-folder.ts';
import { runNamed, summary } from './run-methods.ts';

type TrashMethods = Pick<
  HandlersOf<typeof coreMethods>,
  'runs.delete' | 'runs.restore' | 'runs.rename' | 'trash.list' | 'trash.empty'
>;

interface TrashPorts {
  readonly database: ProjectDatabase;
  readonly queue: JobQueue;
  /** Keeps the move in the log of edits. */
  readonly moveRun: (runId: number, to: 'trash' | 'runs') => EditState;
  readonly now: () => Date;
  /** The project's, absolute. */
  readonly folder: string;
}

export function trashMethods(ports: TrashPorts): TrashMethods {
  const { database, moveRun, queue } = ports;
  return {
    'runs.delete': ({ runId }) => {
      database.read((reader) => {
        runNamed(reader, runId);
        assertIdleRun(reader, runId, queue);
      });
      return { state: moveRun(runId, 'trash') };
    },
    'runs.restore': ({ runId }) => {
      if (!database.read((reader) => isInTrash(reader, runId))) {
        throw new Failure('not-found', `There is no run ${runId} in the trash.`);
      }
      return { state: moveRun(runId, 'runs') };
    },
    'runs.rename': ({ runId, name }) => {
      database.transact((writer) => {
        runNamed(writer, runId);
        setRunName(writer, runId, name);
      });
      return { name };
    },
    'trash.list': () => listTrash(ports),
    'trash.empty': () => emptyTrash(ports),
  };
}

async function listTrash({ database, folder }: TrashPorts): Promise<DeletedRun[]> {
  const runs = database.read(deletedRuns);
  return await Promise.all(
    runs.map(async (run) => ({
      ...summary(run),
      deletedAt: run.deletedAt,
      bytes: (await folderSize(runFolder(folder, run))).bytes,
    })),
  );
}

/** Throws `bad-input`, and empties nothing, while a run of the trash is running. */
async function emptyTrash(ports: TrashPorts): Promise<{ runs: number; freedBytes: number }> {
  const { database, folder, now, queue } = ports;
  const runs = await listTrash(ports);
  database.read((reader) => {
    for (const { id } of runs) assertIdleRun(reader, id, queue);
  });
  let freedBytes = 0;
  let emptied = 0;
  for (const { id, bytes } of runs) {
    // Delete the row first: orphan files are harmless, a row without files is not.
    const isGone = database.transact((writer) => {
      // It may have been restored while the sizes were measured.
      if (!isInTrash(writer, id)) return false;
      forgetRun(writer, id, now().toISOString());
      return true;
    });
    if (!isGone) continue;
    freedBytes += bytes;
    emptied++;
  }
  // Also earlier ones: a process may have been killed before it removed the files.
  for (const run of database.read(emptiedFolders)) {
    await rm(runFolder(folder, run), { recursive: true, force: true });
  }
  return { runs: emptied, freedBytes };
}
