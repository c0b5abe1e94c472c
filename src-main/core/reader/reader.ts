// The core's side of the image reader: starts the process, bounds the number of files being read,
// and restarts it when a file has crashed it.

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Failure } from '#domain/failure.ts';
import { startChild, type Child } from '#processes/child.ts';
import { connect, type Client } from '#rpc/connect.ts';
import type { TellProgress } from './near-pictures.ts';
import type { ReaderEvents, ReaderMethods } from './reader-process.ts';
import type { ReaderResults, ReaderTask } from './reader-tasks.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

interface Pending {
  readonly task: ReaderTask;
  readonly onProgress: TellProgress | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  deaths: number;
}

/** A reader's process and its tasks. */
interface Running {
  readonly child: Child;
  readonly client: Client<ReaderMethods, ReaderEvents>;
}

const entry = fileURLToPath(new URL('./reader-process.ts', import.meta.url));

export class ImageReader {
  /** Files read at once for full speed. */
  readonly parallel: number;
  readonly #pending = new Map<number, Pending>();
  readonly #waiting: number[] = [];
  #running: Running | undefined;
  #inWork = new Set<number>();
  #next = 0;
  #isClosed = false;

  /** parallel: one more than there are cores, so that none waits while a file is read. */
  constructor(parallel = availableParallelism() + 1) {
    this.parallel = parallel;
  }

  /**
   * Throws the task's failure; `unreadable-image` when the process died twice while reading this
   * file; `stopped` after `close`. `onProgress`: for the tasks that report it.
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

  /** Ends the process at once; running and waiting tasks fail with `stopped`. */
  close(): void {
    this.#isClosed = true;
    this.#running?.child.kill();
    this.#running = undefined;
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
      // After a death each suspect is read alone, so that the next death identifies the file.
      const isSuspect = pending.deaths > 0;
      const room = isSuspect || this.#hasSuspectInWork() ? 1 : this.parallel;
      if (this.#inWork.size >= room) return;
      this.#waiting.shift();
      this.#inWork.add(id);
      this.#running ??= this.#start();
      this.#perform(this.#running, id, pending.task);
    }
  }

  #hasSuspectInWork(): boolean {
    return [...this.#inWork].some((id) => this.#pending.get(id)!.deaths > 0);
  }

  #start(): Running {
    const child = startChild({
      entry,
      // V8 sees only the small handles of pictures and collects them late; a small young generation
      // makes it collect in time, which halves the memory of this process.
      nodeOptions: ['--max-semi-space-size=2'],
      serialization: 'advanced',
      // libvips works on these threads; one more serves reading and writing of files.
      env: { ...process.env, UV_THREADPOOL_SIZE: String(this.parallel + 1) },
    });
    const running: Running = { child, client: connect(child.channel) };
    running.client.on('progress', ({ id, done, total }) => {
      this.#pending.get(id)?.onProgress?.(done, total);
    });
    running.client.onClose(() => {
      if (this.#running === running) this.#restart();
    });
    return running;
  }

  #perform({ client }: Running, id: number, task: ReaderTask): void {
    client.call('perform', { id, task }).then(
      (result) => this.#settle(id, ({ resolve }) => resolve(result)),
      (error: unknown) => {
        // By then the task waits for the next process or has failed.
        if (error instanceof Failure && error.code === 'link-closed') return;
        this.#settle(id, ({ reject }) => reject(error));
      },
    );
  }

  #settle(id: number, settle: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#inWork.delete(id);
    settle(pending);
    this.#send();
  }

  /** The process died: running tasks are tried once more, one file at a time. */
  #restart(): void {
    this.#running = undefined;
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
