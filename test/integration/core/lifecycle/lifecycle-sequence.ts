// A random sequence of what a user can do with the runs of a project, on the real core, each step compared
// with the model.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openApp, type App } from '#core/app.ts';
import { Failure } from '#domain/failure.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import type { LifecycleModel, ModelRun, Verdict } from './lifecycle-model.ts';
import { clientOf, ended, folderOfRun, untilEvent, type CoreClient } from '../project.ts';

/** Steps of a training that ends at once, and of one that ends only by being paused. */
const short = 2;
const long = 10_000_000;

type Operation = () => Promise<void>;

export class LifecycleSequence {
  readonly #project: string;
  readonly #random: RandomStream;
  readonly model: LifecycleModel;
  /** What was done, for the message of a failure. */
  readonly done: string[] = [];
  readonly #folders = new Map<number, string>();
  #app!: App;
  #client!: CoreClient;
  #edits = 0;
  #seeds = 100;

  constructor(project: string, model: LifecycleModel, seed: number) {
    this.#project = project;
    this.model = model;
    this.#random = new RandomStream(seed, purpose.sample);
  }

  async open(): Promise<void> {
    this.#app = await openApp(this.#project);
    this.#client = clientOf(this.#app);
    // Later catalogues may not know them.
    for (const { id } of this.model.runs) {
      this.#folders.set(id, await folderOfRun(this.#project, id));
    }
  }

  async close(): Promise<void> {
    await this.#app.close();
    this.model.interrupt();
  }

  /** One operation, drawn by weight, and the comparison after it. */
  async step(): Promise<void> {
    const choices = this.#choices();
    const total = choices.reduce((sum, [weight]) => sum + weight, 0);
    let at = this.#random.uniform() * total;
    const [, operation] = choices.find(([weight]) => (at -= weight) < 0)!;
    await operation();
    await this.compare();
  }

  #choices(): (readonly [number, Operation])[] {
    return [
      [0.6, () => this.train(short)],
      [1.2, () => this.train(long)],
      [2, () => this.#pause()],
      [1, () => this.#resume()],
      [3, () => this.#delete()],
      [1.5, () => this.#restoreRun()],
      [3, () => this.#undo()],
      [3, () => this.#redo()],
      [1, () => this.#editItem()],
      [1, () => this.#emptyTrash()],
      [0.8, () => this.#backUp()],
      [1.2, () => this.#restore()],
      [0.2, () => this.#reopen()],
      // Seldom hit upon by chance: a run that was moved is at work when the move is taken back.
      [1.5, () => this.#resumeBetween()],
    ];
  }

  /** A short training is waited for, and so asked for only while nothing else is at work. */
  async train(steps: number): Promise<void> {
    if (steps === short && !this.model.isIdle) return;
    const { jobId, runId } = await this.#client.call('runs.train', {
      ...{ dataset: 'cells', method: 'simclr', seed: this.#seeds++, engine: 'cpu' },
      overrides: {
        ...{ width: 8, inputSize: 16, batch: 4, outlierBatch: 0, steps, views: 0, threads: 1 },
      },
    });
    this.done.push(`train run ${runId}, ${steps} steps`);
    const hash = steps === short ? await this.#hashOnceTrained(jobId, runId) : null;
    this.model.add(runId, hash);
    const folder = await folderOfRun(this.#project, runId);
    for (const [other, taken] of this.#folders) {
      if (other !== runId && taken === folder)
        throw new Error(`Runs ${other} and ${runId} share the folder ${folder}.`);
    }
    this.#folders.set(runId, folder);
    if (steps === long && this.model.runs.filter(({ state }) => state === 'alive').length === 1) {
      // Sometimes it has taken steps when the next thing happens.
      if (this.#random.uniform() < 0.3) {
        await untilEvent(this.#client, 'run.step', (event) => event.runId === runId);
      }
    }
  }

  async #hashOnceTrained(jobId: number, runId: number): Promise<string> {
    expect(await ended(this.#client, jobId)).toMatchObject({ state: 'succeeded', failure: null });
    return await this.#hashOf(runId);
  }

  async #hashOf(runId: number): Promise<string> {
    const folder = this.#folders.get(runId) ?? (await folderOfRun(this.#project, runId));
    this.#folders.set(runId, folder);
    const bytes = await readFile(join(folder, 'model.safetensors'));
    return createHash('sha256').update(bytes).digest('hex');
  }

  async #pause(run = this.#anyRun()): Promise<void> {
    if (!run) return;
    const verdict = this.model.pause(run.id);
    await this.#expect(`pause run ${run.id}`, verdict, () =>
      this.#client.call('runs.cancel', { runId: run.id }),
    );
  }

  async #resume(run = this.#anyRun()): Promise<void> {
    // A short training is waited for.
    if (!run || (run.isShort && !this.model.isIdle)) return;
    const verdict = this.model.resume(run.id);
    const asked = await this.#expect(`resume run ${run.id}`, verdict, () =>
      this.#client.call('runs.resume', { runId: run.id }),
    );
    if (!asked || !run.isShort) return;
    const hash = await this.#hashOnceTrained(asked.jobId, run.id);
    this.model.madeAgain(run.id, hash);
  }

  async #delete(run = this.#anyRun()): Promise<void> {
    if (!run) return;
    await this.#expect(`delete run ${run.id}`, this.model.delete(run.id), () =>
      this.#client.call('runs.delete', { runId: run.id }),
    );
  }

  async #restoreRun(run = this.#anyRun()): Promise<void> {
    if (!run) return;
    await this.#expect(`restore run ${run.id}`, this.model.restoreRun(run.id), () =>
      this.#client.call('runs.restore', { runId: run.id }),
    );
  }

  async #undo(): Promise<void> {
    const { undo } = this.model.words;
    const told = await this.#expect(`undo "${undo}"`, this.model.undo(), () =>
      this.#client.call('edits.undo', {}),
    );
    if (told) expect(told.words).toBe(undo);
  }

  async #redo(): Promise<void> {
    const { redo } = this.model.words;
    const told = await this.#expect(`redo "${redo}"`, this.model.redo(), () =>
      this.#client.call('edits.redo', {}),
    );
    if (told) expect(told.words).toBe(redo);
  }

  /** Deletes a run that can go on and takes that back, or the other way round, while it is at work. */
  async #resumeBetween(): Promise<void> {
    const run = this.#anyOf(this.model.in('runs').filter(({ isShort }) => !isShort));
    if (!run) return;
    await this.#pause(run);
    await this.#delete(run);
    const comesBackByUndo = this.#random.uniform() < 0.5;
    if (comesBackByUndo) await this.#undo();
    else await this.#restoreRun(run);
    await this.#resume(run);
    await this.compare();
    if (comesBackByUndo) await this.#redo();
    else await this.#undo();
    await this.compare();
    await this.#emptyTrash();
  }

  async #editItem(): Promise<void> {
    const name = `class ${++this.#edits}`;
    this.model.editItem(`Set class to ${name}: 1 image of cells`);
    await this.#expect(`edit to ${name}`, 'done', () =>
      this.#client.call('items.edit', {
        selection: { dataset: 'cells', imageIds: [1] },
        set: { class: name },
      }),
    );
  }

  async #emptyTrash(): Promise<void> {
    const runs = this.model.emptyTrash();
    const told = await this.#expect('empty the trash', 'done', () =>
      this.#client.call('trash.empty', {}),
    );
    expect(told?.runs).toBe(runs);
  }

  async #backUp(): Promise<void> {
    const made = await this.#expect('make a copy', 'done', () =>
      this.#client.call('backups.make', {}),
    );
    this.model.copied(made!.name, await this.#copies());
  }

  async #restore(): Promise<void> {
    const names = [...this.model.copies.keys()];
    const name = names[this.#random.integer(names.length)];
    if (name === undefined) return;
    const verdict = this.model.isIdle ? 'done' : 'bad-input';
    const told = await this.#expect(`restore ${name}`, verdict, () =>
      this.#client.call('backups.restore', { name }),
    );
    if (told) this.model.restored(name, told.savedAs.name, await this.#copies());
  }

  async #reopen(): Promise<void> {
    this.done.push('close and open the project');
    await this.close();
    await this.open();
  }

  async #copies(): Promise<string[]> {
    return (await this.#client.call('backups.list', {})).map(({ name }) => name);
  }

  #anyRun(): ModelRun | undefined {
    return this.#anyOf(this.model.runs);
  }

  #anyOf(runs: readonly ModelRun[]): ModelRun | undefined {
    return runs.length === 0 ? undefined : runs[this.#random.integer(runs.length)];
  }

  /** The answer; undefined when the call failed, as it should. */
  async #expect<Answer>(
    what: string,
    verdict: Verdict,
    call: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    this.done.push(what);
    const answer: Answer | Failure = await call().catch((error: unknown) => {
      if (error instanceof Failure) return error;
      throw error;
    });
    const code = answer instanceof Failure ? answer.code : 'done';
    const told = answer instanceof Failure ? answer.message : '';
    expect([what, code, told]).toEqual([what, verdict, told]);
    return answer instanceof Failure ? undefined : answer;
  }

  /** The lists, the log of edits and the states are those of the model; no job failed as a bug. */
  async compare(): Promise<void> {
    const { model } = this;
    const [runs, trash, words, jobs] = await Promise.all([
      this.#client.call('runs.list', {}),
      this.#client.call('trash.list', {}),
      this.#client.call('edits.state', {}),
      this.#client.call('jobs.list', {}),
    ]);
    const standing = (id: number, state: string) =>
      `${id} ${state === 'queued' || state === 'running' ? 'alive' : state}`;
    const expected = (place: ModelRun['place']) =>
      model.in(place).map(({ id, state }) => standing(id, state));
    const seen = (listed: readonly { readonly id: number; readonly state: string }[]) =>
      listed.map(({ id, state }) => standing(id, state));
    expect(seen(runs)).toEqual(expected('runs'));
    expect(seen(trash).sort()).toEqual(expected('trash').sort());
    expect(words).toEqual(model.words);
    expect(jobs.filter(({ failure }) => failure?.code === 'internal')).toEqual([]);
    expect(jobs.filter(({ state }) => state === 'failed')).toEqual([]);
  }

  /** Every model that was ever made, and not thrown away, is there to the last bit. */
  async compareFiles(): Promise<void> {
    for (const [runId, hash] of this.model.hashes) {
      expect([runId, await this.#hashOf(runId)]).toEqual([runId, hash]);
    }
  }
}

/** A project with two finished runs and a paused one. */
export async function begin(sequence: LifecycleSequence): Promise<void> {
  await sequence.open();
  await sequence.train(short);
  await sequence.train(short);
  await sequence.train(long);
  await sequence.close();
}
