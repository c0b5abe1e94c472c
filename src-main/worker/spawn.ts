// Starts a worker process, for the core.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { heapEnvironment } from '#engine/onnxruntime/heap.ts';
import type { Client } from '#rpc/connect.ts';
import { connect } from '#rpc/connect.ts';
import type { WorkerEvents, WorkerMethods } from './contract.ts';
import { processLink } from './process-link.ts';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));

/** Bytes of the worker's error output that are kept for a message. */
const tailLength = 4000;

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its error output. */
  readonly errorOutput: string;
}

export interface Worker {
  readonly client: Client<WorkerMethods, WorkerEvents>;
  readonly pid: number | undefined;
  /** Resolves when the process has ended, whatever the reason. */
  readonly exited: Promise<WorkerExit>;
  /** Ends it at once. */
  readonly kill: () => void;
}

export function spawnWorker(): Worker {
  const child = fork(entry, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: heapEnvironment(),
    // A training asks for a collection once (train-task.ts).
    execArgv: ['--expose-gc'],
  });
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-tailLength);
  });
  // Not the event "close": it never comes once this side has closed the link.
  const drained = new Promise((resolve) => child.stderr?.once('close', resolve));
  const exited = new Promise<WorkerExit>((resolve) => {
    child.once('error', (error) => {
      resolve({ code: null, signal: null, errorOutput: error.message });
    });
    child.once('exit', (code, signal) => {
      void drained.then(() => resolve({ code, signal, errorOutput }));
    });
  });
  return {
    client: connect<WorkerMethods, WorkerEvents>(processLink(child)),
    pid: child.pid,
    exited,
    kill: () => void child.kill('SIGKILL'),
  };
}
