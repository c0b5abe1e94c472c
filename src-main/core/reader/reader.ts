// The core's side of the image reader: starts the process, keeps a bounded number of files in work,
// and starts it again when a file has brought it down.

import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Failure } from '#domain/failure.ts';
import type { TellProgress } from './near-pictures.ts';
import type { ReaderAnswer, ReaderRequest } from './reader-process.ts';
import type { ReaderResults, ReaderTask } from './reader-tasks.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

interface Pending {
  readonly task: ReaderTask;
  readonly onProgress: TellProgress | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  deaths: number;
}

const program = fileURLToPath(new URL('./reader-process.ts', import.meta.url));

export class ImageReader {
  /** Files worth having in work at once. */
  readonly parallel: number;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: number[] = [];
  #child: ChildProcess | undefined;
  #inWork = new Set<number>();
  #next = 0;
  #isClosed = false;

  constructor(parallel = availableParallelism()) {
    this.parallel = parallel;
  }

  /**
   * Throws the task's failure; `unreadable-image` when the process died twice with this file in
   * work; `stopped` after `close`. `onProgress`: for the tasks that tell of it.
   */
  run<T extends ReaderTask>(task: T, onProgress?: TellProgress): Promise<ReaderResults[T['kind']]> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isClosed) {
        reject(new Failure('stopped', 'Stopped.'));
        return;
      }
      const id = this.#next++;
      this.#pending.set(id, { task, onProgress, resolve, reject, deaths: 0 });
      this.#waiting.push(id);
      this.#send();
    }) as Promise<ReaderResults[T['kind']]>;
  }

  /** Ends the process at once; what is in work or waiting fails with `stopped`. */
  close(): void {
    this.#isClosed = true;
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    const stopped = new Failure('stopped', 'Stopped.');
    for (const pending of this.#pending.values()) pending.reject(stopped);
    this.#pending.clear();
    this.#waiting.length = 0;
    this.#inWork.clear();
  }

  #send(): void {
    while (this.#waiting.length > 0) {
      const id = this.#waiting[0]!;
      const pending = this.#pending.get(id)!;
      // After a death each suspect is read alone, so that the next death names the culprit.
      const isSuspect = pending.deaths > 0;
      const room = isSuspect || this.#hasSuspectInWork() ? 1 : this.parallel;
      if (this.#inWork.size >= room) return;
      this.#waiting.shift();
      this.#inWork.add(id);
      this.#child ??= this.#start();
      this.#child.send({ id, task: pending.task } satisfies ReaderRequest);
    }
  }

  #hasSuspectInWork(): boolean {
    return [...this.#inWork].some((id) => this.#pending.get(id)!.deaths > 0);
  }

  #start(): ChildProcess {
    const child = fork(program, {
      // V8 sees only the small handles of pictures and lets them pile up: with a small nursery it
      // collects them in time, which halves the memory of this process.
      execArgv: ['--max-semi-space-size=2'],
      serialization: 'advanced',
      // libvips works on these threads; two more keep the reading and writing of files moving.
      env: { ...process.env, UV_THREADPOOL_SIZE: String(this.parallel + 2) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (answer: ReaderAnswer) => {
      this.#receive(answer);
    });
    const died = () => {
      if (this.#child === child) this.#restart();
    };
    child.on('exit', died);
    child.on('error', died);
    return child;
  }

  #receive(answer: ReaderAnswer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    if ('progress' in answer) {
      pending.onProgress?.(answer.progress.done, answer.progress.total);
      return;
    }
    this.#pending.delete(answer.id);
    this.#inWork.delete(answer.id);
    if ('result' in answer) pending.resolve(answer.result);
    else if ('failure' in answer) {
      pending.reject(new Failure(answer.failure.code, answer.failure.message));
    } else pending.reject(new Error(`The image reader failed: ${answer.bug}`));
    this.#send();
  }

  /** The process died: what was in work is tried once more, one file at a time. */
  #restart(): void {
    this.#child = undefined;
    for (const id of [...this.#inWork].reverse()) {
      const pending = this.#pending.get(id)!;
      pending.deaths++;
      if (pending.deaths < 2) this.#waiting.unshift(id);
      else {
        this.#pending.delete(id);
        pending.reject(unreadable(reasons.crashed));
      }
    }
    this.#inWork.clear();
    this.#send();
  }
}
