// Starts a worker process, for the core's Compute (core/workers/local-compute.ts).

import { fileURLToPath } from 'node:url';
import { heapEnvironment } from '#engine/onnxruntime/heap.ts';
import { startChild, type Child } from '#processes/child.ts';
import type { Client } from '#rpc/connect.ts';
import { connect } from '#rpc/connect.ts';
import type { WorkerEvents, WorkerMethods } from './contract.ts';

const entry = fileURLToPath(new URL('./entry.ts', import.meta.url));

export interface Worker extends Pick<Child, 'pid' | 'exited' | 'kill'> {
  readonly client: Client<WorkerMethods, WorkerEvents>;
}

export function spawnWorker(): Worker {
  const child = startChild({
    entry,
    env: heapEnvironment(),
    // A training forces a garbage collection once (train-task.ts).
    nodeOptions: ['--expose-gc'],
  });
  const { pid, exited, kill } = child;
  return { client: connect<WorkerMethods, WorkerEvents>(child.channel), pid, exited, kill };
}
