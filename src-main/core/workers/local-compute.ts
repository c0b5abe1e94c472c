// Computes on this computer: a lease is a process of its own, and a file is where it is.

import { spawnWorker, type Worker } from '#worker/spawn.ts';
import type { Compute } from './compute.ts';
import { askWorker, endWorker } from './worker-call.ts';

export const localCompute: Compute = {
  lease: () => {
    let worker: Worker | undefined;
    return {
      call: (...asked) => askWorker((worker ??= spawnWorker()), ...asked),
      release: async () => {
        if (worker) await endWorker(worker);
      },
    };
  },
  put: (file) => Promise.resolve(file),
};
