// Runs in the trash, on a real catalogue with real files.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { JobQueue } from '#core/jobs/queue.ts';
import { Edits } from '#core/edits/edits.ts';
import { trashMethods } from '#core/training/trash.ts';
import { assertIdleRun } from '#core/training/idle-run.ts';
import { runFolder } from '#core/store/runs/run-folder.ts';
import { runMethods } from '#core/training/run-methods.ts';
import { scoresOf } from '#core/store/runs/scores.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { neverStop } from '#domain/stop.ts';
import { noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  giveScore,
  itemsOf,
  openCatalogue,
  put,
  request,
  runWithModel,
} from '../scores/small-catalogue.ts';

const newFolder = tempFolders();
const never = neverStop;
const bytes = 1000;

/** Two runs with models, 1 and 2, each with a file on the disk; run 1 has scored an image. */
async function lab() {
  const folder = newFolder();
  const ports = await openCatalogue(folder);
  const { database, now } = ports;
  put(database, 'cells', [1, 20], { role: 'normal', split: 'train' });
  const queue = new JobQueue({
    database,
    now,
    handlers: {
      import: () => Promise.resolve(),
      relink: () => Promise.resolve(),
      train: (_, { stop }) => new Promise((resolve) => stop.onStop(() => resolve(undefined))),
      refit: () => Promise.resolve(),
      score: () => Promise.resolve(),
      compare: () => Promise.resolve(),
    },
    onChange: () => undefined,
    onState: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });
  onTestFinished(() => queue.close());
  const filesOf = (runId: number) => {
    const [run] = database.read((reader) =>
      reader.all<{ folder: string }>('select folder from run where id = ?', runId),
    );
    return runFolder(folder, run!);
  };
  for (const runId of [1, 2]) {
    runWithModel(ports, request({}));
    mkdirSync(filesOf(runId), { recursive: true });
    writeFileSync(join(filesOf(runId), 'm'), new Uint8Array(bytes));
  }
  giveScore(database, 1, 'cells', new Map([[1, 1]]));
  const edits = new Edits({
    ...{ database, now, onChange: () => undefined },
    assertIdleRun: (reader, runId) => assertIdleRun(reader, runId, queue),
    assertIdleDataset: () => undefined,
    onRenamed: () => undefined,
  });
  const trash = trashMethods({
    ...{ database, folder, queue, now },
    moveRun: (runId, to) => edits.moveRun(runId, to),
  });
  const methods = {
    ...runMethods({
      ...{ ...ports, folder, queue, compute: localCompute, orClosing: (stop) => stop },
      assertNoOverlaps: () => Promise.resolve(),
    }),
    ...trash,
  };
  const runs = async () => (await methods['runs.list']({}, never)).map(({ id }) => id);
  return { database, filesOf, queue, edits, methods, runs };
}

describe('a deleted run', () => {
  it('is out of sight, keeps its files, and comes back by undo or by name', async () => {
    const { filesOf, edits, methods, runs } = await lab();
    await methods['runs.delete']({ runId: 1 }, never);
    expect(await runs()).toEqual([2]);
    expect(edits.state()).toEqual({ undo: 'Delete run 1', redo: null });
    expect(await methods['trash.list']({}, never)).toMatchObject([
      { id: 1, deletedAt: noon, bytes, modelId: 1 },
    ]);
    expect(existsSync(join(filesOf(1), 'm'))).toBe(true);
    edits.undo();
    expect(await runs()).toEqual([1, 2]);
    edits.redo();
    await methods['runs.restore']({ runId: 1 }, never);
    expect(await runs()).toEqual([1, 2]);
    // Taking the restoring back deletes it again; taking the deleting back restores it.
    expect(edits.undo().words).toBe('Restore run 1');
    expect(await runs()).toEqual([2]);
    expect(edits.undo().words).toBe('Delete run 1');
    expect(await runs()).toEqual([1, 2]);
  });

  it('is gone once the trash is emptied: files, model, scores; undo passes it by', async () => {
    const { database, filesOf, edits, methods, runs } = await lab();
    edits.editItems({ dataset: 'cells', imageIds: [1] }, { class: 'odd' });
    await methods['runs.delete']({ runId: 1 }, never);
    await methods['runs.delete']({ runId: 2 }, never);
    await methods['runs.restore']({ runId: 2 }, never);
    expect(await methods['trash.empty']({}, never)).toEqual({ runs: 1, freedBytes: bytes });
    expect(existsSync(filesOf(1))).toBe(false);
    expect(existsSync(join(filesOf(2), 'm'))).toBe(true);
    expect(await methods['trash.list']({}, never)).toEqual([]);
    expect(database.read((reader) => scoresOf(reader, 1)).size).toBe(0);
    expect(() => methods['runs.restore']({ runId: 1 }, never)).toThrow('no run 1 in the trash');
    expect([edits.undo().words, edits.undo().words]).toEqual(['Restore run 2', 'Delete run 2']);
    // Next in line would be the run that is gone.
    expect(edits.state().undo).toBe('Set class to odd: 1 image of cells');
    edits.undo();
    expect(itemsOf(database, 'cells')[0]?.class).toBe(null);
    expect(edits.state()).toEqual({ undo: null, redo: 'Set class to odd: 1 image of cells' });
    edits.redo();
    expect(edits.state().redo).toBe('Delete run 2');
    edits.redo();
    expect(await runs()).toEqual([]);
  });

  it('was not at work: a run that waits or trains is refused', async () => {
    const { methods, queue, runs } = await lab();
    const jobId = queue.submit({ kind: 'train', runId: 1 });
    expect(() => methods['runs.delete']({ runId: 1 }, never)).toThrow('Run 1 is running');
    await queue.stop(jobId);
    await methods['runs.delete']({ runId: 1 }, never);
    expect(await runs()).toEqual([2]);
    expect(() => methods['runs.delete']({ runId: 1 }, never)).toThrow('no run 1');
  });
});

describe('a run at work', () => {
  it('is moved by no undo and no redo, in neither direction', async () => {
    const { edits, methods, queue, runs } = await lab();
    const notNow = 'Run 1 is running. Pause it';
    await methods['runs.delete']({ runId: 1 }, never);
    edits.undo();
    const jobId = queue.submit({ kind: 'train', runId: 1 });
    expect(() => edits.redo()).toThrow(notNow);
    expect([await runs(), edits.state()]).toEqual([[1, 2], { undo: null, redo: 'Delete run 1' }]);
    await queue.stop(jobId);
    edits.redo();
    await methods['runs.restore']({ runId: 1 }, never);
    const again = queue.submit({ kind: 'train', runId: 1 });
    expect(() => edits.undo()).toThrow(notNow);
    expect([await runs(), edits.state().undo]).toEqual([[1, 2], 'Restore run 1']);
    await queue.stop(again);
    edits.undo();
    expect(await runs()).toEqual([2]);
  });

  it('that scores is moved by no undo either', async () => {
    const { edits, methods, queue, runs } = await lab();
    await methods['runs.delete']({ runId: 1 }, never);
    edits.undo();
    // One job of this lane runs at a time: the scoring waits, and is at work all the same.
    const training = queue.submit({ kind: 'train', runId: 2 });
    queue.submit({ kind: 'score', modelId: 1, dataset: 'cells', engine: 'cpu' });
    expect(() => edits.redo()).toThrow('Run 1 is running');
    expect(await runs()).toEqual([1, 2]);
    await queue.stop(training);
  });

  it('in the trash keeps its files, and everything else in the trash, too', async () => {
    const { filesOf, methods, queue } = await lab();
    await methods['runs.delete']({ runId: 1 }, never);
    await methods['runs.delete']({ runId: 2 }, never);
    // As a catalogue of an earlier version may have it.
    const jobId = queue.submit({ kind: 'train', runId: 1 });
    await expect(methods['trash.empty']({}, never)).rejects.toThrow('Run 1 is running');
    expect(await methods['trash.list']({}, never)).toHaveLength(2);
    expect([filesOf(1), filesOf(2)].map((path) => existsSync(path))).toEqual([true, true]);
    await queue.stop(jobId);
    expect(await methods['trash.empty']({}, never)).toMatchObject({ runs: 2 });
  });
});

it('a run has the name that the user gives it', async () => {
  const { methods } = await lab();
  await methods['runs.rename']({ runId: 1, name: 'With more shifts' }, never);
  expect(await methods['runs.show']({ runId: 1 }, never)).toMatchObject({
    name: 'With more shifts',
  });
  await methods['runs.rename']({ runId: 1, name: null }, never);
  expect(await methods['runs.show']({ runId: 1 }, never)).toMatchObject({ name: null });
  expect(() => methods['runs.rename']({ runId: 9, name: 'a' }, never)).toThrow('no run 9');
});
